import io

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from . import common

REPORT = "group_credit.credit_group_report"


@tagged("post_install", "-at_install")
class TestReport(common.IdentificationCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("zh_CN")
        self.person("周先生")
        self.confirmed_group = self.confirmed("周先生>甲公司 60", "甲公司>乙公司 51")

    def render(self, user="viewer", groups=None):
        report = self.env["ir.actions.report"].with_user(self.users[user])
        return report.with_context(lang="zh_CN"), (groups or self.confirmed_group).ids

    def test_form_in_chinese(self):
        report, ids = self.render()
        html = report._render_qweb_html(REPORT, ids)[0].decode()
        for words in (
            "集团客户认定表",
            "周先生",
            "（一）控制或被控制",
            "甲公司持有 51% 的表决权，超过半数。",
            "甲公司 → 乙公司 51 %",
            "签字",
        ):
            self.assertIn(words, html)
        self.assertIn("<svg", html)
        self.assertNotIn("&lt;svg", html)

    def test_decisions_name_who_submitted_and_who_decided(self):
        report, ids = self.render()
        html = report._render_qweb_html(REPORT, ids)[0].decode()
        self.assertIn(self.users["officer"].name, html)
        self.assertIn(self.users["reviewer"].name, html)

    def test_a_name_cannot_break_the_drawing(self):
        self.partner("乙公司").name = "<b>乙</b> & 丙"
        report, ids = self.render()
        html = report._render_qweb_html(REPORT, ids)[0].decode()
        self.assertNotIn("<b>乙</b>", html)

    def test_pdf(self):
        report, ids = self.render()
        report = report.with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(REPORT, ids)
        self.assertEqual(kind, "pdf")
        pages = PdfFileReader(io.BytesIO(content)).pages
        self.assertEqual(len(pages), 1)
        for words in ("股权结构图", "签字栏"):
            self.assertIn(words, pages[0].extract_text())

    def test_several_groups_at_once(self):
        self.partners.clear()
        other = self.confirmed("丙公司>丁公司 70")
        report, ids = self.render(groups=self.confirmed_group | other)
        html = report._render_qweb_html(REPORT, ids)[0].decode()
        self.assertEqual(html.count("<svg"), 2)

    def test_only_for_readers_of_groups(self):
        report, ids = self.render(user="sales")
        with self.assertRaises(AccessError):
            report._render_qweb_html(REPORT, ids)
