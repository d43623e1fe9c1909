from odoo import fields, models


class CxRescheduleLog(models.Model):
    """Every change of a due date, and why. Written by the addon only, never changed."""

    _name = "cx.reschedule.log"
    _description = "Reschedule Log"
    _order = "id desc"
    _rec_name = "touchpoint_id"
    _allow_sudo_commands = False

    touchpoint_id = fields.Many2one(
        comodel_name="cx.touchpoint", required=True, index=True, ondelete="cascade"
    )
    date_old = fields.Date(string="From", required=True)
    date_new = fields.Date(string="To", required=True)
    cause = fields.Selection(
        selection=[
            ("milestone", "Milestone moved"),
            ("event", "Customer event changed"),
            ("anchor", "Batch, phase or unit changed"),
            ("rule", "Rule or calendar changed"),
            ("manual", "By hand"),
        ],
        required=True,
    )
    note = fields.Char()
