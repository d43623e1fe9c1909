from odoo import fields, models

EVENTS = [
    ("pause", "Paused"),
    ("resume", "Runs on"),
    ("regrade", "Another limit"),
    ("extend", "Extended"),
    ("stop", "Done"),
    ("reopen", "Reopened"),
    ("restate", "Start corrected"),
    ("cancel", "No longer required"),
]


class ComplaintClockEvent(models.Model):
    """What happened to a clock: added by the system only, never changed."""

    _name = "complaint.clock.event"
    _inherit = ["complaint.case.part"]
    _description = "Event of a Time Limit"
    _order = "clock_id, at, id"

    clock_id = fields.Many2one(
        comodel_name="complaint.clock", required=True, index=True, ondelete="cascade"
    )
    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(selection=EVENTS, required=True)
    at = fields.Datetime(required=True)
    user_id = fields.Many2one(comodel_name="res.users", string="By")
    reason_id = fields.Many2one(comodel_name="complaint.pause.reason")
    note = fields.Char()
    data = fields.Json()
