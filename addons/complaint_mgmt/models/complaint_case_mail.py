"""Mail that becomes a complaint, and mail that belongs to one."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import email_split_tuples

from ..engine import mail as engine

#: A Date header further back than this is a broken clock rather than a mail that
#: waited.
MAIL_PATIENCE = timedelta(days=30)


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    acknowledged_at = fields.Datetime(
        string="Acknowledged on",
        readonly=True,
        copy=False,
        help="When the automatic answer with the number went out.",
    )

    from_machine = fields.Boolean(
        string="Sent by a System",
        readonly=True,
        copy=False,
        help="The mail came from a system whose mails are let in, such as a "
        "regulator's hotline.",
    )

    # ------------------------------------------------------------
    # MAIL GATEWAY
    # ------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A complaint as the mail tells it; type and the rest are for a person."""
        sender = msg_dict.get("email_from") or ""
        arrival = fields.Datetime.now()
        written = fields.Datetime.to_datetime(msg_dict.get("date"))
        values = {
            "name": self._mail_case_name(msg_dict, sender),
            "channel": "mail",
            "description": msg_dict.get("body"),
            "received_at": engine.received_at(written, arrival, MAIL_PATIENCE),
            "first_contact_user_id": False,
            **self._mail_complainant(msg_dict, sender),
            **(custom_values or {}),
        }
        # the mail's own address is set above: core would overwrite it with the whole
        # From header
        return super().message_new(dict(msg_dict, email_from=False), values)

    @api.model
    def _mail_case_name(self, msg_dict, sender):
        name = engine.tidy_subject(msg_dict.get("subject") or "")
        if not name:
            name = engine.tidy_subject(
                html2plaintext(msg_dict.get("body") or "")[:500], 40
            )
        return name or self.env._(
            "Mail from %(sender)s", sender=email_normalize(sender) or sender
        )

    @api.model
    def _mail_complainant(self, msg_dict, sender):
        """Who complains: the sender, unless a colleague has passed the complaint on."""
        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        colleague = author.user_ids.filtered(lambda user: not user.share)[:1]
        if colleague:
            return {"first_contact_user_id": colleague.id}
        name, address = (email_split_tuples(sender) or [("", sender)])[0]
        return {
            "partner_id": author.id,
            "partner_name": author.name or name or address,
            "partner_email": email_normalize(sender) or address,
        }

    def message_update(self, msg_dict, update_vals=None):
        """Who writes about a closed complaint must not be overlooked."""
        result = super().message_update(msg_dict, update_vals)
        for case in self.filtered("closed_at"):
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Mail about a closed complaint"),
                user_id=(case.user_id or case.team_id.user_id or self.env.user).id,
            )
        return result

    def _detect_loop_sender_domain(self, email_from_normalized):
        return [("email_normalized", "=", email_from_normalized)]

    @api.model
    def _find_by_mail_number(self, message_dict):
        """The case that the subject of a mail quotes, if the sender has to do with it.

        Mail programs that lose the References header still keep the subject. Numbers
        are easily guessed, so no stranger gets mail into a case by them.
        """
        numbers = engine.case_numbers(message_dict.get("subject") or "")
        sender = email_normalize(message_dict.get("email_from"))
        if not numbers or not sender:
            return self.browse()
        # sudo: the mail gateway has no user of its own
        cases = self.sudo().search([("number", "in", numbers)])
        return cases.filtered(
            lambda case: (
                sender
                in {
                    case.email_normalized,
                    case.partner_id.email_normalized,
                    case.user_id.email_normalized,
                    case.first_contact_user_id.email_normalized,
                    *case.message_partner_ids.mapped("email_normalized"),
                }
            )
        )[:1]

    @api.model
    def _find_flooded(self, message_dict):
        """The newest case of a sender who has opened too many within a short time.

        The limits are those that core keeps against loops.
        """
        sender = email_normalize(message_dict.get("email_from"))
        if not sender or self.env["mail.thread"]._is_allowed_machine(message_dict):
            return self.browse()
        # sudo: the mail gateway has no user of its own
        parameters = self.env["ir.config_parameter"].sudo()
        minutes = int(parameters.get_param("mail.gateway.loop.minutes", 120))
        limit = int(parameters.get_param("mail.gateway.loop.threshold", 20))
        # sudo: the mail gateway has no user of its own
        cases = self.sudo().search(
            [
                ("create_date", ">=", self.env.cr.now() - timedelta(minutes=minutes)),
                ("email_normalized", "=", sender),
            ],
            order="id desc",
            limit=limit,
        )
        return cases[:1] if len(cases) >= limit else self.browse()

    # ------------------------------------------------------------
    # POSTING
    # ------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_values):
        super()._message_post_after_hook(message, msg_values)
        if message.message_type != "email":
            return
        # pictures inside the mail got their address only when it was posted
        if 'src="cid:' in (self.description or ""):
            self.description = message.body
        if self._should_acknowledge(message):
            self._acknowledge()

    def _should_acknowledge(self, message):
        team = self.team_id
        # sudo: the gateway reads as nobody in particular
        author = message.sudo().author_id
        return (
            team.acknowledge
            and team.acknowledge_template_id
            and not self.acknowledged_at
            and not self.from_machine
            and not self.closed_at
            and self.channel == "mail"
            and self.email_normalized
            and self.email_normalized == email_normalize(message.email_from)
            and not any(not user.share for user in author.user_ids)
        )

    def _acknowledge(self):
        """Answer once with the number, marked so that no other machine answers back."""
        self.ensure_one()
        template = self.team_id.acknowledge_template_id
        lang = template._render_lang(self.ids)[self.id]
        template = template.with_context(lang=lang)
        self._write_marks({"acknowledged_at": fields.Datetime.now()})
        self.message_post(
            author_id=self.team_id.company_id.partner_id.id,
            body=template._render_field("body_html", self.ids)[self.id],
            email_add_signature=False,
            mail_headers={
                "Auto-Submitted": "auto-replied",
                "X-Auto-Response-Suppress": "All",
            },
            message_type="auto_comment",
            notify_skip_followers=True,
            outgoing_email_to=False if self.partner_id else self.partner_email,
            partner_ids=self.partner_id.ids,
            subject=template._render_field("subject", self.ids)[self.id],
            subtype_xmlid="mail.mt_comment",
        )

    # ------------------------------------------------------------
    # SUBTYPES
    # ------------------------------------------------------------

    def _track_subtype(self, initial_values):
        self.ensure_one()
        if "stage_id" in initial_values:
            return self.env.ref("complaint_mgmt.mt_case_stage")
        return super()._track_subtype(initial_values)
