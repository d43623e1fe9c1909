from odoo import api, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._closed_calendars()._bump_version()
        return leaves

    def write(self, vals):
        calendars = self._closed_calendars()
        result = super().write(vals)
        (calendars | self._closed_calendars())._bump_version()
        return result

    def unlink(self):
        calendars = self._closed_calendars()
        result = super().unlink()
        calendars._bump_version()
        return result

    def _closed_calendars(self):
        """The calendars whose working time these leaves cut: one person's leave cuts
        none, a company's holiday without a calendar cuts all that the company may use.
        """
        leaves = self.filtered(lambda leave: not leave.resource_id)
        calendars = leaves.calendar_id
        if companies := leaves.filtered(lambda leave: not leave.calendar_id).company_id:
            domain = Domain("company_id", "in", [*companies.ids, False])
            # sudo: whoever enters a holiday need not see every calendar of the company
            calendars |= self.env["resource.calendar"].sudo().search(domain)
        return calendars
