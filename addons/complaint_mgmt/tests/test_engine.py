import doctest
from email import message_from_string

from odoo.tests import BaseCase, tagged

from ..engine import contact, filetype, nonce, text
from ..engine import mail as engine


@tagged("post_install", "-at_install")
class TestMachineMark(BaseCase):
    def _mark(self, headers="", subject=""):
        return engine.machine_mark(message_from_string(headers + "\n\nbody"), subject)

    def test_doctests(self):
        for module in (contact, engine, filetype, nonce, text):
            self.assertFalse(doctest.testmod(module).failed)

    def test_machines(self):
        for headers in (
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated; x=1",
            "Auto-Submitted: Auto-Notified",
            "Precedence: bulk",
            "Precedence: JUNK",
            "Precedence: auto_reply",
            "X-Auto-Response-Suppress: All",
            "X-Auto-Response-Suppress: OOF, AutoReply",
            "X-Autoreply: yes",
            "X-Autorespond: holiday",
            "X-Failed-Recipients: nobody@example.com",
            "Return-Path: <>",
            "From: Mail Delivery System <MAILER-DAEMON@mx.example>",
            "From: postmaster@example.com",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="x"',
            'Content-Type: multipart/report; boundary="x"; report-type=disposition',
        ):
            with self.subTest(headers=headers):
                self.assertTrue(self._mark(headers))

    def test_machine_subjects(self):
        for subject in (
            "自动回复",
            "自动回复: 我在休假",
            "自动答复：您的邮件已收到",
            "[自动回复] 谢谢",
            "自動回覆: 外出",
            "系统退信",
            "来自qq.com的退信",
            "Automatic reply: your order",
            "Auto-Reply: away",
            "Auto: Hello",
            "AUTO REPLY",
            "Out of Office: back on Monday",
            "Out-of-the-office (until Friday)",
            "Undeliverable: Complaint",
            "Delivery Status Notification (Failure)",
            "Mail delivery failed: returning message to sender",
        ):
            with self.subTest(subject=subject):
                self.assertTrue(self._mark(subject=subject))

    def test_people(self):
        for headers, subject in (
            ("", "空调漏水"),
            ("Auto-Submitted: no", ""),
            ("Auto-Submitted: NO; reason=person", ""),
            ("Precedence: list", "Re: complaint"),
            ("Precedence: first-class", ""),
            ("X-Auto-Response-Suppress: None", ""),
            ("Return-Path: <wang@example.com>", ""),
            ("From: Postmaster Wang <wang@example.com>", ""),
            ("Content-Type: multipart/mixed; boundary=x", ""),
            ("", "自动回复机器人答非所问，要求人工"),
            ("", "自动扶梯夹脚"),
            ("", "退信三次，你们的地址是错的"),
            ("", "Auto insurance claim refused"),
            ("", "Automatic door hit my child"),
            ("", "Out of office hours nobody answers"),
            ("", "投诉：贵行自动回复邮件泄露隐私"),
            ("", ""),
        ):
            with self.subTest(headers=headers, subject=subject):
                self.assertFalse(self._mark(headers, subject))
