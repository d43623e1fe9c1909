from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class ComplaintClockPause(models.TransientModel):
    _name = "complaint.clock.pause"
    _description = "Pause Time Limits"

    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    reason_id = fields.Many2one(comodel_name="complaint.pause.reason", required=True)
    since = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        help="Only a supervisor enters a pause afterwards.",
    )
    note = fields.Char(help="What exactly is waited for, and what the customer knows.")

    def action_pause(self):
        self.ensure_one()
        case = self.case_id
        case.check_access("write")
        case._check_handler()
        now = fields.Datetime.now()
        if self.since > now:
            raise UserError(self.env._("A pause cannot begin in the future."))
        late = (now - self.since).total_seconds() > 300
        if late and not self.env.user.has_group(
            "complaint_mgmt.group_complaint_mgmt_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only a supervisor can enter a pause afterwards: leave “Since” at "
                    "the present time."
                )
            )
        # sudo: clocks are written by their engine only
        paused = case.sudo().clock_ids._pause(
            self.reason_id, self.note, self.since if late else now
        )
        if not paused:
            raise UserError(
                self.env._(
                    "No time limit of “%(case)s” can wait for “%(reason)s”: those that "
                    "run are first reactions, set by law, or overdue.",
                    case=case.display_name,
                    reason=self.reason_id.name,
                )
            )
        return {"type": "ir.actions.act_window_close"}
