from odoo import fields, models

METRICS = [
    ("acknowledge", "Acknowledgement"),
    ("injury", "Injury reported to the duty manager"),
    ("media", "Press reported to the management"),
    ("assess", "Assessment"),
    ("dispatch", "Handling order"),
    ("sign", "Receipt by the unit"),
    ("answer", "Answer of the unit"),
    ("visit", "Visit to the customer"),
    ("interim", "Interim measure"),
    ("permanent", "Permanent measure"),
    ("promise", "Promise to the customer"),
    ("reply", "Reply to the customer"),
    ("settle", "Settlement"),
    ("statutory", "Statutory decision"),
]


class ComplaintPauseReason(models.Model):
    _name = "complaint.pause.reason"
    _description = "Reason to Pause a Time Limit"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    statutory = fields.Boolean(
        string="Accepted by Law",
        help="Also stops time limits set by law, such as an external appraisal does.",
    )
    cap_days = fields.Integer(
        string="Longest Pause (Workdays)",
        required=True,
        default=10,
        help="After so many workdays the time limits run on by themselves and the "
        "handler is told.",
    )

    _cap_positive = models.Constraint(
        "CHECK(cap_days > 0)", "The longest pause must be at least one workday."
    )
