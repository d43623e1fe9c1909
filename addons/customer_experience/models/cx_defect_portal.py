"""A defect as its owner sees it."""

import io
import struct
import zlib

from PIL import Image, UnidentifiedImageError

from odoo import models
from odoo.exceptions import UserError

MOST_PHOTOS = 5
PHOTO_BYTES = 10 << 20
PHOTO_SIDE = 1920  # pixels
PHOTO_FORMATS = ("JPEG", "PNG", "GIF")


class CxDefect(models.Model):
    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "cx.defect"

    def _owner_status(self):
        """How far it is, in words for the owner."""
        return {
            "new": self.env._("We have it. Somebody will be sent."),
            "dispatched": self.env._("Somebody is on the way."),
            "onsite": self.env._("We were there and repair it."),
            "owner_check": self.env._("It is repaired: please have a look."),
            "accepted": self.env._("You accepted the repair. Thank you."),
            "closed": self.env._("It is settled."),
            "refused": self.env._("We cannot repair this."),
        }[self.state]

    def _owner_adds(self, photos):
        """Photos as pictures of their own: smaller, and without where and when they
        were taken.

        :param photos: (name, content) pairs
        :raise UserError: on a file that is no picture, or on too many
        """
        photos = [(name, content) for name, content in photos if content]
        if len(photos) > MOST_PHOTOS:
            raise UserError(
                self.env._("At most %(count)s photos at once.", count=MOST_PHOTOS)
            )
        pictures = [
            (name, self._owner_picture(name, content)) for name, content in photos
        ]
        # sudo: the owner has no right on attachments; these are pictures made anew
        attachments = self.env["ir.attachment"].sudo()
        added = attachments.create(
            [
                {
                    "name": f"{(name or 'photo')[:80]}.jpg",
                    "raw": picture,
                    "mimetype": "image/jpeg",
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, picture in pictures
            ]
        )
        # sudo: as above, nor on the defect
        self.sudo().attachment_ids += added

    def _owner_picture(self, name, content):
        problem = self.env._(
            "“%(name)s” is no photo (JPEG, PNG or GIF up to %(size)s MB).",
            name=(name or "")[:80],
            size=PHOTO_BYTES >> 20,
        )
        if len(content) > PHOTO_BYTES:
            raise UserError(problem)
        try:
            with Image.open(io.BytesIO(content), formats=PHOTO_FORMATS) as photo:
                if photo.width * photo.height > Image.MAX_IMAGE_PIXELS:
                    raise UserError(problem)
                photo.load()
                turned = photo.convert("RGB")
                orientation = photo.getexif().get(0x0112)
        except (
            UnidentifiedImageError,
            OSError,
            ValueError,
            SyntaxError,
            EOFError,
            struct.error,
            zlib.error,
            Image.DecompressionBombError,
        ) as error:
            raise UserError(problem) from error
        degrees = {3: 180, 6: 270, 8: 90}.get(orientation)
        if degrees:
            turned = turned.rotate(degrees, expand=True)
        turned.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        plain = io.BytesIO()
        turned.save(plain, "JPEG", quality=88)
        return plain.getvalue()

    def _owner_accepts(self, partner):
        """The owner accepts the repair."""
        self._owner_may_judge()
        # sudo: the owner judges a record that the owner has no right on
        self.sudo().write({"state": "accepted", "accepted_by": partner.name})
        self._owner_posts(partner, self.env._("Accepted the repair."))

    def _owner_sends_back(self, partner, reason):
        """The owner is not content: it is repaired again."""
        self._owner_may_judge()
        reason = (reason or "").strip()[:2000]
        if not reason:
            raise UserError(self.env._("Say what is still not right."))
        # sudo: as above
        self.sudo().write({"state": "onsite"})
        self._owner_posts(
            partner, self.env._("Sent the repair back: %(reason)s", reason=reason)
        )

    def _owner_may_judge(self):
        self.ensure_one()
        # one after the other: the same page may be open twice
        self.env.cr.execute(
            "SELECT state FROM cx_defect WHERE id = %s FOR UPDATE", [self.id]
        )
        if self.env.cr.fetchone() != ("owner_check",) or self.state != "owner_check":
            raise UserError(
                self.env._(
                    "This repair does not wait for you: %s", self._owner_status()
                )
            )

    def _owner_posts(self, partner, text):
        # sudo: the owner writes on a record that the owner has no right on
        self.sudo().message_post(
            body=text,
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
