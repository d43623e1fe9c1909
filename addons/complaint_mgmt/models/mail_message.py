from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._drop_complaint_respondents()
        return messages

    def write(self, vals):
        result = super().write(vals)
        if "partner_ids" in vals:
            self._drop_complaint_respondents()
        return result

    def _drop_complaint_respondents(self):
        """Recipients can read a message even without access to its record.

        So a mention or a copy of a mail would show it to the person complained about.
        """
        messages = self.filtered(lambda message: message.model == "complaint.case")
        # sudo: whoever writes the message need not be able to read the lock
        messages = messages.sudo().filtered("partner_ids")
        for message in messages:
            case = messages.env["complaint.case"].browse(message.res_id)
            locked = message.partner_ids & case.respondent_user_ids.partner_id
            if locked:
                message.partner_ids -= locked
