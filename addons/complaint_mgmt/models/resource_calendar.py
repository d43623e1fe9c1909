from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _bump_version(self):
        result = super()._bump_version()
        if self:
            # sudo: deadlines follow the calendar whoever changes it
            self.env["complaint.clock"].sudo()._calendar_changed(self)
        return result
