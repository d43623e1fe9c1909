from datetime import date

from odoo.tests import BaseCase, tagged

from ..engine import FileError, read_csv, read_ics

EVENT = """BEGIN:VEVENT
UID:{uid}
DTSTART;VALUE=DATE:{start}
{end}SUMMARY:{summary}
{extra}END:VEVENT
"""


def event(start, summary, end="", extra=""):
    return EVENT.format(uid=start, start=start, end=end, summary=summary, extra=extra)


def calendar(*events):
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\nX-WR-CALNAME:节假日\n"
    return (head + "".join(events) + "END:VCALENDAR\n").replace("\n", "\r\n").encode()


@tagged("post_install", "-at_install")
class TestHolidayFile(BaseCase):
    def test_columns(self):
        rows = read_csv(
            b"Source;Kind;From;To;Hours\n"
            b"Notice;Rest;2027/1/1;2027-01-02;\n"
            b"\n"
            b';make-up day;2027.01.09;;"08:30-12:00, 13:00-17:00"\n'
        )
        self.assertEqual(
            [(row.line, row.day, row.kind, row.source) for row in rows],
            [
                (2, date(2027, 1, 1), "rest", "Notice"),
                (2, date(2027, 1, 2), "rest", "Notice"),
                (4, date(2027, 1, 9), "work", ""),
            ],
        )
        self.assertEqual(rows[2].hours, ((510, 720), (780, 1020)))

    def test_short_and_quoted_lines(self):
        lines = ["日期,类型,名称", "2027-01-01,休", '"2027-01-02",班,"a,""b"']
        rows = read_csv("\r\n".join(lines).encode())
        self.assertEqual([row.problem for row in rows], ["", ""])
        self.assertEqual(rows[1].name, 'a,"b')

    def test_bad_rows(self):
        lines = [
            ("01/02/2027", "", "rest", "", "date"),
            ("2027-13-01", "", "rest", "", "date"),
            ("2027-01-01", "later", "rest", "", "date"),
            ("2027-01-02", "2027-01-01", "rest", "", "span"),
            ("2027-01-02", "2028-01-01", "rest", "", "span"),
            ("2027-01-02", "", "maybe", "", "kind"),
            ("2027-01-02", "", "调休", "", "kind"),
            ("2027-01-02", "", "work", "all day", "form"),
            ("2027-01-02", "", "work", "12:00-08:00", "order"),
            ("2027-01-02", "", "work", "08:00-12:00、10:00-11:00", "overlap"),
        ]
        text = [["date", "until", "kind", "hours"], *(line[:4] for line in lines)]
        rows = read_csv("\n".join(map(",".join, text)).encode())
        self.assertEqual([row.problem for row in rows], [line[4] for line in lines])

    def test_files_that_cannot_be_read(self):
        for content, code in (
            (b"", "columns"),
            (b"a,b\n1,2\n", "columns"),
            ("日期\n2027-01-01\n".encode(), "columns"),
            (b"date,kind\n\xff\xff\xff", "encoding"),
        ):
            with self.subTest(content), self.assertRaises(FileError) as caught:
                self.assertEqual(read_csv(content), None)
            self.assertEqual(caught.exception.code, code)
        empty = b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"
        for content in (b"", empty, b"date,kind\n", b"\xff"):
            with self.subTest(content), self.assertRaises(FileError):
                read_ics(content)

    def test_ics(self):
        apple = "X-APPLE-SPECIAL-DAY:{}\n"
        content = calendar(
            event("20270206", "春节（休）", "DTEND;VALUE=DATE:20270209\n"),
            event("20270130", "春节（班）", extra=apple.format("ALTERNATE-WORKDAY")),
            event("20270501", "Labour Day", extra=apple.format("WORK-HOLIDAY")),
            event("20270220", "春节 补班"),
            event("20270220", "元宵节"),
            event("20270221", "休", extra="RRULE:FREQ=YEARLY\n"),
        )
        rows = read_ics(content)
        self.assertEqual(
            [(row.line, row.day.day, row.kind, row.problem) for row in rows],
            [
                (1, 6, "rest", ""),
                (1, 7, "rest", ""),
                (1, 8, "rest", ""),
                (2, 30, "work", ""),
                (3, 1, "rest", ""),
                (4, 20, "work", ""),
                (5, 20, "", "kind"),
                (6, 21, "rest", "span"),
            ],
        )
        self.assertEqual({row.name for row in rows[:4]}, {"春节"})
        self.assertEqual({row.source for row in rows}, {"节假日"})

    def test_ics_with_times(self):
        content = calendar(event("20270206", "休")).replace(
            b";VALUE=DATE:20270206", b":20270206T090000Z"
        )
        self.assertEqual([row.problem for row in read_ics(content)], ["timed"])
