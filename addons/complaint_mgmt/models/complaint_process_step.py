from odoo import fields, models

from .complaint_stage import STAGE_KINDS
from .complaint_type import SEVERITIES

REQUIREMENTS = [
    ("interim", "Interim measure entered"),
    ("visit", "Customer visited"),
    ("promise", "Time promised to the customer"),
    ("order", "Order sent to a unit"),
    ("signed", "Every order signed for"),
    ("answered", "Every order answered"),
    ("proposal", "Proposal approved"),
    ("remedy", "What the customer gets entered"),
    ("capa", "Corrective action approved, or found not to be needed"),
    ("independent", "Call-back by somebody of another unit"),
]


class ComplaintProcessStep(models.Model):
    _name = "complaint.process.step"
    _description = "Step of a Complaint Process"
    _order = "process_id, sequence, id"

    process_id = fields.Many2one(
        comodel_name="complaint.process", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    requirement = fields.Selection(selection=REQUIREMENTS, required=True)
    stage_kind = fields.Selection(
        selection=[
            item for item in STAGE_KINDS if item[0] not in ("register", "ended")
        ],
        string="Needed from",
        required=True,
        default="reply",
        help="The complaint cannot reach this stage, or a later one, without it.",
    )
    severity = fields.Selection(
        selection=SEVERITIES, help="Empty: whatever the severity."
    )
    note = fields.Char(
        translate=True, help="How your own rules call it, shown when it is missing."
    )

    def _is_met(self, case):
        """Whether the complaint has what the step asks for."""
        orders = case.assignment_ids.filtered(lambda order: order.state != "released")
        states = set(orders.mapped("state"))
        return {
            "interim": lambda: bool((case.interim_measure or "").strip()),
            "visit": lambda: bool(case.visited_at),
            "promise": lambda: bool(case.promised_at),
            "order": lambda: bool(orders),
            "signed": lambda: states <= {"signed", "answered"},
            "answered": lambda: states <= {"answered"},
            "proposal": lambda: (
                "approved" in case.proposal_ids.mapped("approval_state")
            ),
            "capa": lambda: "approved" in case.capa_ids.mapped("approval_state"),
            "remedy": lambda: bool(case.remedy_given_ids),
            "independent": lambda: case._called_back_by_others(),
        }[self.requirement]()

    def _missing(self):
        field = self._fields["requirement"]
        name = dict(field._description_selection(self.env))[self.requirement]
        return f"{name} ({self.note})" if self.note else name
