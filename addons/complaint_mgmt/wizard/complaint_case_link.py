from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.complaint_case_token import PURPOSES


class ComplaintCaseLink(models.TransientModel):
    """A link for the customer: to copy into a message, or sent by mail."""

    _name = "complaint.case.link"
    _description = "Link for the Customer"

    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    purpose = fields.Selection(selection=PURPOSES, required=True, default="view")
    link = fields.Char(readonly=True)
    email = fields.Char(related="case_id.partner_email", string="E-mail")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("link", None)
        return super().create(vals_list)

    def write(self, vals):
        if "link" in vals and not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "link"}
        return super().write(vals)

    def action_make(self):
        self.ensure_one()
        self.case_id.check_access("write")
        tokens = self.env["complaint.case.token"]
        # sudo: the link is made here and shown once, never entered
        self.sudo().link = tokens._issue(self.case_id, self.purpose)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link for the Customer"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_send(self):
        self.ensure_one()
        self.case_id.check_access("write")
        if not self.case_id.partner_email:
            raise UserError(
                self.env._(
                    "“E-mail” of the complainant is empty: copy the link into a "
                    "message instead."
                )
            )
        link = self.env["complaint.case.token"]._issue(self.case_id, self.purpose)
        template = self.env.ref("complaint_mgmt.mail_template_link")
        # sudo: handlers send this template without the right to write mails of others
        template.sudo().with_context(customer_link=link).send_mail(
            self.case_id.id,
            email_values={"email_to": self.case_id.partner_email},
        )
        self.case_id.message_post(
            body=self.env._(
                "A link was sent to the customer: %(purpose)s.",
                purpose=dict(self._fields["purpose"]._description_selection(self.env))[
                    self.purpose
                ],
            ),
            subtype_xmlid="mail.mt_note",
        )
        return {"type": "ir.actions.act_window_close"}
