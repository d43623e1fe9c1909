import hashlib
import io

from PIL import Image, UnidentifiedImageError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import filetype
from ..engine.text import clean_text


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    complaint_visible = fields.Boolean(
        string="Visible to the Customer",
        help="Shown on the page of the complaint that the customer opens.",
    )
    complaint_digest = fields.Char(
        string="Fingerprint (SHA-256)",
        readonly=True,
        help="The fingerprint of the file as it came in, to prove it unchanged.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        for attachment in attachments:
            if attachment.res_model == "complaint.case" and attachment.raw:
                # sudo: the fingerprint is taken, not entered
                attachment.sudo().complaint_digest = hashlib.sha256(
                    attachment.raw
                ).hexdigest()
        return attachments

    def write(self, vals):
        if {"raw", "datas", "db_datas", "store_fname", "complaint_digest"} & set(vals):
            self._check_complaint_evidence(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complaint_evidence(self):
        self._check_complaint_evidence({})

    def _check_complaint_evidence(self, vals):
        """Files of a closed complaint are evidence: neither replaced nor deleted."""
        if self.env.su:
            return
        if "complaint_digest" in vals:
            raise UserError(self.env._("The fingerprint of a file cannot be entered."))
        ours = self.filtered(
            lambda attachment: (
                attachment.res_model == "complaint.case" and attachment.res_id
            )
        )
        # sudo: the state of the complaint counts, also for those who do not see it
        cases = self.env["complaint.case"].sudo().browse(ours.mapped("res_id"))
        closed = cases.exists().filtered("closed_at")
        if closed:
            raise UserError(
                self.env._(
                    "“%(case)s” is closed: its files are evidence and stay as they "
                    "are.",
                    case=closed[0].display_name,
                )
            )

    @api.model
    def _complaint_files(self, case, files):
        """Files of a customer, if each is harmless by content, as attachments.

        :param files: (name, content) pairs
        """
        files = [(name, content) for name, content in files if name and content]
        if len(files) > filetype.MAX_FILES:
            raise UserError(
                self.env._("At most %(count)s files at once.", count=filetype.MAX_FILES)
            )
        for name, content in files:
            if not filetype.is_acceptable(name, content):
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be accepted: please send photos, recordings "
                        "or PDF files of up to %(size)s MB.",
                        name=clean_text(name, 60, lines=False),
                        size=filetype.MAX_BYTES // 1024 // 1024,
                    )
                )
        # sudo: the customer has no right on attachments; these passed the policy
        return self.sudo().create(
            [
                {
                    "name": clean_text(name, 120, lines=False),
                    "raw": self._without_place(content),
                    "res_model": case._name,
                    "res_id": case.id,
                    "complaint_visible": True,
                }
                for name, content in files
            ]
        )

    @api.model
    def _without_place(self, content):
        """A photo without what cameras add: where and when, with which phone."""
        if filetype.sniff(content) != "image/jpeg":
            return content
        try:
            with Image.open(io.BytesIO(content)) as photo:
                if not photo.getexif():
                    return content
                plain = io.BytesIO()
                photo.save(plain, "JPEG", quality=90)
                return plain.getvalue()
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            return content
