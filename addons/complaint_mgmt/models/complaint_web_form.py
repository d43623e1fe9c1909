"""Complaints from the public form: kept apart until somebody stands by them."""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, plaintext2html

from ..engine.contact import phone_key
from ..engine.text import clean_text

#: Within a day: forms from one address of the network, for one contact, altogether.
LIMITS = {"sender": 10, "contact": 3, "all": 500}
#: Unconfirmed forms are thrown away after this.
PATIENCE = timedelta(days=30)


class ComplaintWebForm(models.Model):
    _name = "complaint.web.form"
    _description = "Web Form in Quarantine"
    _order = "create_date desc, id desc"

    name = fields.Char(string="Subject", required=True)
    description = fields.Text(string="What Happened", required=True)
    partner_name = fields.Char(string="Complainant")
    partner_phone = fields.Char(string="Phone")
    partner_email = fields.Char(string="E-mail")
    order_ref = fields.Char(string="Order / Contract / Room")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, readonly=True
    )
    state = fields.Selection(
        selection=[
            ("new", "Unconfirmed"),
            ("accepted", "Registered"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="new",
        index=True,
    )
    case_id = fields.Many2one(
        comodel_name="complaint.case", string="Complaint", index="btree_not_null"
    )
    nonce = fields.Char(groups="base.group_system")
    digest = fields.Char(index="btree_not_null", groups="base.group_system")
    sender_digest = fields.Char(groups="base.group_system")
    contact_digest = fields.Char(groups="base.group_system")

    _nonce_unique = models.UniqueIndex("(nonce)", "This form was sent already.")
    # the limits: forms of one sender or contact within a day
    _sender_idx = models.Index("(sender_digest, create_date)")
    _contact_idx = models.Index("(contact_digest, create_date)")

    @api.model
    def _digest_of(self, *parts):
        # sudo: the secret salts what must not be guessed from the table
        parameters = self.env["ir.config_parameter"].sudo()
        secret = parameters.get_param("database.secret") or ""
        return hashlib.sha256("\0".join([secret, *parts]).encode()).hexdigest()

    @api.model
    def _is_within_limits(self, sender, contact):
        """Whether another form may come in: one grouped count for all three limits."""
        since = fields.Datetime.now() - timedelta(days=1)
        # sudo: the visitor is nobody
        forms = self.sudo()
        recent = [("create_date", ">=", since)]
        return (
            forms.search_count([*recent, ("sender_digest", "=", sender)])
            < LIMITS["sender"]
            and forms.search_count([*recent, ("contact_digest", "=", contact)])
            < LIMITS["contact"]
            and forms.search_count(recent, limit=LIMITS["all"]) < LIMITS["all"]
        )

    @api.model
    def _take_in(self, company, values, address, nonce):
        """Quarantine a form; whoever sent it learns the same whatever becomes of it."""
        email = email_normalize(values.get("partner_email"))
        phone = clean_text(values.get("partner_phone"), 30, lines=False)
        contact = email or phone_key(phone)
        text = clean_text(values.get("description"), 5000)
        name = clean_text(values.get("name"), 120, lines=False) or text[:40]
        if not text or not contact:
            raise UserError(
                self.env._(
                    "Please describe what happened and leave an e-mail address or a "
                    "telephone number."
                )
            )
        sender_digest = self._digest_of("sender", address)
        contact_digest = self._digest_of("contact", contact)
        # sudo: the visitor is nobody
        forms = self.sudo()
        if forms.search_count([("nonce", "=", nonce)], limit=1):
            return self.browse()
        if not self._is_within_limits(sender_digest, contact_digest):
            return self.browse()
        raw = secrets.token_urlsafe(24)
        form = forms.create(
            {
                "name": name,
                "description": text,
                "partner_name": clean_text(values.get("partner_name"), 60, lines=False),
                "partner_phone": phone,
                "partner_email": email,
                "order_ref": clean_text(values.get("order_ref"), 60, lines=False),
                "company_id": company.id,
                "nonce": nonce,
                "digest": self._digest_of("confirm", raw),
                "sender_digest": sender_digest,
                "contact_digest": contact_digest,
            }
        )
        if email:
            form._send_confirmation(raw)
        return form

    def _send_confirmation(self, raw):
        """Ask the owner of the address; this is all that an unconfirmed form causes."""
        self.ensure_one()
        template = self.env.ref("complaint_mgmt.mail_template_web_form")
        link = f"{self.get_base_url()}/complaint/form/confirm/{raw}"
        template.with_context(confirm_link=link).send_mail(self.id)

    def write(self, vals):
        """The words stay the sender's; only what becomes of the form is noted."""
        if not self.env.su:
            raise UserError(
                self.env._("A web form stays as it was sent: register or drop it.")
            )
        return super().write(vals)

    @api.model
    def _find(self, raw):
        # sudo: the visitor is nobody, the link is the key
        return self.sudo().search(
            [("digest", "=", self._digest_of("confirm", raw)), ("state", "=", "new")]
        )

    def action_accept(self):
        """Register the complaint: confirmed by the sender, or checked by the desk."""
        self.check_access("write")
        for form in self:
            if form.state != "new":
                raise UserError(
                    self.env._("“%(form)s” was dealt with already.", form=form.name)
                )
            form._open_case()
        return True

    def action_drop(self):
        self.check_access("write")
        # sudo: nobody writes forms, the check is above
        new = self.sudo().filtered(lambda form: form.state == "new")
        new.write({"state": "dropped"})
        return True

    def _open_case(self):
        # sudo: also the confirmation of the sender registers the complaint
        form = self.sudo()
        cases = form.env["complaint.case"].with_company(form.company_id)
        form.case_id = cases.create(
            {
                "name": form.name,
                "description": plaintext2html(form.description),
                "channel": "web",
                "partner_name": form.partner_name or form.partner_email,
                "partner_phone": form.partner_phone,
                "partner_email": form.partner_email,
                "order_ref": form.order_ref,
                "company_id": form.company_id.id,
                "first_contact_user_id": False,
                # the database's clock counts finer than ours
                "received_at": form.create_date.replace(microsecond=0),
            }
        )
        form.state = "accepted"
        return form.case_id

    @api.autovacuum
    def _gc_unconfirmed(self):
        limit = fields.Datetime.now() - PATIENCE
        self.search(
            [("state", "in", ("new", "dropped")), ("create_date", "<", limit)]
        ).unlink()
