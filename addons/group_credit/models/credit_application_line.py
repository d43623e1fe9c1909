from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .res_partner_rating import RATINGS

# May be set by the reviewers after the investigation.
TERMS = {"limit", "net_limit", "low_risk_limit", "note"}


class CreditApplicationLine(models.Model):
    """What one member asks for, as a whole or for one product."""

    _name = "credit.application.line"
    _description = "Requested Line"
    _inherit = ["approval.line.mixin"]
    _order = "application_id, sequence, id"
    _approval_parent_field = "application_id"

    application_id = fields.Many2one(
        "credit.application", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    group_id = fields.Many2one(related="application_id.group_id")
    company_id = fields.Many2one(
        related="application_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="application_id.currency_id")
    member_partner_ids = fields.Many2many(
        "res.partner", compute="_compute_member_partner_ids"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Member",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('id', 'in', member_partner_ids)]",
    )
    product_id = fields.Many2one(
        "credit.product",
        ondelete="restrict",
        help="Empty: the limit of the member for all products together.",
    )
    revolving = fields.Boolean(default=True)
    guarantee_mode = fields.Selection(
        [
            ("credit", "Unsecured"),
            ("guarantee", "Guaranteed"),
            ("mortgage", "Mortgaged"),
            ("pledge", "Pledged"),
            ("low_risk", "Low Risk"),
        ],
        default="guarantee",
        required=True,
    )
    margin_pct = fields.Float("Margin %", digits=(7, 4))
    rating = fields.Selection(
        RATINGS, compute="_compute_rating", store=True, readonly=False
    )
    requested_limit = fields.Monetary(required=True)
    requested_net_limit = fields.Monetary(
        "Requested Net",
        compute="_compute_requested_net",
        store=True,
        readonly=False,
        help="What the client may owe after margin and pledges.",
    )
    limit = fields.Monetary(
        "To Approve",
        compute="_compute_limit",
        store=True,
        readonly=False,
        help="At most what was requested.",
    )
    net_limit = fields.Monetary(
        "Net to Approve", compute="_compute_limit", store=True, readonly=False
    )
    low_risk_limit = fields.Monetary(
        "Low Risk",
        help="Part of it that is fully secured by margin, deposits or treasury bonds.",
    )
    previous_limit = fields.Monetary(
        "Before", compute="_compute_previous_limit", store=True
    )
    is_incremental = fields.Boolean(
        "Incremental", compute="_compute_previous_limit", store=True
    )
    note = fields.Char()

    # One request for a member and product.
    _product_uniq = models.UniqueIndex(
        "(application_id, partner_id, COALESCE(product_id, 0))",
        "The application has a row of this member and product already.",
    )
    _amounts_check = models.Constraint(
        'CHECK(requested_limit >= 0 AND "limit" >= 0 AND net_limit >= 0'
        " AND low_risk_limit >= 0 AND requested_net_limit >= 0)",
        "Amounts of a line cannot be negative.",
    )
    _net_check = models.Constraint(
        'CHECK(net_limit <= "limit" AND requested_net_limit <= requested_limit)',
        "The net exposure cannot be above the limit itself.",
    )
    _granted_check = models.Constraint(
        'CHECK("limit" <= requested_limit)',
        "To Approve: at most what was requested can be approved.",
    )
    _margin_check = models.Constraint(
        "CHECK(margin_pct >= 0 AND margin_pct <= 100)",
        "Margin %: enter a share between 0 and 100.",
    )

    @api.depends("partner_id", "product_id", "limit")
    def _compute_display_name(self):
        for line in self:
            product = line.product_id.display_name
            of = (
                f"{line.partner_id.name} / {product}"
                if product
                else line.partner_id.name
            )
            line.display_name = f"{of or ''}: {line.application_id._format(line.limit)}"

    @api.depends("application_id.group_id")
    def _compute_member_partner_ids(self):
        for line in self:
            line.member_partner_ids = (
                line.application_id.group_id._members_on().partner_id
            )

    @api.depends("partner_id")
    def _compute_rating(self):
        for line in self:
            line.rating = line.partner_id.credit_rating

    @api.depends("requested_limit", "margin_pct")
    def _compute_requested_net(self):
        for line in self:
            net = line.requested_limit * (1 - line.margin_pct / 100)
            line.requested_net_limit = line.currency_id.round(net)

    @api.depends("requested_limit", "requested_net_limit")
    def _compute_limit(self):
        for line in self:
            line.limit = line.requested_limit
            line.net_limit = line.requested_net_limit

    @api.depends("partner_id", "product_id", "limit", "application_id.group_id")
    def _compute_previous_limit(self):
        for line in self:
            application = line.application_id
            before = application._group_lines().filtered(
                lambda x, line=line: (
                    x.partner_id == line.partner_id and x.product_id == line.product_id
                )
            )
            line.previous_limit = sum(
                application._in_currency(x, x.limit) for x in before
            )
            line.is_incremental = (
                bool(line.currency_id)
                and application._compare(line.limit, line.previous_limit) > 0
            )

    def _member_totals(self, name):
        """``name`` by member: of the row for all products, else of its products."""
        totals = {}
        for partner, rows in self.grouped("partner_id").items():
            whole = rows.filtered(lambda row: not row.product_id)
            totals[partner] = sum((whole or rows).mapped(name))
        return totals

    @api.constrains("partner_id")
    def _check_member(self):
        for line in self:
            if line.partner_id not in line.member_partner_ids:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is not a member of %(group)s today. Have the "
                        "membership confirmed first.",
                        partner=line.partner_id.display_name,
                        group=line.group_id.name,
                    )
                )

    @api.constrains("limit", "net_limit", "partner_id", "product_id")
    def _check_within_member(self):
        for application in self.application_id:
            for partner, rows in application.line_ids.grouped("partner_id").items():
                whole = rows.filtered(lambda row: not row.product_id)
                for row in whole and rows - whole:
                    if application._compare(row.limit, whole.limit) > 0:
                        raise ValidationError(
                            self.env._(
                                "%(partner)s: %(product)s takes %(amount)s, more than "
                                "the member's own %(limit)s.",
                                partner=partner.display_name,
                                product=row.product_id.display_name,
                                amount=application._format(row.limit),
                                limit=application._format(whole.limit),
                            )
                        )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_stage({"partner_id"})
        return lines

    def write(self, vals):
        self._check_stage(set(vals))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_examined(self):
        self._check_stage({"partner_id"})

    def _check_stage(self, names):
        if self.env.su:
            return
        for application in self.application_id:
            stage = application.stage
            if stage == "investigation" or (
                stage in ("review", "deliberation") and names <= TERMS
            ):
                continue
            raise UserError(
                self.env._(
                    "%s is past the investigation: what is requested cannot be "
                    "changed. Return it to the investigation first.",
                    application.display_name,
                )
            )
