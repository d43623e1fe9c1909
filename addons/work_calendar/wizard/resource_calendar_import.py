import base64
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import FileError, format_hours, read_csv, read_ics

MAX_FILE_BYTES = 1_000_000


class ResourceCalendarImport(models.TransientModel):
    """A year's rest and make-up days from a file: look first, then import."""

    _name = "resource.calendar.import"
    _description = "Import of Rest and Make-up Days"

    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Calendar",
        required=True,
        domain=[("schedule_type", "=", "fully_fixed")],
        default=lambda self: self.env[
            "resource.calendar.exception"
        ]._default_calendar_id(),
    )
    state = fields.Selection(
        selection=[("file", "File"), ("preview", "Preview"), ("done", "Done")],
        default="file",
        required=True,
    )
    file = fields.Binary(
        attachment=False,
        help="CSV (UTF-8 or GB18030) with the columns of the template, or iCalendar.",
    )
    filename = fields.Char()
    replace = fields.Boolean(
        string="Replace Contradicting Days",
        help="Where the calendar says otherwise about a date, the file is right.",
    )
    good_rows_only = fields.Boolean(
        string="Import the Good Rows Only",
        help="Without this, a file with a single bad row imports nothing.",
    )
    known_until = fields.Date(
        string="Then Known Until",
        help="Later deadlines stay provisional. Proposed: the end of the file's year.",
    )
    line_ids = fields.One2many(
        comodel_name="resource.calendar.import.line", inverse_name="import_id"
    )
    bad_count = fields.Integer(compute="_compute_counts")
    summary = fields.Char(compute="_compute_counts")

    @api.depends("line_ids.status", "replace")
    def _compute_counts(self):
        for wizard in self:
            counts = {
                status: len(lines)
                for status, lines in wizard.line_ids.grouped("status").items()
            }
            wizard.bad_count = counts.get("rejected", 0)
            if not wizard.replace:
                wizard.bad_count += counts.get("contradicting", 0)
            wizard.summary = self.env._(
                "%(new)s new, %(replaced)s replaced, %(unchanged)s unchanged, "
                "%(contradicting)s contradicting, %(rejected)s rejected",
                new=counts.get("new", 0),
                replaced=counts.get("replaced", 0),
                unchanged=counts.get("unchanged", 0),
                contradicting=counts.get("contradicting", 0),
                rejected=counts.get("rejected", 0),
            )

    # -- steps -------------------------------------------------------------------------

    def action_preview(self):
        self.ensure_one()
        lines = self._read_lines()
        days = [line["date"] for line in lines if line["status"] != "rejected"]
        known = [date(max(days).year, 12, 31)] if days else []
        if self.calendar_id.known_until:
            known.append(self.calendar_id.known_until)
        self.known_until = max(known, default=False)
        return self._show("preview", lines)

    def action_back(self):
        self.ensure_one()
        return self._show("file", [])

    def action_import(self):
        """Import what the preview showed, judged anew: it may be some time ago."""
        self.ensure_one()
        lines = self._read_lines()
        for line in lines:
            if self.replace and line["status"] == "contradicting":
                line["status"] = "replaced"
        if not self.good_rows_only:
            self._check_lines(lines)
        self._write_days(lines)
        if self.known_until != self.calendar_id.known_until:
            self.calendar_id._set_known_until(self.known_until)
        return self._show("done", lines)

    def _check_lines(self, lines):
        bad = [
            line for line in lines if line["status"] in ("contradicting", "rejected")
        ]
        if bad:
            raise UserError(
                self.env._(
                    "Nothing was imported: %(count)s rows have problems. Mend the file "
                    "and upload it again, or tick “Import the Good Rows Only”. The "
                    "first problem is in row %(row)s: %(message)s",
                    count=len(bad),
                    row=bad[0]["row"],
                    message=bad[0]["message"],
                )
            )

    def _write_days(self, lines):
        there = {day.date: day for day in self._get_days()}
        columns = ("date", "kind", "hours", "name", "source")
        new = []
        for line in lines:
            vals = {column: line[column] for column in columns}
            if line["status"] == "new":
                new.append({**vals, "calendar_id": self.calendar_id.id})
            elif line["status"] == "replaced":
                there[line["date"]].write(vals)
        self.env["resource.calendar.exception"].create(new)

    def action_open_days(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "work_calendar.resource_calendar_exception_action"
        )
        first = min(filter(None, self.line_ids.mapped("date")), default=None)
        action["context"] = {
            **self.calendar_id._get_days_context(),
            **({"initial_date": f"{first} 12:00:00"} if first else {}),
        }
        return action

    def action_download_template(self):
        language = "zh_CN" if (self.env.lang or "").startswith("zh") else "en"
        return {
            "type": "ir.actions.act_url",
            "url": f"/work_calendar/static/csv/rest_makeup_days_{language}.csv",
            "target": "download",
        }

    def _show(self, state, lines):
        commands = [fields.Command.create(line) for line in lines]
        self.write({"state": state, "line_ids": [fields.Command.clear(), *commands]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Rest and Make-up Days"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # -- reading -----------------------------------------------------------------------

    def _get_days(self):
        return self.env["resource.calendar.exception"].search(
            [("calendar_id", "=", self.calendar_id.id)]
        )

    def _read_rows(self):
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if not content:
            raise UserError(self.env._("Choose a file first."))
        if len(content) > MAX_FILE_BYTES:
            raise UserError(
                self.env._("The file is too large: a year's days need a few kilobytes.")
            )
        is_ics = (self.filename or "").lower().endswith(".ics")
        is_ics |= content.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"BEGIN:VCALENDAR")
        try:
            rows = read_ics(content) if is_ics else read_csv(content)
        except FileError as error:
            raise UserError(self._file_problem(error.code)) from error
        if not rows:
            raise UserError(self.env._("The file has no rows."))
        return rows

    def _file_problem(self, code):
        return {
            "encoding": self.env._(
                "The text of the file cannot be read. Save it as CSV UTF-8 or GB18030."
            ),
            "columns": self.env._(
                "The first line must name the columns, at least Date and Kind. The "
                "template shows them."
            ),
            "ics": self.env._("The file is no iCalendar file, or has no events."),
        }[code]

    def _read_lines(self):
        """Values of the preview's lines: every row of the file with its verdict."""
        there = {day.date: day for day in self._get_days()}
        seen = {}
        return [self._judge(row, there, seen) for row in self._read_rows()]

    def _judge(self, row, there, seen):
        line = {
            "row": row.line,
            "date": row.day,
            "kind": row.kind,
            "hours": format_hours(row.hours),
            "name": row.name,
            "source": row.source,
            "message": False,
        }
        if row.problem:
            message = self._row_problem(row.problem, row.value)
            return {**line, "status": "rejected", "message": message}
        says = (row.kind, line["hours"])
        if row.day in seen:
            first_row, said = seen[row.day]
            if said == says:
                message = self.env._("The same as row %(row)s.", row=first_row)
                return {**line, "status": "unchanged", "message": message}
            message = self.env._(
                "Row %(row)s says otherwise about this date.", row=first_row
            )
            return {**line, "status": "rejected", "message": message}
        seen[row.day] = (row.line, says)
        day = there.get(row.day)
        if not day:
            return {**line, "status": "new"}
        if (day.kind, day.hours or "") == says:
            return {**line, "status": "unchanged"}
        entry = ", ".join(filter(None, [day.display_name, day.hours]))
        return {
            **line,
            "status": "contradicting",
            "message": self.env._("So far: %(entry)s", entry=entry),
        }

    def _row_problem(self, problem, value):
        if problem in ("form", "order", "overlap"):
            return self.env["resource.calendar.exception"]._hours_problem(
                problem, value
            )
        return {
            "date": self.env._(
                "“%(value)s” is no date. Write it as in 2027-02-06.", value=value
            ),
            "kind": self.env._(
                "“%(value)s” does not say whether this is a rest day (rest, 休) or a "
                "make-up day (work, 班).",
                value=value,
            ),
            "span": self.env._(
                "“%(value)s” does not end within two months after it starts.",
                value=value,
            ),
            "timed": self.env._(
                "“%(value)s” has a time of day; only all-day events are taken.",
                value=value,
            ),
        }[problem]
