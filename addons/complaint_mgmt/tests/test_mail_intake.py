import base64
from datetime import datetime, timedelta
from pathlib import Path

from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import ComplaintCommon

#: Mails as customers write them: UTF-8, GB 18030 with a file, HTML with a picture.
SAMPLES = Path(__file__).resolve().parent / "data"
ALIAS = "tousu@kehu.example"
NOW = datetime(2026, 3, 15, 8)


@tagged("post_install", "-at_install")
class TestMailIntake(ComplaintCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].search([("name", "=", "kehu.example")])
        cls.domain = domain or cls.env["mail.alias.domain"].create(
            {"name": "kehu.example"}
        )
        cls.company.alias_domain_id = cls.domain
        cls.team.write({"alias_name": "tousu", "user_id": cls.manager.id})

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        clock.start()
        self.addCleanup(clock.stop)

    def _gateway(self, message, **options):
        """Hand a message over as the mail gateway does; the cases that it made."""
        before = self.env["complaint.case"].search([])
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_thread"),
        ):
            self.env["mail.thread"].message_process(
                options.pop("model", False), message, **options
            )
            self.mails = self._new_mails
        return self.env["complaint.case"].search([]) - before

    def _sample(self, name):
        return self._gateway((SAMPLES / f"complaint_{name}.eml").read_bytes())

    def _mail(
        self, headers="", body="Text", subject="Subject: Broken again", **replace
    ):
        lines = {
            "From": "From: Zhao <zhao@mail-z.example>",
            "To": f"To: {ALIAS}",
            "Date": "Date: Sun, 15 Mar 2026 15:00:00 +0800",
            "Message-ID": f"Message-ID: <{replace.pop('mid', 'm1')}@mail-z.example>",
            **replace,
        }
        head = "\r\n".join(line for line in [*lines.values(), subject, headers] if line)
        if "Content-Type" not in headers:
            head += "\r\nContent-Type: text/plain; charset=utf-8"
            head += "\r\nContent-Transfer-Encoding: 8bit"
        return f"{head}\r\n\r\n{body}\r\n".encode()

    # ------------------------------------------------------------
    # samples
    # ------------------------------------------------------------

    def test_plain_utf8(self):
        case = self._sample("plain_utf8")
        self.assertEqual(len(case), 1)
        self.assertEqual(case.name, "空调漏水三次报修无人上门")
        self.assertEqual(case.partner_name, "沈若兰")
        self.assertEqual(case.partner_email, "shen.ruolan@mail-a.example")
        self.assertFalse(case.partner_id, "an unknown sender makes no customer")
        self.assertFalse(
            self.env["res.partner"].search([("email", "ilike", "shen.ruolan")])
        )
        self.assertIn("木地板已经泡鼓了两块", case.description)
        self.assertEqual(case.received_at, datetime(2026, 3, 11, 1, 26, 5))
        self.assertEqual(case.channel, "mail")
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.stage_kind, "register")
        self.assertFalse(case.first_contact_user_id)
        self.assertTrue(case.number)
        message = case.message_ids.filtered(lambda msg: msg.message_type == "email")
        self.assertIn("木地板", message.body)
        self.assertFalse(case.message_partner_ids, "nobody is subscribed by a mail")
        self.assertFalse(self.mails, "no acknowledgement unless the team wants it")

    def test_gb18030_with_attachment(self):
        case = self._sample("gb18030_attachment")
        self.assertEqual(case.name, "关于B07批次轴承异响的投诉")
        self.assertEqual(case.partner_name, "吕国庆")
        self.assertIn("滚道有划痕", case.description)
        self.assertIn("韩㼆", case.description, "a character beyond GBK")
        self.assertEqual(
            case.received_at, datetime(2026, 3, 2, 9, 41, 12), "13 days in the queue"
        )
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "complaint.case"), ("res_id", "=", case.id)]
        )
        self.assertEqual(attachment.name, "B07批次检验记录（异响9套）.txt")
        self.assertIn("异响 9 套", attachment.raw.decode("gb18030"))
        self.assertEqual(case.message_attachment_count, 1)

    def test_multipart_html(self):
        partner = self.env["res.partner"].create(
            {"name": "程玛丽", "email": "Marie.Cheng@mail-b.example"}
        )
        case = self._sample("multipart_html")
        self.assertEqual(case.name, "收银多扣一笔，要求退款")
        self.assertEqual(case.partner_id, partner)
        self.assertEqual(case.partner_email, "marie.cheng@mail-b.example")
        self.assertIn("<strong>二楼家居馆</strong>", case.description)
        self.assertIn("<table", case.description)
        self.assertNotIn(
            "收据照片见正文", case.description, "the HTML part, not the plain one"
        )
        for evil in (
            "script",
            "onload",
            "onerror",
            "javascript:",
            "iframe",
            "evil.example",
        ):
            self.assertNotIn(evil, case.description)
        self.assertNotIn("cid:", case.description)
        self.assertIn(
            "/web/image/", case.description, "the picture in the text is shown"
        )
        names = (
            self.env["ir.attachment"]
            .search([("res_model", "=", "complaint.case"), ("res_id", "=", case.id)])
            .mapped("name")
        )
        self.assertCountEqual(names, ["receipt.png", "收据.pdf"])
        self.assertFalse(case.message_partner_ids)

    def test_same_message_twice(self):
        self.assertTrue(self._sample("plain_utf8"))
        self.assertFalse(self._sample("plain_utf8"))

    # ------------------------------------------------------------
    # what opens no complaint
    # ------------------------------------------------------------

    def test_machines_open_no_complaint(self):
        for index, headers in enumerate(
            (
                "Auto-Submitted: auto-replied",
                "Auto-Submitted: auto-generated",
                "Precedence: bulk",
                "Precedence: auto_reply",
                "X-Auto-Response-Suppress: All",
                "X-Autoreply: yes",
                "Return-Path: <>",
                "X-Failed-Recipients: x@example.com",
            )
        ):
            with self.subTest(headers=headers):
                self.assertFalse(self._gateway(self._mail(headers, mid=f"h{index}")))
        for index, subject in enumerate(
            ("自动回复：我在休假", "Out of Office: back on Monday")
        ):
            with self.subTest(subject=subject):
                mail = self._mail(subject=f"Subject: {subject}", mid=f"s{index}")
                self.assertFalse(self._gateway(mail))
        for index, sender in enumerate(
            ("MAILER-DAEMON@mx.example", "PostMaster@qq.example")
        ):
            with self.subTest(sender=sender):
                mail = self._mail(From=f"From: {sender}", mid=f"d{index}")
                self.assertFalse(self._gateway(mail))
        self.assertTrue(self._gateway(self._mail("Auto-Submitted: no")), "a person")

    def test_bounce_opens_no_complaint(self):
        bounce = (
            b"Return-Path: <>\r\n"
            b"From: Mail Delivery Subsystem <mailer-daemon@mx.example>\r\n"
            b"To: tousu@kehu.example\r\n"
            b"Subject: Delivery Status Notification (Failure)\r\n"
            b"Message-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/report; report-type=delivery-status;"
            b' boundary="b"\r\n\r\n'
            b"--b\r\nContent-Type: text/plain\r\n\r\nnot delivered\r\n"
            b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            b"Reporting-MTA: dns; mx.example\r\n\r\n"
            b"Final-Recipient: rfc822; nobody@mail-a.example\r\n"
            b"Action: failed\r\n\r\n--b--\r\n"
        )
        self.assertFalse(self._gateway(bounce))

    def test_mail_server_without_alias(self):
        """A mail server that creates complaints directly is guarded as well."""
        options = {"model": "complaint.case"}
        self.assertFalse(
            self._gateway(
                self._mail("Precedence: bulk", To="To: x@other.example"), **options
            )
        )
        case = self._gateway(self._mail(To="To: x@other.example", mid="m2"), **options)
        self.assertEqual(case.name, "Broken again")
        self.assertTrue(case.team_id, "the first team takes it")

    def test_allowed_sender_may_be_a_machine(self):
        self.env["mail.gateway.allowed"].create({"email": "notice@hotline.example"})
        mail = self._mail(
            "Auto-Submitted: auto-generated",
            From="From: 12345 <notice@hotline.example>",
        )
        self.assertTrue(self._gateway(mail))

    def test_flood_of_one_sender(self):
        """Beyond the limit no further case is opened, and no mail is lost."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        self.team.acknowledge = True
        answers = 0
        with freeze_time(self.env.cr.now() + timedelta(minutes=1)):
            made = self.env["complaint.case"]
            for index in range(30):
                made |= self._gateway(self._mail(mid=f"f{index}"))
                answers += len(self.mails)
        self.assertEqual(len(made), 3)
        mails = made.message_ids.filtered(lambda msg: msg.message_type == "email")
        self.assertEqual(len(mails), 30)
        self.assertEqual(answers, 3, "each case is acknowledged once")

    def test_hotline_may_send_many(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 2)
        self.env["mail.gateway.allowed"].create({"email": "zhao@mail-z.example"})
        made = [self._gateway(self._mail(mid=f"h{index}")) for index in range(4)]
        self.assertEqual([len(case) for case in made], [1] * 4)

    # ------------------------------------------------------------
    # odd mails
    # ------------------------------------------------------------

    def test_dates(self):
        for index, (date, expected) in enumerate(
            (
                ("Date: Sat, 14 Mar 2026 23:30:00 -0500", datetime(2026, 3, 15, 4, 30)),
                ("Date: Sat, 14 Mar 2026 12:00:00 +0800", datetime(2026, 3, 14, 4)),
                ("Date: Fri, 1 Jan 2100 00:00:00 +0800", NOW),
                ("Date: Thu, 1 Jan 1970 00:00:00 +0000", NOW),
                ("Date: yesterday or so", NOW),
                ("Date: ", NOW),
                ("", NOW),
            )
        ):
            with self.subTest(date=date):
                case = self._gateway(self._mail(Date=date, mid=f"t{index}"))
                self.assertEqual(case.received_at, expected)

    def test_subjects(self):
        case = self._gateway(self._mail(subject="", body="屋顶漏水\n第二行"))
        self.assertEqual(case.name, "屋顶漏水 第二行")
        case = self._gateway(self._mail(subject="Subject: ", body="", mid="m2"))
        self.assertEqual(case.name, "Mail from zhao@mail-z.example")
        long = "非常" * 2000
        case = self._gateway(self._mail(subject=f"Subject: {long}", mid="m3"))
        self.assertEqual(len(case.name), 120)
        message = case.message_ids.filtered(lambda msg: msg.message_type == "email")
        self.assertEqual(message.subject, long)

    def test_gbk_without_encoded_words(self):
        """Old mail programs write raw bytes and name their charset loosely."""
        mail = (
            b"From: old@mail-o.example\r\nTo: tousu@kehu.example\r\n"
            b"Message-ID: <o1@mail-o>\r\n"
            b"Subject: =?gb2312?B?xNrI3bK7t/s=?=\r\n"
            b"Content-Type: text/plain; charset=gb2312\r\n"
            b"Content-Transfer-Encoding: 8bit\r\n\r\n"
        ) + "镕基路店的发票金额不符".encode("gbk")
        case = self._gateway(mail)
        self.assertEqual(case.name, "内容不符")
        self.assertIn("发票金额不符", case.description)

    def test_a_megabyte_of_text(self):
        case = self._gateway(self._mail(body="投诉内容很长。" * 50000))
        self.assertGreater(len(case.description), 350000)

    def test_broken_charsets(self):
        """Whatever the bytes are, the complaint arrives and what can be read is."""
        for index, (charset, raw, legible) in enumerate(
            (
                ("x-unknown-9", "屋顶漏水".encode(), None),
                ("utf-8", "屋顶漏水".encode("gbk"), None),
                ("gb2312", "镕基路".encode("gbk") + b"\xff\xfe", "镕基路"),
                ("utf-8", "屋顶\x00漏水".encode(), "屋顶漏水"),
                ("utf-16", b"\x00", None),
                ("", b"\x80\x81 leak", "leak"),
            )
        ):
            with self.subTest(charset=charset, raw=raw):
                head = (
                    f"From: z@mail-z.example\r\nTo: {ALIAS}\r\n"
                    f"Message-ID: <c{index}@mail-z.example>\r\nSubject: leak\r\n"
                    f"Content-Type: text/plain; charset={charset}\r\n"
                    "Content-Transfer-Encoding: 8bit\r\n\r\n"
                )
                case = self._gateway(head.encode() + raw + b"\r\n")
                self.assertEqual(len(case), 1)
                if legible:
                    self.assertIn(legible, case.description)

    def test_broken_headers(self):
        for index, lines in enumerate(
            (
                b"Subject: =?utf-8?B?5bGL6aG\xff?=",
                b"Subject: \xce\xdd\xb6\xa5\xc2\xa9\xcb\xae",
                b"Subject: a\x00b",
                b"Subject: x\r\nReferences: <<<>>> not an id",
                b'Subject: x\r\nCc: @@@, "unclosed <a@b',
            )
        ):
            with self.subTest(lines=lines):
                mail = (
                    b"From: z@mail-z.example\r\nTo: tousu@kehu.example\r\n"
                    b"Message-ID: <k%d@mail-z.example>\r\n"
                    % index
                    + lines
                    + b"\r\n\r\nThe roof leaks.\r\n"
                )
                case = self._gateway(mail)
                self.assertEqual(len(case), 1)
                self.assertIn("roof", case.description)

    def test_thirty_megabytes(self):
        photo = base64.encodebytes(b"\x89PNG\r\n\x1a\n" + bytes(30 * 1024 * 1024))
        mail = self._mail(
            'Content-Type: multipart/mixed; boundary="x"',
            body="--x\r\nContent-Type: text/plain\r\n\r\nsee photo\r\n--x\r\n"
            'Content-Type: image/png; name="p.png"\r\n'
            'Content-Disposition: attachment; filename="p.png"\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{photo.decode()}\r\n--x--",
        )
        case = self._gateway(mail)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "complaint.case"), ("res_id", "=", case.id)]
        )
        self.assertGreater(attachment.file_size, 30 * 1024 * 1024)

    def test_attachment_names(self):
        """RFC 2047 words inside a parameter are against the rules, and common."""
        word = "=?gb2312?B?zbbL39XVxqwucG5n?="
        mail = self._mail(
            'Content-Type: multipart/mixed; boundary="x"',
            body="--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\n"
            f'Content-Type: image/png; name="{word}"\r\n'
            f'Content-Disposition: attachment; filename="{word}"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--x--",
        )
        case = self._gateway(mail)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "complaint.case"), ("res_id", "=", case.id)]
        )
        self.assertEqual(attachment.name, "投诉照片.png")

    def test_forwarded_by_a_colleague(self):
        self.outsider.email = "seller@kehu-staff.example"
        case = self._gateway(
            self._mail(From="From: Seller <seller@kehu-staff.example>")
        )
        self.assertEqual(case.first_contact_user_id, self.outsider)
        self.assertFalse(case.partner_id)
        self.assertFalse(case.partner_name, "who complains is to be filled in")

    # ------------------------------------------------------------
    # answers
    # ------------------------------------------------------------

    def test_reply_threads_onto_the_case(self):
        case = self._sample("plain_utf8")
        first = case.message_ids.filtered(lambda msg: msg.message_type == "email")
        reply = self._mail(
            f"In-Reply-To: {first.message_id}\r\nReferences: {first.message_id}",
            From="From: shen.ruolan@mail-a.example",
            mid="r1",
        )
        self.assertFalse(self._gateway(reply))
        self.assertEqual(
            len(case.message_ids.filtered(lambda m: m.message_type == "email")), 2
        )

    def test_reply_by_number_in_the_subject(self):
        case = self._sample("plain_utf8")
        subject = f"Subject: Re: [{case.number}] still leaking"
        mine = self._mail(
            subject=subject, From="From: shen.ruolan@mail-a.example", mid="n1"
        )
        self.assertFalse(self._gateway(mine))
        self.assertEqual(
            len(case.message_ids.filtered(lambda m: m.message_type == "email")), 2
        )
        stranger = self._mail(
            subject=subject, From="From: who@mail-w.example", mid="n2"
        )
        self.assertTrue(
            self._gateway(stranger), "a stranger's mail is a case of its own"
        )

    def test_vacation_notice_of_the_complainant_stays_on_the_case(self):
        case = self._sample("plain_utf8")
        notice = self._mail(
            "Auto-Submitted: auto-replied",
            subject=f"Subject: 自动回复: [{case.number}] away",
            From="From: shen.ruolan@mail-a.example",
            mid="v1",
        )
        self.assertFalse(self._gateway(notice))

    def test_mail_about_a_closed_complaint(self):
        case = self._sample("plain_utf8")
        self._move(case, "ended", end_reason="withdrawn", end_note="Settled by phone")
        first = case.message_ids.filtered(lambda msg: msg.message_type == "email")
        reply = self._mail(
            f"In-Reply-To: {first.message_id}",
            From="From: shen.ruolan@mail-a.example",
            mid="c1",
        )
        self.assertFalse(self._gateway(reply))
        self.assertEqual(case.stage_kind, "ended")
        self.assertEqual(case.activity_ids.user_id, self.manager)

    # ------------------------------------------------------------
    # acknowledgement
    # ------------------------------------------------------------

    def test_acknowledgement(self):
        self.team.acknowledge = True
        case = self._sample("plain_utf8")
        self.assertEqual(len(self.mails), 1)
        mail = self.mails
        self.assertIn("shen.ruolan@mail-a.example", mail.email_to)
        self.assertIn(case.number, mail.subject)
        self.assertIn(case.number, mail.body_html)
        self.assertIn("auto-replied", mail.headers)
        self.assertEqual(case.acknowledged_at, NOW)
        # once
        first = case.message_ids.filtered(lambda msg: msg.message_type == "email")
        self._gateway(
            self._mail(
                f"In-Reply-To: {first.message_id}",
                From="From: shen.ruolan@mail-a.example",
            )
        )
        self.assertFalse(self.mails)

    def test_acknowledgement_to_a_customer(self):
        self.team.acknowledge = True
        partner = self.env["res.partner"].create(
            {"name": "程玛丽", "email": "marie.cheng@mail-b.example"}
        )
        self._sample("multipart_html")
        self.assertEqual(self.mails.recipient_ids, partner)

    def test_no_acknowledgement_to_machines_or_colleagues(self):
        self.team.acknowledge = True
        self.env["mail.gateway.allowed"].create({"email": "notice@hotline.example"})
        mail = self._mail(
            "Auto-Submitted: auto-generated",
            From="From: 12345 <notice@hotline.example>",
        )
        self.assertTrue(self._gateway(mail))
        self.assertFalse(self.mails)
        self.outsider.email = "seller@kehu-staff.example"
        self._gateway(
            self._mail(From="From: Seller <seller@kehu-staff.example>", mid="m2")
        )
        self.assertFalse(self.mails)
