from odoo import fields, models


class HrDepartment(models.Model):
    _inherit = "hr.department"

    complaint_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Time for Complaints",
        check_company=True,
        help="Time limits of orders to this unit count in it. Empty: as the time limit "
        "itself says.",
    )
