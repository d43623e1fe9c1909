from odoo import api, fields, models
from odoo.exceptions import UserError

from .complaint_stage import FINAL_KINDS


class ComplaintProposal(models.Model):
    """What the customer shall get, to be approved before anybody promises it."""

    _name = "complaint.proposal"
    _inherit = [
        "complaint.case.part",
        "mail.thread",
        "mail.activity.mixin",
        "approval.mixin",
    ]
    _description = "Proposed Settlement"
    _order = "id desc"

    _approval_fields = ("case_id", "demand", "remedy_ids", "amount", "text")

    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id", store=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    department_id = fields.Many2one(
        comodel_name="hr.department", related="case_id.department_id"
    )
    respondent_ids = fields.Many2many(
        comodel_name="hr.employee",
        related="case_id.respondent_ids",
        help="They have no say in the approval.",
    )
    demand = fields.Selection(
        selection=[
            ("lawful", "Lawful and by our rules: settle at once"),
            ("reasonable", "Beyond our duty, but reasonable: negotiate"),
            ("unreasonable", "Not reasonable: refuse with reasons"),
        ],
        string="Customer's Demand Is",
        required=True,
        default="lawful",
    )
    remedy_ids = fields.Many2many(
        comodel_name="complaint.remedy", string="Customer Gets"
    )
    amount = fields.Monetary(help="Money and goods in all, at cost to us.")
    text = fields.Text(string="Proposal", help="What is offered, and why.")

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "The amount of a proposal cannot be negative."
    )

    @api.depends("case_id")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = self.env._(
                "Proposal for %(case)s", case=proposal.case_id.display_name or ""
            )

    @api.model_create_multi
    def create(self, vals_list):
        proposals = super().create(vals_list)
        proposals.case_id.check_access("write")
        for proposal in proposals:
            if proposal.case_id.stage_kind in FINAL_KINDS:
                raise UserError(
                    self.env._(
                        "“%(case)s” is closed: reopen it before you propose anything.",
                        case=proposal.case_id.display_name,
                    )
                )
        return proposals

    def write(self, vals):
        if "case_id" in vals and any(
            proposal.case_id.id != vals["case_id"] for proposal in self
        ):
            raise UserError(
                self.env._("A proposal stays with its complaint: make a new one.")
            )
        return super().write(vals)

    def _approval_before_submit(self):
        case = self.case_id
        unmet = []
        if not case.liability:
            unmet.append(self.env._("the liability, on the complaint"))
        if not (self.text or "").strip():
            unmet.append(self.env._("what is proposed, in words"))
        if not self.remedy_ids and self.demand != "unreasonable":
            unmet.append(self.env._("what the customer gets"))
        if unmet:
            raise UserError(
                self.env._(
                    "Before the proposal can be approved it needs: %(unmet)s.",
                    unmet=", ".join(unmet),
                )
            )

    def _approval_approved(self, request):
        """What was approved is what the customer gets."""
        case = self.case_id
        if case.stage_kind not in FINAL_KINDS and self.remedy_ids:
            case.remedy_given_ids = self.remedy_ids
