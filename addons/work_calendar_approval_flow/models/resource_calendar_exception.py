from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

# Passed in the context key "calendar_change" by an approved change. No caller over RPC
# can send this very object.
APPROVED = object()


class ResourceCalendarException(models.Model):
    _inherit = "resource.calendar.exception"

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days._check_change_approved()
        return days

    def write(self, vals):
        # a day must neither leave nor enter a calendar under approval
        self._check_change_approved()
        result = super().write(vals)
        self._check_change_approved()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unapproved(self):
        self._check_change_approved()

    def _check_change_approved(self):
        """Refuse direct edits where a rule puts the days under approval."""
        # nobody logs in as the superuser: this is the update of shipped days
        if self.env.uid == SUPERUSER_ID:
            return
        if self.env.context.get("calendar_change") is APPROVED:
            return
        change = self.env["resource.calendar.change"]
        for calendar in change._needed_for(self.calendar_id):
            raise UserError(
                self.env._(
                    "The rest and make-up days of “%(calendar)s” change only with "
                    "approval. Enter a change under Working Calendars / Changes and "
                    "submit it; the days are entered once it is approved.",
                    calendar=calendar.display_name,
                )
            )
