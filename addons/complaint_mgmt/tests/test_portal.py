import re
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..engine import nonce
from .common import ComplaintCommon

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


class PortalCase(ComplaintCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = new_test_user(
            cls.env,
            "complaint_customer",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )
        # the words that the tests look for, whatever languages the database has
        cls.env["res.lang"]._activate_lang("en_US")
        cls.customer.write({"email": "lin.wei@customer.example", "lang": "en_US"})
        cls.env.ref("base.public_user").lang = "en_US"
        cls.company.complaint_recourse = "<p>Write to the head office.</p>"
        cls.case = cls._create(user_id=cls.handler.id, department_id=cls.department.id)

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.opener.cookies["frontend_lang"] = "en_US"

    def _link(self, purpose="view", case=None):
        url = self.env["complaint.case.token"]._issue(case or self.case, purpose)
        return re.sub(r"^https?://[^/]+", "", url)

    def _post(self, url, **data):
        files = data.pop("files", None)
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=data, files=files)

    def _messages(self):
        self.env.invalidate_all()
        return self.case._customer_messages()


@tagged("post_install", "-at_install")
class TestPortal(PortalCase):
    def test_list_and_page(self):
        self.case.promised_at = fields.Datetime.now() + timedelta(days=2)
        other = self._create(
            partner_id=self.env["res.partner"].create({"name": "Other"}).id
        )
        for body, subtype in (("Secret thoughts", "note"), ("We are on it", "comment")):
            self.case.message_post(
                body=body, message_type="comment", subtype_xmlid=f"mail.mt_{subtype}"
            )
        hidden, shown = self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": PNG,
                    "res_model": "complaint.case",
                    "res_id": self.case.id,
                    "complaint_visible": visible,
                }
                for name, visible in (("internal.png", False), ("offer.png", True))
            ]
        )
        self.case.write({"cause_note": "Oven", "reply": "<p>Draft answer</p>"})
        self.authenticate("complaint_customer", "complaint_customer")
        page = self.url_open("/my/complaints").text
        self.assertIn(self.case.number, page)
        self.assertNotIn(other.number, page)
        page = self.url_open(f"/my/complaints/{self.case.id}").text
        for words in ("We are on it", "offer.png", "You will get our answer by"):
            self.assertIn(words, page)
        for words in ("Secret thoughts", "internal.png", "Oven", "Draft answer"):
            self.assertNotIn(words, page)
        base = f"/my/complaints/{self.case.id}/file"
        self.assertEqual(self.url_open(f"{base}/{hidden.id}").status_code, 404)
        answer = self.url_open(f"{base}/{shown.id}")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        for url in (f"/my/complaints/{other.id}", f"/my/complaints/{10**8}"):
            self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(
            self._post(f"/my/complaints/{other.id}/message", text="x").status_code, 404
        )

    def test_customer_has_no_right_on_the_records(self):
        for model in ("complaint.case", "complaint.case.token", "complaint.web.form"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.portal_user).search([])

    def test_decision_and_recourse(self):
        self.case.write(self._answered(stage_id=self.stages["callback"].id))
        self.authenticate("complaint_customer", "complaint_customer")
        page = self.url_open(f"/my/complaints/{self.case.id}").text
        self.assertIn("We replace the screen", page)
        self.assertIn("Write to the head office", page)

    def test_message_with_files(self):
        self.authenticate("complaint_customer", "complaint_customer")
        url = f"/my/complaints/{self.case.id}/message"
        self._post(url, text="<script>x</script>still broken\u202e")
        message = self._messages()[-1]
        self.assertIn("&lt;script&gt;", message.body)
        self.assertNotIn("\u202e", message.body)
        self.assertEqual(message.author_id, self.customer)
        self.assertEqual(self.case.activity_ids.user_id, self.handler)
        self._post(url, text="photo", files={"files": ("door.png", PNG)})
        self.assertEqual(len(self.case.activity_ids), 1, "one to-do is enough")
        self.assertEqual(self.case._customer_files().mapped("name"), ["door.png"])
        for name, content in (
            ("door.png", b"<svg onload=alert(1)>"),
            ("door.html", PNG),
            ("a.pdf", b"%PDF-1.4 /JavaScript"),
        ):
            page = self._post(url, text="x", files={"files": (name, content)}).text
            self.assertIn("cannot be accepted", page)
        self.assertEqual(len(self._messages()), 2, "a refused file leaves nothing")
        self.assertIn("Please write something", self._post(url, text=" \u200b ").text)

    def test_customer_registers(self):
        self.authenticate("complaint_customer", "complaint_customer")
        answer = self._post(
            "/my/complaints/new", name="Door", description="Broken\n" + "x" * 10**6
        )
        case = self.env["complaint.case"].search([("name", "=", "Door")])
        self.assertIn(case.number, answer.text)
        self.assertEqual(case.channel, "portal")
        self.assertEqual(case.partner_id, self.customer)
        self.assertFalse(case.first_contact_user_id)
        self.assertLess(len(case.description), 6000)
        page = self._post("/my/complaints/new", name="\u200b", description="x").text
        self.assertIn("in a few words", page)


@tagged("post_install", "-at_install")
class TestLinks(PortalCase):
    def test_opening_changes_nothing(self):
        self.case.write(self._answered(stage_id=self.stages["callback"].id))
        links = [self._link(purpose) for purpose in ("view", "confirm", "rate")]
        self.env.cr.flush()
        before = self.case.read()[0]
        self.env.cr.execute("SELECT count(*) FROM mail_message")
        [messages] = self.env.cr.fetchone()
        for link in links:
            for _time in range(2):
                answer = self.url_open(link)
                self.assertEqual(answer.status_code, 200)
                self.assertIn("noindex", answer.headers["X-Robots-Tag"])
                self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.env.invalidate_all()
        after = self.case.read()[0]
        self.assertEqual(after, before)
        self.env.cr.execute("SELECT count(*) FROM mail_message")
        self.assertEqual(self.env.cr.fetchone(), (messages,))

    def test_links_are_bound_to_their_purpose(self):
        view = self._link("view")
        raw = view.rsplit("/", 1)[1]
        self.assertEqual(self.url_open(f"/complaint/rate/{raw}").status_code, 404)
        self.assertEqual(self._post(f"{view}/rate", stars=5).status_code, 404)
        self.assertEqual(self.url_open(f"{view}x").status_code, 404)
        digests = self.case.sudo().token_ids.mapped("digest")
        self.assertNotIn(raw, digests, "the table does not hold what opens")

    def test_links_end(self):
        for change in (
            {"partner_email": "new@customer.example"},
            {"partner_phone": "13900000000"},
        ):
            link = self._link()
            self.assertEqual(self.url_open(link).status_code, 200)
            self.case.write(change)
            self.assertEqual(self.url_open(link).status_code, 404, change)
        link = self._link()
        self.case.sudo().token_ids.expires_at = fields.Datetime.now()
        self.assertEqual(self.url_open(link).status_code, 404)
        link = self._link()
        self.case.write(
            self._answered(
                stage_id=self.stages["closed"].id, callback_result="satisfied"
            )
        )
        self.case.sudo().token_ids.revoked = False
        self.assertEqual(self.url_open(link).status_code, 200, "30 days after closing")
        long_ago = fields.Datetime.now() - timedelta(days=31)
        self.case._write_marks({"closed_at": long_ago})
        self.assertEqual(self.url_open(link).status_code, 404)

    def test_confirm(self):
        self.assertFalse(self.case.readback_at)
        link = self._link("confirm")
        self._post(f"{link}/confirm", agrees="yes")
        self.env.invalidate_all()
        self.assertTrue(self.case.readback_at)
        link = self._link("confirm")
        page = self._post(f"{link}/confirm", agrees="no", text="It was Tuesday").text
        self.assertIn("Thank you", page)
        self.assertIn("It was Tuesday", self.case.message_ids[0].body)
        self.assertTrue(self.case.activity_ids)
        count = len(self.case.message_ids)
        self._post(f"{link}/confirm", agrees="no", text="again")
        self.env.invalidate_all()
        self.assertEqual(len(self.case.message_ids), count, "spent by the first use")

    def test_rate(self):
        link = self._link("rate")
        self.assertIn("as soon as", self._post(f"{link}/rate", stars=5).text)
        self.case.write(self._answered(stage_id=self.stages["callback"].id))
        link = self._link("rate")
        for stars in ("", "0", "6", "five", "٣٣"):
            self._post(f"{link}/rate", stars=stars)
        self.env.invalidate_all()
        self.assertFalse(self.case.rated_at)
        self._post(f"{link}/rate", stars=2, text="Too slow")
        self.env.invalidate_all()
        self.assertEqual(self.case.customer_rating, 2)
        self.assertEqual(self.case.customer_rating_note, "Too slow")
        self.assertTrue(self.case.activity_ids)
        rating = self.env["rating.rating"].search(
            [("res_model", "=", "complaint.case"), ("res_id", "=", self.case.id)]
        )
        self.assertEqual(rating.rating, 2)
        self._rating_is_guarded(rating)

    def _rating_is_guarded(self, rating):
        """Core lets any employee read and rewrite ratings."""
        for user in (self.outsider, self.agent):
            with self.assertRaises(AccessError):
                rating.with_user(user).read(["rating"])
            self.assertFalse(
                self.env["rating.rating"]
                .with_user(user)
                .search([("id", "=", rating.id)])
            )
        seen = rating.with_user(self.handler)
        self.assertEqual(seen.read(["rating"])[0]["rating"], 2)
        with self.refused(UserError, "by their customers"):
            seen.rating = 5
        with self.refused(UserError, "cannot be entered"):
            self.case.with_user(self.handler).customer_rating = 5

    def test_handler_makes_a_link(self):
        wizard = (
            self.env["complaint.case.link"]
            .with_user(self.handler)
            .with_context(active_id=self.case.id)
            .create({"purpose": "view", "link": "http://evil.example"})
        )
        self.assertFalse(wizard.link)
        wizard.action_make()
        path = re.sub(r"^https?://[^/]+", "", wizard.link)
        self.assertIn(self.case.number, self.url_open(path).text)
        with patch.object(
            type(self.env["mail.template"]), "send_mail", autospec=True
        ) as send:
            wizard.action_send()
        self.assertEqual(
            send.call_args.kwargs["email_values"]["email_to"],
            "lin.wei@customer.example",
        )
        with self.assertRaises(AccessError):
            self.env["complaint.case.link"].with_user(self.agent).create(
                {"case_id": self.case.id}
            )


@tagged("post_install", "-at_install")
class TestWebForm(PortalCase):
    def _send(self, age=10, **values):
        secret = self.env["ir.config_parameter"].get_param("database.secret")
        stamp = nonce.make(secret.encode(), int(time.time()) - age)
        return self._post(
            "/complaint/new",
            **{
                "stamp": stamp,
                "name": "Lift broken",
                "description": "For three days",
                "partner_email": "mu@mail-m.example",
                **values,
            },
        )

    def setUp(self):
        super().setUp()
        self.company.complaint_web_form = True
        self.forms = self.env["complaint.web.form"]
        self.sent = []

        def send_mail(template, res_id, **_kwargs):
            self.sent.append(template.env.context.get("confirm_link"))

        mails = patch.object(type(self.env["mail.template"]), "send_mail", send_mail)
        self.startPatcher(mails)

    def _forms(self):
        self.env.invalidate_all()
        return self.forms.search([])

    def test_off_by_default(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(other.complaint_web_form)
        self.company.complaint_web_form = False
        self.assertEqual(self.url_open("/complaint/new").status_code, 404)
        self.assertEqual(self._send().status_code, 404)
        self.assertFalse(self._forms())

    def test_quarantine_until_confirmed(self):
        cases = self.env["complaint.case"].search_count([])
        self.assertIn("stamp", self.url_open("/complaint/new").text)
        self._send(description="<b>x</b>\u200b" + "长" * 10**5)
        form = self._forms()
        self.assertEqual(len(form), 1)
        self.assertLessEqual(len(form.description), 5000)
        self.assertEqual(self.env["complaint.case"].search_count([]), cases)
        self.assertEqual(len(self.sent), 1)
        link = re.sub(r"^https?://[^/]+", "", self.sent[0])
        self.url_open(link)
        self.assertEqual(self._forms().state, "new", "opening confirms nothing")
        page = self._post(link).text
        case = self._forms().case_id
        self.assertIn(case.number, page)
        self.assertEqual(case.channel, "web")
        self.assertIn("&lt;b&gt;", case.description)
        self.assertEqual(self._post(link).status_code, 404, "only once")

    def test_machines_are_thanked_and_dropped(self):
        answers = [
            self._send(),
            self._send(website="http://spam.example"),
            self._send(age=0),
            self._send(age=nonce.MAX_SECONDS + 60),
            self._send(stamp="1.2.3"),
            self._send(stamp=""),
        ]
        self.assertEqual(len({self._thanks(answer) for answer in answers}), 1)
        self.assertEqual(len(self._forms()), 1)

    def _thanks(self, answer):
        self.assertEqual(answer.status_code, 200)
        return "Thank you" in answer.text

    def test_one_stamp_one_form(self):
        secret = self.env["ir.config_parameter"].get_param("database.secret")
        stamp = nonce.make(secret.encode(), int(time.time()) - 9)
        for _time in range(3):
            self._send(stamp=stamp)
        self.assertEqual(len(self._forms()), 1)

    def test_limits(self):
        for _time in range(5):
            self._send()
        self.assertEqual(len(self._forms()), 3, "for one contact within a day")
        self.assertEqual(len(self.sent), 3, "nobody is bombed with mails")
        for index in range(12):
            self._send(partner_email=f"n{index}@mail-m.example")
        self.assertEqual(len(self._forms()), 10, "for one address of the network")

    def test_contact_is_needed(self):
        page = self._send(partner_email="nonsense", partner_phone="12")
        self.assertIn("leave an e-mail address", page.text)
        self.assertFalse(self._forms())

    def test_desk_registers_what_has_only_a_number(self):
        self._send(partner_email="", partner_phone="139 0000 0000")
        self.assertFalse(self.sent)
        form = self._forms()
        with self.assertRaises(AccessError):
            form.with_user(self.handler).action_accept()
        form = form.with_user(self.manager)
        with self.refused(UserError, "stays as it was sent"):
            form.description = "Nothing"
        form.action_accept()
        self.assertEqual(form.case_id.partner_phone, "139 0000 0000")
        with self.refused(UserError, "already"):
            form.action_accept()

    def test_captcha_comes_after_the_limits(self):
        refusal = UserError("No human")  # pylint: disable=translation-required

        def refuse(_http, _action):
            raise refusal

        patched = patch.object(
            self.env.registry["ir.http"], "_verify_request_recaptcha_token", refuse
        )
        with patched, mute_logger("odoo.http"):
            self.assertIn("No human", self._send().text)
        self.assertFalse(self._forms(), "nothing is left of it")


@tagged("post_install", "-at_install")
class TestEvidence(PortalCase):
    def _file(self, user=None, **values):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.handler)
            .create(
                {
                    "name": "door.png",
                    "raw": PNG,
                    "res_model": "complaint.case",
                    "res_id": self.case.id,
                    **values,
                }
            )
        )

    def test_fingerprint(self):
        file = self._file()
        self.assertEqual(len(file.complaint_digest), 64)
        with self.refused(UserError, "fingerprint"):
            file.complaint_digest = "0" * 64

    def test_files_of_a_closed_complaint_stay(self):
        file = self._file()
        self.case.write(
            self._answered(
                stage_id=self.stages["closed"].id, callback_result="satisfied"
            )
        )
        with self.refused(UserError, "evidence"):
            file.unlink()
        with self.refused(UserError, "evidence"):
            file.raw = b"other"
        file.complaint_visible = True

    def test_photos_lose_their_place(self):
        import io

        from PIL import Image

        photo, exif = io.BytesIO(), Image.Exif()
        exif[0x010E] = "taken at home"
        Image.new("RGB", (8, 8)).save(photo, "JPEG", exif=exif)
        self.assertIn(b"taken at home", photo.getvalue())
        file = self.env["ir.attachment"]._complaint_files(
            self.case, [("a.jpg", photo.getvalue())]
        )
        self.assertNotIn(b"taken at home", file.raw)
        Image.open(io.BytesIO(file.raw)).verify()
