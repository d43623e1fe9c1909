from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine import HoursError, format_hours, parse_hours

# What the month view shows: green for rest, red for work.
COLORS = {"rest": 10, "work": 1}


class ResourceCalendarException(models.Model):
    """A date on which a calendar does not follow its weekly hours."""

    _name = "resource.calendar.exception"
    _description = "Rest or Make-up Day"
    _order = "date, calendar_id"
    _rec_names_search = ["name"]

    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Calendar",
        required=True,
        ondelete="cascade",
        domain=[("schedule_type", "=", "fully_fixed")],
        default=lambda self: self._default_calendar_id(),
    )
    company_id = fields.Many2one(related="calendar_id.company_id", store=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    kind = fields.Selection(
        selection=[("rest", "Rest day"), ("work", "Make-up day")],
        required=True,
        default="rest",
    )
    hours = fields.Char(
        help="As in 08:30-12:00, 13:30-18:00.\n"
        "Of a make-up day: its working hours; empty for those of a Monday.\n"
        "Of a rest day: the hours off, for half a day off; empty for the whole day.",
    )
    name = fields.Char(string="Occasion", translate=True)
    source = fields.Char(help="The notice or decision that this day follows from")
    color = fields.Integer(compute="_compute_color")

    # Also serves the search for the days of one calendar.
    _calendar_date_uniq = models.Constraint(
        "UNIQUE (calendar_id, date)",
        "A calendar says only one thing about a date: change the day that is there.",
    )

    @api.model
    def _default_calendar_id(self):
        """The calendar with the most days, or else that of the company."""
        most = self._read_group([], ["calendar_id"], order="__count DESC", limit=1)
        calendar = most[0][0] if most else self.env.company.resource_calendar_id
        return calendar.filtered(lambda calendar: not calendar.flexible_hours)

    @api.depends("kind")
    def _compute_color(self):
        for day in self:
            day.color = COLORS.get(day.kind, 0)

    @api.depends("kind", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for day in self:
            day.display_name = " · ".join(filter(None, [kinds.get(day.kind), day.name]))

    @api.constrains("calendar_id")
    def _check_calendar_id(self):
        for calendar in self.calendar_id:
            if calendar.flexible_hours:
                calendar._raise_flexible()

    # -- writing -----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._clean_vals(vals) for vals in vals_list]
        filled = vals_list
        if not all({"calendar_id", "date"} <= set(vals) for vals in vals_list):
            defaults = self.default_get(["calendar_id", "date"])
            filled = [{**defaults, **vals} for vals in vals_list]
        self._check_contradictions(
            [(vals.get("calendar_id"), vals.get("date")) for vals in filled]
        )
        days = super().create(vals_list)
        days.calendar_id._bump_version()
        return days

    def write(self, vals):
        vals = self._clean_vals(vals)
        if {"date", "calendar_id"} & set(vals):
            calendar_id, date = vals.get("calendar_id"), vals.get("date")
            self._check_contradictions(
                [(calendar_id or day.calendar_id.id, date or day.date) for day in self]
            )
        calendars = self.calendar_id
        result = super().write(vals)
        if "calendar_id" in vals:  # not into a company that the user does not see
            self.check_access("write")
        if {"date", "calendar_id", "kind", "hours"} & set(vals):
            (calendars | self.calendar_id)._bump_version()
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        calendars._bump_version()
        return result

    @api.model
    def _clean_vals(self, vals):
        """The values with the hours in their one spelling."""
        if not vals.get("hours"):
            return vals
        return {**vals, "hours": format_hours(self._parse_hours(vals["hours"]))}

    @api.model
    def _parse_hours(self, text):
        try:
            return parse_hours(text)
        except HoursError as error:
            problem = self._hours_problem(error.code, error.text)
            raise ValidationError(problem) from error

    @api.model
    def _hours_problem(self, code, text):
        """What is wrong with the hours, in words."""
        return {
            "form": self.env._(
                "“%(text)s” is not understood as hours. Write them as in "
                "08:30-12:00, 13:30-18:00.",
                text=text,
            ),
            "order": self.env._(
                "The hours “%(text)s” must end after they start, and no later than "
                "24:00. Split a night at midnight into two dates.",
                text=text,
            ),
            "overlap": self.env._("The hours %(text)s overlap.", text=text),
        }[code]

    def _check_contradictions(self, keys):
        """Name the day that is already there, before the database only says no."""
        wanted = set()
        for calendar_id, date in keys:
            key = (calendar_id, fields.Date.to_date(date))
            if key in wanted:
                raise ValidationError(
                    self.env._(
                        "%(date)s is there twice. A calendar says only one thing about "
                        "a date.",
                        date=fields.Date.to_string(key[1]),
                    )
                )
            wanted.add(key)
        domain = Domain("calendar_id", "in", [key[0] for key in wanted])
        domain &= Domain("date", "in", [key[1] for key in wanted])
        for day in self.search(domain) - self:
            if (day.calendar_id.id, day.date) in wanted:
                raise ValidationError(
                    self.env._(
                        "%(calendar)s already has an entry for %(date)s: %(entry)s. "
                        "Change that entry instead of adding another.",
                        calendar=day.calendar_id.display_name,
                        date=fields.Date.to_string(day.date),
                        entry=day.display_name,
                    )
                )

    # -- month view --------------------------------------------------------------------

    @api.model
    def action_open(self):
        """The days of one calendar."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "work_calendar.resource_calendar_exception_action"
        )
        if calendar := self._default_calendar_id():
            action["context"] = calendar._get_days_context()
        return action

    @api.model
    def get_unusual_days(self, date_from, date_to=None):
        """Grey days of the month view: those without work on the calendar shown."""
        calendar = self.env["resource.calendar"].browse(
            self.env.context.get("default_calendar_id")
        )
        start = fields.Datetime.to_datetime(date_from)
        end = fields.Datetime.to_datetime(date_to or date_from)
        return calendar._get_unusual_days(start, end)
