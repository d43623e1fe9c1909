from odoo import api, fields, models


class ResourceCalendarKnownUntil(models.TransientModel):
    """Lets an officer, who may not edit calendars, vouch for a year."""

    _name = "resource.calendar.known.until"
    _description = "State until when a calendar is known"

    calendar_id = fields.Many2one(
        comodel_name="resource.calendar", string="Working Calendar", required=True
    )
    known_until = fields.Date(
        compute="_compute_known_until", store=True, readonly=False
    )

    @api.depends("calendar_id")
    def _compute_known_until(self):
        for wizard in self:
            wizard.known_until = wizard.calendar_id.known_until

    def action_apply(self):
        self.ensure_one()
        self.calendar_id._set_known_until(self.known_until)
        return {"type": "ir.actions.act_window_close"}
