from odoo import fields, models

SEVERITIES = [
    ("normal", "Normal"),
    ("major", "Major"),
    ("critical", "Critical"),
]


class ComplaintType(models.Model):
    _name = "complaint.type"
    _inherit = ["complaint.tree.mixin"]
    _description = "Complaint Type"
    _parent_store = True

    parent_id = fields.Many2one(
        comodel_name="complaint.type",
        string="Belongs to",
        index=True,
        ondelete="restrict",
    )
    child_ids = fields.One2many(
        comodel_name="complaint.type", inverse_name="parent_id", string="Subtypes"
    )
    default_severity = fields.Selection(
        selection=SEVERITIES,
        required=True,
        default="normal",
        help="Proposed when a complaint of this type is registered.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Responsible Department",
        company_dependent=True,
        help="The department that complaints of this type go to, for each company its "
        "own.",
    )
    confidential = fields.Boolean(
        help="New complaints of this type are confidential: only the handler, the "
        "person who took the complaint, the team leader and the people named on "
        "it can see it.",
    )
    description = fields.Text(
        translate=True, help="What belongs to this type, for those who register."
    )
