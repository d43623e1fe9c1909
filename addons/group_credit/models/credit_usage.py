from odoo import api, fields, models
from odoo.exceptions import UserError

from .credit_line import DOOR

# Measures in the currency of the lines, in the order of engine.limits.Measures.
MEASURES = (
    "used",
    "used_net",
    "used_low",
    "reserved",
    "reserved_net",
    "reserved_low",
    "margin_held",
    "regulatory",
)
# Where the document stands, in its own currency, as in engine.limits.Position.
DOCUMENT = ("doc_drawn", "doc_reserved", "doc_cover", "doc_cover_reserved")


class CreditUsage(models.Model):
    """The ledger: what moved, for which document, and what that changed on every line
    of the path. Rows are never changed or deleted; a correction is another row.
    """

    _name = "credit.usage"
    _description = "Use of a Credit Line"
    _order = "id desc"
    _rec_name = "display_name"

    line_id = fields.Many2one(
        "credit.line",
        string="Credit Line",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    path = fields.Char(
        required=True, readonly=True, help="Lines that the row counts on, from above."
    )
    root_id = fields.Many2one(
        "credit.line",
        string="Top Line",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    group_id = fields.Many2one(
        "credit.group", string="Group Customer", readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="restrict", index=True
    )
    product_id = fields.Many2one(
        "credit.product", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    kind = fields.Selection(
        [
            ("reserve", "Reserve"),
            ("draw", "Draw"),
            ("repay", "Repay"),
            ("release", "Release"),
            ("margin", "Margin"),
            ("revalue", "Exchange Rate"),
            ("transfer", "Joins or Leaves Group"),
            ("correction", "Correction"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    date = fields.Date(required=True, readonly=True)
    origin_model = fields.Char("Document Model", required=True, readonly=True)
    origin_id = fields.Char("Document ID", required=True, readonly=True)
    component = fields.Char(
        required=True, readonly=True, help="The step of the document, sent once only."
    )
    origin_name = fields.Char("Document", readonly=True)
    currency_id = fields.Many2one(
        "res.currency", string="Document Currency", required=True, readonly=True
    )
    amount = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)
    pledged = fields.Monetary("Pledged Deposits and Bonds", readonly=True)
    rate = fields.Float(
        "Exchange Rate", digits=0, readonly=True, help="In the currency of the lines."
    )
    ccf = fields.Float("Conversion Factor (%)", readonly=True)

    doc_drawn = fields.Monetary("Drawn (Document)", readonly=True)
    doc_reserved = fields.Monetary("Reserved (Document)", readonly=True)
    doc_cover = fields.Monetary("Cover (Document)", readonly=True)
    doc_cover_reserved = fields.Monetary("Cover Planned (Document)", readonly=True)

    # Not related: a booking knows it, and need not read the line for it.
    line_currency_id = fields.Many2one(
        "res.currency", string="Currency of the Line", required=True, readonly=True
    )
    used = fields.Monetary(currency_field="line_currency_id", readonly=True)
    used_net = fields.Monetary(
        "Exposure Used", currency_field="line_currency_id", readonly=True
    )
    used_low = fields.Monetary(
        "Low-Risk Used", currency_field="line_currency_id", readonly=True
    )
    reserved = fields.Monetary(currency_field="line_currency_id", readonly=True)
    reserved_net = fields.Monetary(
        "Exposure Reserved", currency_field="line_currency_id", readonly=True
    )
    reserved_low = fields.Monetary(
        "Low-Risk Reserved", currency_field="line_currency_id", readonly=True
    )
    margin_held = fields.Monetary(
        "Margin and Pledges", currency_field="line_currency_id", readonly=True
    )
    regulatory = fields.Monetary(
        "Regulatory Exposure", currency_field="line_currency_id", readonly=True
    )
    note = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        readonly=True,
        default=lambda self: self.env.user,
    )
    posted = fields.Boolean(
        default=False, readonly=True, help="The counters of the lines have been moved."
    )
    hold_id = fields.Integer(readonly=True)
    origin_is_here = fields.Boolean(
        compute="_compute_origin_is_here", help="The document is one of this database."
    )

    # Each step of a document is booked once.
    _step_uniq = models.UniqueIndex(
        "(origin_model, origin_id, component, kind)",
        "This step of the document is booked already.",
    )
    # Serves the totals of a group on a day, from the index alone.
    _group_idx = models.Index("(group_id, date) INCLUDE (used, used_net, reserved)")
    # Serves as-of figures of a tree and the nightly proof.
    _root_idx = models.Index("(root_id, date)")
    # Serves the list of the ledger, latest day first.
    _date_idx = models.Index("(date DESC, id DESC)")
    # Serves the settlement of rows whose counters have not moved yet.
    _hold_idx = models.Index("(hold_id) WHERE NOT posted")

    @api.depends("kind", "origin_name", "component")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for usage in self:
            usage.display_name = (
                f"{kinds.get(usage.kind)} · {usage.origin_name or usage.origin_id}"
            )

    @api.depends("origin_model", "origin_id")
    def _compute_origin_is_here(self):
        for usage in self:
            usage.origin_is_here = (
                usage.origin_model in self.env and (usage.origin_id or "").isdigit()
            )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("credit_door") is not DOOR:
            raise UserError(
                self.env._(
                    "The ledger of credit lines is not entered. Use “Book a Use” on "
                    "the line, or the service for other systems."
                )
            )
        return super().create(vals_list)

    # pylint: disable-next=method-required-super  # never written
    def write(self, vals):
        raise UserError(
            self.env._(
                "A row of the ledger stays as it is. Book a repayment, a release or a "
                "correction instead."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Rows of the ledger are kept and never deleted."))

    def action_open_origin(self):
        self.ensure_one()
        if not self.origin_is_here:
            raise UserError(
                self.env._(
                    "The document %(model)s %(id)s is kept in another system.",
                    model=self.origin_model,
                    id=self.origin_id,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": int(self.origin_id),
            "views": [(False, "form")],
        }
