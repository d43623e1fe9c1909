"""Links by which a customer without an account sees and answers one complaint."""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: How long a link still opens after the complaint was closed.
AFTERLIFE = timedelta(days=30)
PURPOSES = [
    ("view", "See and answer"),
    ("confirm", "Confirm the record"),
    ("rate", "Rate the result"),
]
#: Links that are spent by their first use.
SINGLE_USE = ("confirm", "rate")


class ComplaintCaseToken(models.Model):
    """Only the digest is kept: whoever reads the table cannot open a link."""

    _name = "complaint.case.token"
    _description = "Customer Link"

    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    purpose = fields.Selection(selection=PURPOSES, required=True)
    digest = fields.Char(required=True)
    expires_at = fields.Datetime(required=True)
    used_at = fields.Datetime()
    revoked = fields.Boolean()

    _digest_unique = models.UniqueIndex("(digest)", "This link exists already.")

    @api.model
    def _digest(self, raw):
        return hashlib.sha256((raw or "").encode()).hexdigest()

    @api.model
    def _issue(self, case, purpose):
        """The address of a new link: the only moment at which it is known."""
        if case.closed_at and purpose == "confirm":
            raise UserError(
                self.env._("The complaint is closed: there is nothing to confirm.")
            )
        raw = secrets.token_urlsafe(24)
        # sudo: nobody reads or writes links
        self.sudo().create(
            {
                "case_id": case.id,
                "purpose": purpose,
                "digest": self._digest(raw),
                "expires_at": fields.Datetime.now() + timedelta(days=90),
            }
        )
        return f"{case.get_base_url()}/complaint/{purpose}/{raw}"

    @api.model
    def _find(self, raw, purpose):
        """The token that opens, or nothing; it does not tell why it does not."""
        now = fields.Datetime.now()
        # sudo: the visitor is nobody, the link is the key
        token = self.sudo().search(
            [
                ("digest", "=", self._digest(raw)),
                ("purpose", "=", purpose),
                ("revoked", "=", False),
                ("expires_at", ">", now),
            ]
        )
        closed_at = token.case_id.closed_at
        if closed_at and closed_at + AFTERLIFE < now:
            return self.browse()
        return token

    def _spend(self):
        self.ensure_one()
        if self.purpose in SINGLE_USE:
            self.used_at = fields.Datetime.now()

    @api.autovacuum
    def _gc_expired(self):
        self.search([("expires_at", "<", fields.Datetime.now())]).unlink()
