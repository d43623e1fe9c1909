from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..engine.concentration import exact

MANAGER = "group_credit.group_group_credit_manager"
# May change after approval: none of it is a figure that decisions rest on.
OPEN_FIELDS = {"note", "verified"}
DECIDED_FIELDS = {"state", "approved_by_id", "approved_on", "version"}


class CreditCapital(models.Model):
    """The base that concentration is measured against, with the day it comes into
    force.

    For a bank its regulatory capital; for others any amount they set, such as their own
    equity. A ratio of a past day uses the row in force then, so rows are never
    rewritten: a correction is a new version of the same day.
    """

    _name = "credit.capital"
    _description = "Capital Base"
    _inherit = ["mail.thread"]
    _order = "date_from desc, version desc, id desc"
    _rec_name = "date_from"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("In Force From", required=True, tracking=True)
    net_capital = fields.Monetary(tracking=True, help="Zero: not known.")
    tier1_capital = fields.Monetary(
        "Tier 1 Capital, Net",
        tracking=True,
        help="Zero: not known. The rules on large exposures are then not measured, "
        "which is shown as unknown.",
    )
    basis = fields.Selection(
        [
            ("regulatory", "Regulatory Capital"),
            ("equity", "Own Equity"),
            ("set", "Amount Set by Management"),
        ],
        required=True,
        default="regulatory",
    )
    source = fields.Char(required=True, help="Report or decision with its date.")
    verified = fields.Boolean(
        help="Somebody has compared the figures with their source.", tracking=True
    )
    note = fields.Text()
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "In Force")],
        string="Status",
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)

    # Serves "the base in force on a day".
    _in_force_index = models.UniqueIndex(
        "(company_id, date_from, version)",
        "Another version of this day was entered at the same time: enter it again.",
    )
    _amounts_check = models.Constraint(
        "CHECK(net_capital >= 0 AND tier1_capital >= 0)",
        "Capital cannot be negative.",
    )

    @api.depends("date_from", "company_id", "version")
    def _compute_display_name(self):
        for capital in self:
            day = fields.Date.to_string(capital.date_from) or ""
            name = f"{capital.company_id.name} {day}"
            version = f" v{capital.version}" if capital.version > 1 else ""
            capital.display_name = name + version

    @api.constrains("net_capital", "tier1_capital")
    def _check_amounts(self):
        for capital in self:
            if not capital.net_capital and not capital.tier1_capital:
                raise ValidationError(
                    self.env._(
                        "Net Capital: enter the net capital, the tier 1 capital or "
                        "both."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_decided(vals)
        capitals = self.browse()
        for vals in vals_list:
            company = vals.get("company_id") or self.env.company.root_id.id
            last = self.search(
                Domain("company_id", "=", company)
                & Domain("date_from", "=", vals.get("date_from")),
                order="version desc",
                limit=1,
            )
            capitals |= super().create([{**vals, "version": last.version + 1}])
        return capitals

    def write(self, vals):
        self._check_decided(vals)
        entered = {name for name in vals if not name.startswith("message_")}
        if entered - OPEN_FIELDS - DECIDED_FIELDS:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_draft()

    def _check_decided(self, vals):
        if not self.env.su and (
            DECIDED_FIELDS & set(vals) - {"state"}
            or vals.get("state", "draft") != "draft"
        ):
            raise UserError(
                self.env._("A capital base comes into force by “Put in Force” alone.")
            )

    def _check_draft(self):
        for capital in self:
            if capital.state == "approved":
                raise UserError(
                    self.env._(
                        "The capital base of %(day)s is in force and ratios rest on "
                        "it. Enter a corrected version with the same day instead.",
                        day=fields.Date.to_string(capital.date_from),
                    )
                )

    def action_approve(self):
        """Four eyes: whoever entered the figures does not put them in force."""
        self.check_access("write")
        for capital in self.filtered(lambda c: c.state == "draft"):
            if not self.env.user.has_group(MANAGER):
                raise UserError(
                    self.env._("Only a manager of Group Credit puts capital in force.")
                )
            if capital.create_uid == self.env.user:
                raise UserError(
                    self.env._(
                        "You entered this capital base: somebody else puts it in force "
                        "(four eyes)."
                    )
                )
            # sudo: the state is not the user's to write, approving is
            capital.sudo().write(
                {
                    "state": "approved",
                    "approved_by_id": self.env.uid,
                    "approved_on": fields.Datetime.now(),
                }
            )

    def action_correct(self):
        """A new draft of the same day."""
        self.ensure_one()
        self.check_access("write")
        new = self.copy({"date_from": self.date_from})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }

    @api.model
    def _in_force(self, company, day=None):
        """The base of ``company`` or of the nearest company above it; empty if none."""
        day = fields.Date.to_date(day) or fields.Date.context_today(self)
        # sudo: a branch is measured against head office's capital, which it may not see
        rows = self.sudo().search(
            Domain("company_id", "parent_of", company.id)
            & Domain("state", "=", "approved")
            & Domain("date_from", "<=", day)
        )
        depth = len(company.parent_path or "")
        return rows.sorted(
            lambda c: (
                depth - len(c.company_id.parent_path or ""),
                -c.date_from.toordinal(),
                -c.version,
            )
        )[:1].sudo(False)

    def _bases(self):
        """What the engine asks for; zero was never entered, so it is unknown."""
        # sudo: as in _in_force, the figures of head office
        row = self.sudo()
        return {
            "net": exact(row.net_capital) if row.net_capital else None,
            "tier1": exact(row.tier1_capital) if row.tier1_capital else None,
        }
