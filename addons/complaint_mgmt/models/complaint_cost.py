from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("goods", "Repair, replacement, scrap"),
    ("freight", "Freight and travel"),
    ("compensation", "Compensation"),
    ("medical", "Medical fees advanced"),
    ("labour", "Hours of work"),
    ("external", "Appraisal, lawyers, authorities"),
    ("insurance", "Recovered from the insurer"),
    ("supplier", "Recovered from supplier or carrier"),
]
RECOVERIES = ("insurance", "supplier")


class ComplaintCost(models.Model):
    """What a complaint cost, and what came back. Nothing is changed or deleted: a wrong
    entry is reversed by another one."""

    _name = "complaint.cost"
    _inherit = ["complaint.case.part", "system.fields.mixin"]
    _description = "Cost of a Complaint"
    _with_case = True
    _order = "date desc, id desc"

    # a burden that is entered would pass what was approved
    _system_fields = ("user_id", "reversed_id", "net")

    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id", store=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cause_id = fields.Many2one(related="case_id.cause_id", store=True, index=True)
    product_id = fields.Many2one(related="case_id.product_id", store=True, index=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    kind = fields.Selection(selection=KINDS, required=True)
    amount = fields.Monetary(required=True)
    note = fields.Char(string="For What")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Entered by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    reversed_id = fields.Many2one(
        comodel_name="complaint.cost", string="Reverses", readonly=True, copy=False
    )
    reversal_ids = fields.One2many(
        comodel_name="complaint.cost", inverse_name="reversed_id"
    )
    net = fields.Monetary(
        string="Burden",
        compute="_compute_net",
        store=True,
        help="What the complaint costs us: recoveries and reversals count against it.",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)",
        "The amount must be positive: what came back has its own kinds.",
    )
    _reversed_once = models.UniqueIndex(
        "(reversed_id) WHERE reversed_id IS NOT NULL", "This entry is reversed already."
    )

    @api.depends("amount", "kind", "reversed_id")
    def _compute_net(self):
        for cost in self:
            sign = -1 if cost.kind in RECOVERIES else 1
            cost.net = cost.amount * sign * (-1 if cost.reversed_id else 1)

    @api.depends("kind", "amount")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for cost in self:
            amount = cost.currency_id.format(cost.amount) if cost.currency_id else ""
            cost.display_name = f"{kinds.get(cost.kind, '')} {amount}"

    @api.model_create_multi
    def create(self, vals_list):
        costs = super(ComplaintCost, self._entered(vals_list)).create(vals_list)
        costs.case_id._check_costs_approved()
        return costs

    def write(self, vals):
        if not self.env.su and set(vals) - {"note"}:
            raise UserError(
                self.env._(
                    "A cost stays as it was entered. Press “Reverse” and enter it anew."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if self:
            raise UserError(
                self.env._("Costs are not deleted: press “Reverse” on the wrong one.")
            )

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        if any(cost.date > today for cost in self):
            raise ValidationError(self.env._("A cost cannot lie in the future."))

    def action_reverse(self):
        """Take an entry back by one that counts against it."""
        self.check_access("write")
        for cost in self:
            if cost.reversed_id or cost.reversal_ids:
                raise UserError(
                    self.env._("“%s” is reversed, or reverses another one.", cost.note)
                    if cost.note
                    else self.env._("This is reversed, or reverses another one.")
                )
        # sudo: which entry is reversed is the system's mark
        self.sudo().create(
            [
                {
                    "case_id": cost.case_id.id,
                    "kind": cost.kind,
                    "amount": cost.amount,
                    "note": cost.note,
                    "user_id": self.env.uid,
                    "reversed_id": cost.id,
                }
                for cost in self
            ]
        )
