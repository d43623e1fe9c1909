from collections import defaultdict
from datetime import datetime, time, timedelta

from pytz import all_timezones_set, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache
from odoo.tools.date_utils import float_to_time, localized
from odoo.tools.intervals import Intervals

from ..engine import WorkTime, WorkTimeError, parse_hours, subtract

VERSION_FIELDS = {
    "company_id",
    "flexible_hours",
    "known_until",
    "schedule_type",
    "two_weeks_calendar",
    "tz",
}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    exception_ids = fields.One2many(
        comodel_name="resource.calendar.exception",
        inverse_name="calendar_id",
        string="Rest and Make-up Days",
        copy=True,
    )
    exception_count = fields.Integer(compute="_compute_exception_count")
    known_until = fields.Date(
        help="The rest and make-up days are entered up to this date. A deadline that "
        "lies later is provisional. Empty if no yearly notice concerns this calendar.",
    )
    version = fields.Integer(
        readonly=True,
        copy=False,
        default=0,
        help="Rises with every change of the working time: weekly hours, rest and "
        "make-up days, time zone, company holidays, and the date until it is known.",
    )

    def init(self):
        # A rollback gives no number of a sequence back: so one version never stands
        # for two contents, and what is cached under it in any process stays true.
        self.env.cr.execute(
            "CREATE SEQUENCE IF NOT EXISTS resource_calendar_version_seq"
            " OWNED BY resource_calendar.version"
        )
        return super().init()

    @api.depends("exception_ids")
    def _compute_exception_count(self):
        counts = dict(
            self.env["resource.calendar.exception"]._read_group(
                [("calendar_id", "in", self.ids)], ["calendar_id"], ["__count"]
            )
        )
        for calendar in self:
            calendar.exception_count = counts.get(calendar._origin, 0)

    @api.constrains("schedule_type")
    def _check_schedule_type(self):
        for calendar in self:
            if calendar.flexible_hours and calendar.exception_ids:
                calendar._raise_flexible()

    def _raise_flexible(self):
        raise ValidationError(
            self.env._(
                "%(calendar)s has flexible hours: it says how much is worked, but not "
                "when. Rest days, make-up days and deadlines need fixed hours.",
                calendar=self.display_name,
            )
        )

    def _get_days_context(self):
        return {
            "search_default_calendar_id": self.id,
            "default_calendar_id": self.id,
        }

    # -- version -----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_tz(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_tz(vals)
        result = super().write(vals)
        if VERSION_FIELDS & set(vals):
            self._bump_version()
        return result

    @api.model
    def _check_tz(self, vals):
        if vals.get("tz") and vals["tz"] not in all_timezones_set:
            raise ValidationError(
                self.env._(
                    "There is no time zone “%(zone)s”. Choose one of the list, such as "
                    "Asia/Shanghai.",
                    zone=vals["tz"],
                )
            )

    def _bump_version(self):
        if self:
            query = SQL("SELECT nextval('resource_calendar_version_seq')")
            # sudo: whoever may change a day of the calendar need not be allowed to
            # write on the calendar itself
            self.sudo().version = self.env.execute_query(query)[0][0]

    def _set_known_until(self, known_until):
        """Let who enters the days vouch for a period, though not edit the calendar."""
        self.env["resource.calendar.exception"].check_access("write")
        if self.company_id - self.env.companies:
            raise AccessError(
                self.env._("The calendar belongs to a company that you do not work in.")
            )
        # sudo: checked above, and it is the only field that an officer may set
        self.sudo().known_until = known_until

    # -- engine ------------------------------------------------------------------------

    def _get_worktime(self, company=None):
        """The working time of this calendar, for arithmetic with deadlines.

        The object is cached under the version that this transaction sees, so it is
        right after an edit in any process, and cheap to ask for; a loop had better ask
        once all the same.

        :param company: whose company-wide holidays count, for a calendar that several
            companies share; a calendar of one company always follows that company
        :rtype: odoo.addons.work_calendar.engine.WorkTime; its NoWorkingTimeError is for
            the caller to handle, who knows what cannot be computed then
        :raises UserError: the calendar has flexible hours, or none at all
        """
        self.ensure_one()
        # sudo: a deadline is the same for everybody, whatever days they may read
        calendar = self.sudo()
        company = calendar.company_id or company
        company_id = company.id if company else 0
        worktime = calendar._build_worktime(calendar.version, company_id)
        if worktime.is_empty():
            raise UserError(
                self.env._(
                    "%(calendar)s has no working hours, so no deadline can be counted "
                    "on it. Enter its weekly hours first.",
                    calendar=calendar.display_name,
                )
            )
        return worktime

    @ormcache("self.id", "version", "company_id")
    def _build_worktime(self, version, company_id):
        # sudo: as in _get_worktime; what is cached must be the same for everybody
        self = self.sudo()
        if self.flexible_hours:
            self._raise_flexible()
        first, second = self._get_week("0"), None
        if self.two_weeks_calendar:
            second = self._get_week("1")
        exceptions = {}
        for day, (kind, hours) in self._get_exception_days().items():
            if kind == "rest":
                odd = second and (day.toordinal() - 1) // 7 % 2
                pattern = (second if odd else first).get(day.weekday(), ())
                exceptions[day] = subtract(pattern, hours) if hours else ()
            else:
                exceptions[day] = hours or None
        closures = self._get_closures(company_id)
        try:
            return WorkTime(self.tz, first, exceptions, second, closures)
        except WorkTimeError as error:
            raise UserError(
                self.env._(
                    "The working time of %(calendar)s cannot be computed: %(reason)s",
                    calendar=self.display_name,
                    reason=error,
                )
            ) from error

    def _get_week(self, week_type):
        """Weekday -> intervals in minutes.

        :param week_type: which week of a calendar of two weeks, otherwise ignored
        """
        week = defaultdict(list)
        for attendance in self.attendance_ids.filtered(lambda a: a._is_work_period()):
            if self.two_weeks_calendar and attendance.week_type != week_type:
                continue
            start, end = (
                min(max(round(hour * 60), 0), 1440)
                for hour in (attendance.hour_from, attendance.hour_to)
            )
            week[int(attendance.dayofweek)].append((start, end))
        return {day: self._join(hours) for day, hours in week.items()}

    @staticmethod
    def _join(intervals):
        """Hours that overlap by the rounding to minutes, and empty ones, made good."""
        joined = []
        for start, end in sorted(intervals):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            elif start < end:
                joined.append((start, end))
        return joined

    def _get_closures(self, company_id):
        """Holidays entered as time off of nobody in particular: those of this calendar,
        and those of no calendar that belong to the company.

        Core ends a day at 23:59:59; the last second of a minute stands for its end.
        """
        domain = Domain("calendar_id", "=", self.id)
        if company_id:
            domain |= Domain("calendar_id", "=", False) & Domain(
                "company_id", "=", company_id
            )
        domain &= Domain("resource_id", "=", False) & Domain("time_type", "=", "leave")
        closures = []
        for leave in self.env["resource.calendar.leaves"].search(domain):
            end = leave.date_to + timedelta(seconds=leave.date_to.second == 59)
            closures.append((localized(leave.date_from), localized(end)))
        return closures

    def _is_provisional(self, deadline):
        """Whether a deadline lies beyond what is known of rest and make-up days: the
        notice for its year may still move it.

        :param deadline: naive UTC as Odoo stores it, or aware
        """
        self.ensure_one()
        if not self.known_until:
            return False
        # 24:00 of the last known day still belongs to it.
        last = localized(deadline) - timedelta(seconds=1)
        return last.astimezone(timezone(self.tz)).date() > self.known_until

    # -- core's own planning -----------------------------------------------------------

    def _get_exception_days(self):
        """Date -> (kind, hours in minutes)."""
        self.ensure_one()
        # sudo: who reads a calendar's hours through core must get its exceptions too
        calendar = self.sudo()
        return calendar._read_exception_days(calendar.version)

    @ormcache("self.id", "version")
    def _read_exception_days(self, version):
        days = self.env["resource.calendar.exception"].search(
            [("calendar_id", "=", self.id)]
        )
        return {day.date: (day.kind, parse_hours(day.hours)) for day in days}

    def _attendance_intervals_batch(
        self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False
    ):
        """Rest days taken out and make-up days put in: so planning, time off and every
        other application of core's intervals agree with the engine.
        """
        result = super()._attendance_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz, lunch=lunch
        )
        if self.flexible_hours or not (days := self._get_exception_days()):
            return result
        # Two days wider than asked: zones are up to 26 hours apart.
        margin = timedelta(days=2)
        first, last = start_dt.date() - margin, end_dt.date() + margin
        days = {day: what for day, what in days.items() if first <= day <= last}
        if not days:
            return result
        replaced = self._get_exception_pieces(days, domain, lunch)
        resources = resources or self.env["resource.resource"]
        calendars = resources._get_calendar_at(start_dt, tz) if resources else {}
        per_zone = {}
        for resource in [*resources, self.env["resource.resource"]]:
            if resource:
                calendar = calendars.get(resource)
                if not calendar or calendar.flexible_hours:
                    continue
            zone = tz or timezone((resource or self).tz)
            if zone not in per_zone:
                bounds = start_dt.astimezone(zone), end_dt.astimezone(zone)
                per_zone[zone] = self._replace_days(
                    result[resource.id], replaced, bounds
                )
            result[resource.id] = per_zone[zone]
        return result

    @staticmethod
    def _replace_days(intervals, replaced, bounds):
        """The intervals with the given dates emptied and filled again."""
        low, high = bounds
        kept = [item for item in intervals if item[0].date() not in replaced]
        for day, pieces in replaced.items():
            for start, end, attendance in pieces:
                start, end = (
                    low.tzinfo.localize(datetime.combine(day, clock))
                    for clock in (start, end)
                )
                kept.append((max(low, start), min(high, end), attendance))
        return Intervals(kept, keep_distinct=True)

    def _get_exception_pieces(self, days, domain, lunch):
        """Date -> list of (start time, end time, attendance) that it has after all."""
        domain = Domain(domain or Domain.TRUE)
        attendances = self.env["resource.calendar.attendance"].search(
            domain
            & Domain("calendar_id", "=", self.id)
            & Domain("display_type", "=", False)
            & Domain("day_period", "=" if lunch else "!=", "lunch")
        )
        result = {}
        for day, (kind, hours) in days.items():
            if kind == "work" and hours:
                own = [] if lunch else self._make_attendances(day, hours)
                result[day] = [
                    (_clock(start), _clock(end), attendance)
                    for (start, end), attendance in zip(hours, own, strict=False)
                    if attendance.filtered_domain(domain)
                ]
            elif kind == "rest" and not hours:
                result[day] = []
            else:
                week_type = str(attendances.get_week_type(day))
                weekday = day.weekday()
                if kind == "work":  # as on Monday, or on the first weekday with work
                    weekday = min(self._get_week(week_type), default=0)
                usual = attendances.filtered(
                    lambda a, weekday=weekday, week_type=week_type: (
                        a.dayofweek == str(weekday)
                        and (not self.two_weeks_calendar or a.week_type == week_type)
                    )
                )
                result[day] = self._get_pieces(usual, hours)
        return result

    @staticmethod
    def _get_pieces(attendances, off):
        """The times of attendances, less the hours off."""
        pieces = []
        for attendance in attendances:
            start, end = attendance.hour_from, attendance.hour_to
            if not off:
                pieces.append((float_to_time(start), float_to_time(end), attendance))
                continue
            left = subtract([(round(start * 60), round(end * 60))], off)
            pieces += [(_clock(a), _clock(b), attendance) for a, b in left]
        return pieces

    def _make_attendances(self, day, hours):
        """Attendances in memory for a make-up day with hours of its own.

        Together they are a day, or half a day if short: by core's measure of one.
        """
        total = sum(end - start for start, end in hours) / 60
        whole = 1 if total > self.hours_per_day * 3 / 4 else 0.5
        return [
            self.env["resource.calendar.attendance"].new(
                {
                    "calendar_id": self.id,
                    "dayofweek": str(day.weekday()),
                    "day_period": "morning" if start < 720 else "afternoon",
                    "hour_from": start / 60,
                    "hour_to": end / 60,
                    "duration_hours": (end - start) / 60,
                    "duration_days": whole * (end - start) / 60 / total,
                }
            )
            for start, end in hours
        ]

    def _works_on_date(self, date):
        if self.flexible_hours:
            return super()._works_on_date(date)
        return bool(self._build_worktime(self.version, 0).hours_of(date))

    def _get_hours_for_date(self, target_date, day_period=None):
        """The first and last hour of a make-up day are its own."""
        kind, hours = self._get_exception_days().get(target_date, (None, ()))
        if self.flexible_hours or kind != "work":
            return super()._get_hours_for_date(target_date, day_period)
        hours = self._build_worktime(self.version, 0).hours_of(target_date)
        if day_period:
            afternoon = ((720, 1440),)
            morning = ((0, 720),)
            off = afternoon if day_period == "morning" else morning
            hours = subtract(hours, off) or hours
        if not hours:
            return super()._get_hours_for_date(target_date, day_period)
        return hours[0][0] / 60, hours[-1][1] / 60


def _clock(minute):
    """A minute of the day as a time; 24:00 as core has it."""
    return time.max if minute == 1440 else time(minute // 60, minute % 60)
