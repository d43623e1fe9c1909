"""The customer's side of a complaint: what is shown, and what may be done there."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formataddr, plaintext2html
from odoo.tools.mail import is_html_empty

from ..engine.text import clean_text

#: Whoever the links of a complaint were meant for is no longer the same.
_REVOKING = {"merged_into_id", "partner_email", "partner_id", "partner_phone"}
MESSAGE_LIMIT = 5000
#: The five steps that a customer is shown, by the meaning of our stages.
_CUSTOMER_STEPS = {
    "register": 0,
    "assess": 1,
    "investigate": 1,
    "reply": 2,
    "callback": 3,
    "closed": 4,
    "ended": 4,
}


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    token_ids = fields.One2many(
        comodel_name="complaint.case.token",
        inverse_name="case_id",
        groups="base.group_system",
    )
    file_ids = fields.One2many(
        comodel_name="ir.attachment",
        inverse_name="res_id",
        string="Files",
        domain=[("res_model", "=", "complaint.case"), ("res_field", "=", False)],
    )
    customer_rating = fields.Integer(
        string="Customer's Rating",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="1 to 5, given by the customer on the complaint's page.",
    )
    customer_rating_note = fields.Text(
        string="Customer's Remark", readonly=True, copy=False
    )
    rated_at = fields.Datetime(string="Rated on", readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if _REVOKING & set(vals):
            # sudo: links are nobody's to read
            self.sudo().token_ids.revoked = True
        return result

    # ------------------------------------------------------------
    # WHAT THE CUSTOMER SEES
    # ------------------------------------------------------------

    def _customer_status(self):
        """Where the complaint stands, in words for its customer."""
        self.ensure_one()
        if self.merged_into_id:
            return self.env._(
                "Your complaint is handled together with %(number)s.",
                number=self.merged_into_id.number,
            )
        return {
            "register": self.env._("Received: we are taking down what happened."),
            "assess": self.env._("Accepted: it is being passed to those responsible."),
            "investigate": self.env._("We are finding out what happened."),
            "reply": self.env._("We are preparing our answer."),
            "callback": self.env._("Answered: we will ask you whether it is settled."),
            "closed": self.env._("Closed."),
            "ended": self.env._("Ended."),
        }[self.stage_kind]

    def _customer_steps(self):
        """The way of a complaint as a customer knows it: (step, reached)."""
        self.ensure_one()
        names = [
            self.env._("Taken down"),
            self.env._("Investigation"),
            self.env._("Answer being prepared"),
            self.env._("Answered"),
            self.env._("Closed"),
        ]
        at = _CUSTOMER_STEPS[self.stage_kind]
        return [(name, index <= at) for index, name in enumerate(names)]

    def _customer_messages(self):
        """What was said between the customer and us: no internal note is among it."""
        self.ensure_one()
        # sudo: the customer has no access to messages, only to this selection of them
        messages = self.sudo().message_ids
        return messages.filtered(
            lambda message: (
                message.message_type in ("comment", "email", "auto_comment")
                and not message.is_internal
                and not message.subtype_id.internal
                and message.subtype_id == self.env.ref("mail.mt_comment")
                and not is_html_empty(message.body)
            )
        ).sorted("id")

    def _customer_files(self):
        self.ensure_one()
        # sudo: likewise, only what was marked for the customer
        return self.sudo().file_ids.filtered("complaint_visible")

    def _customer_decision(self):
        """The answer, once it is out."""
        self.ensure_one()
        answered = self.stage_kind in ("callback", "closed") and self.replied_at
        return self.reply if answered else False

    def _customer_name_of(self, message):
        """Colleagues speak for the company, not in their own name."""
        internal = any(not user.share for user in message.author_id.user_ids)
        if message.message_type == "auto_comment" or internal:
            return self.company_id.name
        return self.partner_name or self.env._("You")

    # ------------------------------------------------------------
    # WHAT THE CUSTOMER DOES
    # ------------------------------------------------------------

    def _customer_says(self, text, files=()):
        """A message of the customer, with the files that pass the policy."""
        self.ensure_one()
        text = clean_text(text, MESSAGE_LIMIT)
        attachments = self.env["ir.attachment"]._complaint_files(self, files)
        if not text and not attachments:
            raise UserError(self.env._("Please write something or choose a file."))
        # sudo: the customer has no right on the complaint, only to be heard on it
        case = self.sudo()
        case.message_post(
            body=plaintext2html(text),
            author_id=case.partner_id.id,
            email_from=formataddr(
                (case.partner_name or "-", case.partner_email or "customer@localhost")
            ),
            attachment_ids=attachments.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        case._remind_of_customer(self.env._("The customer has written"))

    def _remind_of_customer(self, summary):
        """One to-do is enough, however often the customer writes."""
        self.ensure_one()
        user = self.user_id or self.team_id.user_id
        if user and not self.activity_ids.filtered(
            lambda activity: activity.summary == summary
        ):
            self.activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, user_id=user.id
            )

    def _customer_confirms(self, agrees, text=""):
        """The customer has read the record: right, or right after correction."""
        self.ensure_one()
        # sudo: as for every word of the customer
        case = self.sudo()
        if agrees:
            case._write_marks({"readback_at": fields.Datetime.now()})
            note = self.env._("The customer confirmed the record.")
        else:
            note = self.env._(
                "The customer corrects the record: %(text)s",
                text=clean_text(text, MESSAGE_LIMIT),
            )
            case._remind_of_customer(self.env._("The customer corrects the record"))
        case.message_post(body=note, subtype_xmlid="mail.mt_note")

    def _customer_rates(self, stars, text=""):
        self.ensure_one()
        if stars not in range(1, 6):
            raise UserError(self.env._("Please choose between one and five stars."))
        if not self.replied_at:
            raise UserError(
                self.env._("You can rate the complaint as soon as it is answered.")
            )
        if self.rated_at:
            raise UserError(self.env._("You have rated this complaint already."))
        note = clean_text(text, MESSAGE_LIMIT)
        # sudo: ratings are the customers', nobody enters one
        case = self.sudo()
        case._write_marks(
            {
                "customer_rating": stars,
                "customer_rating_note": note,
                "rated_at": fields.Datetime.now(),
            }
        )
        # sudo: likewise
        self.env["rating.rating"].sudo().create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": case.id,
                "partner_id": case.partner_id.id,
                "rated_partner_id": case.user_id.partner_id.id,
                "rating": stars,
                "feedback": note,
                "consumed": True,
            }
        )
        if stars <= 2:
            case._remind_of_customer(self.env._("The customer is not satisfied"))

    # ------------------------------------------------------------
    # PORTAL
    # ------------------------------------------------------------

    @api.model
    def _of_customer(self, user):
        """The complaints that a portal user sees: the own ones, not the company's."""
        # sudo: portal users have no access to complaints, but to this selection
        return self.sudo().search(
            [("partner_id", "=", user.partner_id.id)], order="received_at desc, id desc"
        )

    @api.model
    def _customer_registers(self, user, values, files=()):
        """A complaint that a portal user enters."""
        subject = clean_text(values.get("name"), 120, lines=False)
        text = clean_text(values.get("description"), MESSAGE_LIMIT)
        if not subject or not text:
            raise UserError(
                self.env._("Please say in a few words what it is about, and describe.")
            )
        partner = user.partner_id
        # sudo: customers register without having a right on complaints
        case = self.sudo().create(
            {
                "name": subject,
                "description": plaintext2html(text),
                "channel": "portal",
                "partner_id": partner.id,
                "order_ref": clean_text(values.get("order_ref"), 60, lines=False),
                "first_contact_user_id": False,
                "received_at": fields.Datetime.now(),
            }
        )
        self.env["ir.attachment"]._complaint_files(case, files)
        return case
