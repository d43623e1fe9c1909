import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import file_open

from .common import WorkCalendarCase

GOOD = """日期,结束日期,类型,时段,名称,来源
2027-01-01,2027-01-03,休,,元旦,通知
2027-01-09,,班,,元旦,通知
2027-02-05,,休,13:30-18:00,春节前半天,通知
"""


@tagged("post_install", "-at_install")
class TestImport(WorkCalendarCase):
    def make_import(self, content, filename="days.csv", **values):
        if isinstance(content, str):
            content = content.encode()
        return (
            self.env["resource.calendar.import"]
            .with_user(self.officer)
            .create(
                {
                    "calendar_id": self.calendar.id,
                    "file": base64.b64encode(content),
                    "filename": filename,
                    **values,
                }
            )
        )

    def preview(self, content, *args, **values):
        wizard = self.make_import(content, *args, **values)
        wizard.action_preview()
        return wizard

    def statuses(self, wizard):
        return wizard.line_ids.mapped("status")

    def test_encodings(self):
        for encoding in ("utf-8", "utf-8-sig", "gb18030"):
            with self.subTest(encoding):
                wizard = self.preview(GOOD.encode(encoding))
                self.assertEqual(self.statuses(wizard), ["new"] * 5)
                self.assertFalse(self.calendar.exception_ids)
                wizard.action_import()
                self.assertEqual(wizard.state, "done")
                days = self.calendar.exception_ids
                self.assertEqual(
                    days.mapped("name"), ["元旦", "元旦", "元旦", "元旦", "春节前半天"]
                )
                self.assertEqual(days.mapped("kind").count("work"), 1)
                self.assertEqual(days[-1].hours, "13:30-18:00")
                self.assertEqual(set(days.mapped("source")), {"通知"})
                days.unlink()

    def test_again_adds_nothing(self):
        self.preview(GOOD).action_import()
        version = self.calendar.version
        wizard = self.preview(GOOD)
        self.assertEqual(self.statuses(wizard), ["unchanged"] * 5)
        wizard.action_import()
        self.assertEqual(len(self.calendar.exception_ids), 5)
        self.assertEqual(self.calendar.version, version)

    def test_known_until(self):
        wizard = self.preview(GOOD)
        self.assertEqual(str(wizard.known_until), "2027-12-31")
        self.assertFalse(self.calendar.known_until)
        wizard.action_import()
        self.assertEqual(str(self.calendar.known_until), "2027-12-31")
        # An older year takes nothing back.
        wizard = self.preview(GOOD.replace("2027", "2025"))
        self.assertEqual(str(wizard.known_until), "2027-12-31")

    def test_half_broken_file(self):
        broken = GOOD + "2027-02-30,,休,,,\n2027-03-01,,也许,,,\n"
        wizard = self.preview(broken)
        self.assertEqual(wizard.bad_count, 2)
        self.assertEqual(self.statuses(wizard), ["new"] * 5 + ["rejected"] * 2)
        self.assertEqual(wizard.line_ids[-2:].mapped("row"), [5, 6])
        self.assertIn("“2027-02-30” is no date", wizard.line_ids[-2].message)
        self.assertIn("“也许” does not say", wizard.line_ids[-1].message)
        message = "Nothing was imported: 2 rows have.*in row 5: “2027-02-30”"
        with self.assertRaisesRegex(UserError, message):
            wizard.action_import()
        self.assertFalse(self.calendar.exception_ids)
        self.assertFalse(self.calendar.known_until)
        wizard.good_rows_only = True
        wizard.action_import()
        self.assertEqual(len(self.calendar.exception_ids), 5)

    def test_contradicting_days(self):
        day = self.make_day("2027-01-02", "work", name="Stocktaking")
        wizard = self.preview(GOOD)
        self.assertEqual(
            self.statuses(wizard), ["new", "contradicting", "new", "new", "new"]
        )
        self.assertIn("Make-up day · Stocktaking", wizard.line_ids[1].message)
        self.assertEqual(wizard.bad_count, 1)
        with self.assertRaises(UserError):
            wizard.action_import()
        wizard.good_rows_only = True
        wizard.action_import()
        self.assertEqual(len(self.calendar.exception_ids), 5)
        self.assertEqual(day.kind, "work")
        wizard = self.preview(GOOD)
        with Form(wizard) as form:
            self.assertEqual(form.bad_count, 1)
            form.replace = True
            self.assertEqual(form.bad_count, 0)
        wizard.action_import()
        self.assertEqual(self.statuses(wizard).count("replaced"), 1)
        self.assertEqual((day.kind, day.name), ("rest", "元旦"))

    def test_contradiction_within_the_file(self):
        wizard = self.preview(GOOD + "2027-01-02,,休,,元旦,\n2027-01-03,,班,,值班,\n")
        self.assertEqual(self.statuses(wizard)[-2:], ["unchanged", "rejected"])
        self.assertEqual(
            wizard.line_ids[-1].message, "Row 2 says otherwise about this date."
        )

    def test_the_calendar_changed_since_the_preview(self):
        wizard = self.preview(GOOD)
        self.make_day("2027-01-09", "rest")
        with self.assertRaisesRegex(UserError, "1 rows have problems"):
            wizard.action_import()
        self.assertEqual(len(self.calendar.exception_ids), 1)

    def test_lines_are_only_a_picture(self):
        """The rows that are written come from the file, not from editable lines."""
        wizard = self.preview(GOOD)
        wizard.line_ids[0].write({"date": "2027-12-25", "kind": "work"})
        wizard.action_import()
        self.assertEqual(str(self.calendar.exception_ids[0].date), "2027-01-01")

    def test_ics(self):
        content = (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270206\n"
            "DTEND;VALUE=DATE:20270208\nSUMMARY:春节（休）\nEND:VEVENT\nEND:VCALENDAR"
        )
        for filename in ("holidays.ics", "download"):
            wizard = self.preview(content, filename)
            self.assertEqual(self.statuses(wizard), ["new", "new"])
        wizard.action_import()
        self.assertEqual(self.calendar.exception_ids.mapped("name"), ["春节"] * 2)
        self.assertEqual(set(self.calendar.exception_ids.mapped("kind")), {"rest"})

    def test_unreadable_files(self):
        for content, filename, message in (
            (b"", "days.csv", "Choose a file"),
            (b"x" * 1_000_001, "days.csv", "too large"),
            (b"a,b\n", "days.csv", "first line must name the columns"),
            ("日期,类型\n".encode(), "days.csv", "no rows"),
            (b"\xff\xff", "days.csv", "cannot be read"),
            (b"nonsense", "days.ics", "no iCalendar file"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self.preview(content, filename)

    def test_templates(self):
        for language in ("en", "zh_CN"):
            path = f"work_calendar/static/csv/rest_makeup_days_{language}.csv"
            with file_open(path, "rb") as file:
                wizard = self.preview(file.read())
            self.assertEqual(set(self.statuses(wizard)), {"new"})
            self.assertFalse(wizard.bad_count)
        url = wizard.with_context(lang="en_US").action_download_template()["url"]
        self.assertIn("days_en.csv", url)

    def test_steps(self):
        wizard = self.preview(GOOD + "2027-02-30,,休,,,\n", good_rows_only=True)
        wizard.action_back()
        self.assertEqual((wizard.state, len(wizard.line_ids)), ("file", 0))
        wizard.action_preview()
        wizard.action_import()
        action = wizard.action_open_days()
        self.assertEqual(action["context"]["initial_date"], "2027-01-01 12:00:00")
        self.assertIn("5 new", wizard.summary)

    def test_calendar_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        calendar = self.make_calendar("Other", company_id=other.id)
        wizard = self.preview(GOOD, calendar_id=calendar.id)
        with self.assertRaises(AccessError):
            wizard.action_import()
