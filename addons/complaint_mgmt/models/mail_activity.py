from odoo import api, models
from odoo.exceptions import ValidationError


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.constrains("user_id", "res_model", "res_id")
    def _check_complaint_recusal(self):
        """Whoever has a to-do reads it, also without access to the complaint."""
        activities = self.filtered(
            lambda activity: activity.res_model == "complaint.case"
        )
        cases = (
            self.env["complaint.case"]
            # sudo: whoever plans the to-do need not be able to read the lock
            .sudo()
            .browse(activities.mapped("res_id"))
            .exists()
        )
        locked = {case.id: case.respondent_user_ids for case in cases}
        for activity in activities:
            if activity.user_id in locked.get(activity.res_id, ()):
                raise ValidationError(
                    self.env._(
                        "%(user)s is complained about here and cannot get a to-do on "
                        "it.",
                        user=activity.user_id.name,
                    )
                )
