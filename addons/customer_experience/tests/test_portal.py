import base64
import io
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from odoo import Command, fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CxCommon


def photo(size=(40, 30), kind="JPEG", **save):
    picture = io.BytesIO()
    Image.new("RGB", size, "red").save(picture, kind, **save)
    return picture.getvalue()


class OwnerCase(CxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._milestone("completed").date_actual = date(2025, 1, 1)
        cls.journey, cls.neighbour = cls._new_journeys(
            2, date_signed=date(2024, 5, 1), date_ho_done=date(2026, 1, 1)
        )
        cls.owner = new_test_user(
            cls.env,
            "cx_owner",
            groups="base.group_portal",
            partner_id=cls.journey.partner_id.id,
            lang="en_US",
        )

    def home(self, user=None):
        user = user or self.owner
        return self.env["cx.journey"].with_user(user)._of_owner(user)

    def report(self, **values):
        values = {
            "title": "Ceiling leaks",
            "room": "Bath",
            "description": "Since Monday",
            "is_urgent": False,
            "photos": [("leak.jpg", photo())],
            **values,
        }
        return self.home()._owner_reports(**values)

    def repaired(self, **values):
        defect = self.report(**values)
        defect.write(
            {
                "user_id": self.other_staff.id,
                "component_id": self.env.ref("customer_experience.cx_component_wet").id,
                "state": "dispatched",
            }
        )
        defect.write({"opinion": "Membrane torn", "state": "onsite"})
        defect.write({"repair_note": "Membrane renewed", "state": "owner_check"})
        return defect


@tagged("post_install", "-at_install")
class TestOwner(OwnerCase):
    def test_one_s_own_home_and_no_other(self):
        self.assertEqual(self.home(), self.journey)
        stranger = new_test_user(self.env, "cx_stranger", groups="base.group_portal")
        self.assertFalse(self.home(stranger))
        # not by the company or household that one belongs to
        self.owner.partner_id.parent_id = self.neighbour.partner_id
        self.assertEqual(self.home(), self.journey)
        self.journey.active = False
        self.assertFalse(self.home())

    def test_a_home_that_was_sold_belongs_to_its_new_owner(self):
        defect = self.report()
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        user = new_test_user(
            self.env, "cx_buyer", groups="base.group_portal", partner_id=buyer.id
        )
        sold = self.env["cx.journey"].create(
            {
                "partner_id": buyer.id,
                "unit_id": self.journey.unit_id.id,
                "date_signed": date(2026, 2, 1),
            }
        )
        self.assertFalse(self.home())
        self.assertEqual(self.home(user), sold)
        self.assertNotIn(defect, sold._owner_defects())

    def test_portal_users_have_no_rights_of_their_own(self):
        for model in (
            *("cx.journey", "cx.unit", "cx.defect", "cx.unit.warranty", "cx.evidence"),
            *("cx.touchpoint", "cx.survey.request", "cx.milestone"),
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.owner).search([])

    def test_report_with_photos(self):
        defect = self.report()
        self.assertEqual(defect.source, "portal")
        self.assertEqual(defect.partner_id, self.owner.partner_id)
        self.assertEqual(defect.create_uid, self.owner)
        self.assertEqual(defect.cover, False)
        self.assertEqual(defect.attachment_ids.mimetype, "image/jpeg")
        self.assertEqual(self.journey._owner_defects(), defect)

    def test_photos_are_made_anew(self):
        """Smaller, upright, and without the place where they were taken."""
        exif = Image.Exif()
        exif[0x0112] = 6  # turned by 90 degrees
        exif[0x010F] = "Phone Maker"
        defect = self.report(
            photos=[("a.jpg", photo((4000, 3000), exif=exif)), ("b", photo(kind="PNG"))]
        )
        large, small = defect.attachment_ids.sorted("id")
        with Image.open(io.BytesIO(large.raw)) as picture:
            self.assertEqual(picture.size, (1440, 1920))
            self.assertFalse(picture.getexif())
        self.assertEqual(small.name, "b.jpg")

    def test_what_is_no_photo_is_refused_and_nothing_stays(self):
        script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"
        for content in (
            script,
            b"%PDF-1.4",
            b"MZ\x90",
            photo()[:60],
            b"GIF89a" + b"0" * 20,
            b"\xff\xd8\xff" + b"0" * (11 << 20),
        ):
            with self.assertRefused(UserError, "is no photo"):
                self.report(photos=[("x.jpg", content)])
        with self.assertRefused(UserError, "At most 5 photos"):
            self.report(photos=[("x.jpg", photo())] * 6)
        self.assertFalse(self.journey.defect_ids)

    @given(st.integers(0, 200), st.binary(min_size=1, max_size=40))
    def test_broken_photos_are_refused_in_words(self, at, noise):
        whole = photo(kind="PNG")
        broken = whole[:at] + noise + whole[at + len(noise) :]
        try:
            self.assertTrue(self.env["cx.defect"]._owner_picture("x", broken))
        except UserError as error:
            self.assertIn("is no photo", str(error))

    def test_empty_and_too_many_reports(self):
        for title in ("", "   ", None):
            with self.assertRefused(UserError, "what is broken"):
                self.report(title=title)
        long = self.report(title="x" * 500, photos=[])
        self.assertEqual(len(long.title), 120)
        for _n in range(9):
            self.report(photos=[])
        with self.assertRefused(UserError, "call us"):
            self.report(photos=[])

    def test_owner_accepts_or_sends_back(self):
        defect, owner = self.repaired(), self.owner.partner_id
        with self.assertRefused(UserError, "still not right"):
            defect._owner_sends_back(owner, "  ")
        defect._owner_sends_back(owner, "Still drips")
        self.assertEqual((defect.state, defect.reject_count), ("onsite", 1))
        message = defect.message_ids.filtered(lambda m: "Still drips" in m.body)
        self.assertEqual(message.author_id, owner)
        with self.assertRefused(UserError, "does not wait for you"):
            defect._owner_accepts(owner)
        defect.write({"state": "owner_check"})
        defect._owner_accepts(owner)
        self.assertEqual((defect.state, defect.accepted_by), ("accepted", owner.name))
        self.assertTrue(defect.accepted_at)
        with self.assertRefused(UserError, "does not wait for you"):
            defect._owner_sends_back(owner, "Changed my mind")

    def test_documents_made_for_owners_only(self):
        touchpoints = self._touchpoints("C04")
        self.assertEqual(touchpoints.journey_id, self.journey | self.neighbour)
        self.assertTrue(all(touchpoints.evidence_ids.mapped("for_owner")))
        for touchpoint in touchpoints:
            touchpoint.evidence_ids = [
                Command.create(
                    {
                        "name": name,
                        "for_owner": for_owner,
                        "file": base64.b64encode(b"%PDF-1.4"),
                        "file_name": "letter.pdf",
                    }
                )
                for name, for_owner in (("Letter", True), ("Internal note", False))
            ]
        self.assertFalse(self.journey._owner_documents())
        self.env.cr.execute(
            "UPDATE cx_touchpoint SET state = 'done' WHERE id IN %s",
            [tuple(touchpoints.ids)],
        )
        touchpoints.invalidate_recordset(["state"])
        documents = self.journey._owner_documents()
        self.assertEqual(documents.mapped("name"), ["Letter"])
        self.assertEqual(documents.touchpoint_id.journey_id, self.journey)


@tagged("post_install", "-at_install")
class TestOwnerPages(OwnerCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("en_US")
        self.authenticate("cx_owner", "cx_owner")
        self.opener.cookies["frontend_lang"] = "en_US"

    def post(self, url, files=None, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=data, files=files)

    def test_pages(self):
        page = self.url_open("/my/homes").text
        self.assertIn(self.journey.unit_id.name, page)
        self.assertNotIn(f"/my/homes/{self.neighbour.id}", page)
        page = self.url_open(f"/my/homes/{self.journey.id}").text
        for words in ("Report a Defect", "Warranty", "Handed Over"):
            self.assertIn(words, page)

    def test_report_over_the_web(self):
        url = f"/my/homes/{self.journey.id}/report"
        self.assertIn("What is broken?", self.url_open(url).text)
        answer = self.post(
            url,
            files=[("photos", ("leak.jpg", photo(), "image/jpeg"))],
            title="Window <b>stuck</b>",
            description="<script>alert(1)</script>",
        )
        defect = self.journey.defect_ids
        self.assertTrue(answer.url.endswith(f"/my/defects/{defect.id}"))
        self.assertNotIn("<script>alert(1)", answer.text)
        self.assertIn("Window &lt;b&gt;stuck", answer.text)
        picture = self.url_open(
            f"/my/defects/{defect.id}/photo/{defect.attachment_ids.id}"
        )
        self.assertEqual(picture.headers["Content-Type"], "image/jpeg")
        self.assertEqual(picture.headers["X-Content-Type-Options"], "nosniff")
        answer = self.post(
            url, files=[("photos", ("x.jpg", b"no picture", "image/jpeg"))], title="Two"
        )
        self.assertIn("is no photo", answer.text)
        self.assertEqual(len(self.journey.defect_ids), 1)

    def test_accept_over_the_web_and_nothing_on_get(self):
        defect = self.repaired()
        page = self.url_open(f"/my/defects/{defect.id}").text
        self.assertIn("It is all right", page)
        for act in ("accept", "reject", "photos"):
            with mute_logger("odoo.http"):
                answer = self.url_open(f"/my/defects/{defect.id}/{act}")
            self.assertIn(answer.status_code, (404, 405))
        self.assertEqual(defect.state, "owner_check")
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/my/defects/{defect.id}/accept", data={"x": "1"})
        self.assertEqual(answer.status_code, 400)  # without the token of the form
        self.post(f"/my/defects/{defect.id}/reject", reason="Drips")
        self.assertEqual(defect.state, "onsite")
        answer = self.post(f"/my/defects/{defect.id}/accept")
        self.assertIn("does not wait for you", answer.text)

    def test_the_neighbour_s_does_not_exist(self):
        other = self.env["cx.defect"].create(
            {"title": "Theirs", "unit_id": self.neighbour.unit_id.id}
        )
        other._owner_adds([("x.jpg", photo())])
        with mute_logger("odoo.http"):
            for url in (
                f"/my/homes/{self.neighbour.id}",
                f"/my/homes/{self.neighbour.id}/report",
                f"/my/homes/{self.neighbour.id}/document/1",
                f"/my/defects/{other.id}",
                f"/my/defects/{other.id}/photo/{other.attachment_ids.id}",
                f"/my/homes/{self.journey.id}/document/999999",
            ):
                self.assertEqual(self.url_open(url).status_code, 404, url)
            for act in ("accept", "reject", "photos"):
                answer = self.post(f"/my/defects/{other.id}/{act}", reason="x")
                self.assertEqual(answer.status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open(f"/my/homes/{self.journey.id}")
        self.assertIn("/web/login", answer.url)

    def test_few_queries_with_much_to_show(self):
        """Target: the owner's page under 40 queries."""
        for n in range(30):
            self.env["cx.defect"].create(
                {"title": f"Defect {n}", "unit_id": self.journey.unit_id.id}
            )
        self.env.flush_all()
        self.url_open(f"/my/homes/{self.journey.id}")
        self.env.invalidate_all()
        home = self.home()
        before = self.env.cr.sql_log_count
        self.env["ir.qweb"].with_user(self.owner)._render(
            "customer_experience.portal_home_cards", {"home": home}
        )
        self.assertLess(self.env.cr.sql_log_count - before, 40)

    def test_phone(self):
        """The owner reports with a photo and accepts the repair, on a phone."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.owner.lang = "zh_CN"
        self.opener.cookies["frontend_lang"] = "zh_CN"
        defect = self.repaired(title="阳台门关不严", photos=[])
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.start_tour("/my/homes", "cx_owner_tour", login="cx_owner")
        self.assertEqual(defect.state, "accepted")
        reported = self.journey.defect_ids - defect
        self.assertEqual(reported.title, "厨房水龙头漏水")
        self.assertTrue(reported.is_urgent)
        self.assertLess(fields.Datetime.now() - reported.reported_at, timedelta(days=1))
