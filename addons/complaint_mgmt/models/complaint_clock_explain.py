"""Say in words why a deadline is what it is."""

from pytz import timezone

from odoo import fields, models
from odoo.tools import format_date
from odoo.tools.date_utils import localized


class ComplaintClock(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.clock"

    def _explain_line(self, line):
        """One line of the account: when, what, how much."""
        when = self._explain_when(line)
        what, much = self._explain_what(line)
        return {
            "kind": line["kind"],
            "when": when,
            "what": what,
            "much": much,
            "who": line.get("who", ""),
        }

    def _explain_when(self, line):
        if "first" in line:
            first = format_date(self.env, line["first"])
            last = format_date(self.env, line["last"])
            return first if first == last else f"{first} – {last}"
        begin = self._explain_moment(line["at"])
        if "until" not in line:
            return begin
        return f"{begin} – {self._explain_moment(line['until'])}"

    def _explain_moment(self, text):
        """On the clock's own wall: so that the account agrees with the hours."""
        zone = timezone(self.calendar_id.tz or "UTC")
        moment = localized(fields.Datetime.to_datetime(text)).astimezone(zone)
        return moment.strftime("%Y-%m-%d %H:%M")

    def _explain_what(self, line):
        """What it was, and how much."""
        kinds = {**self._explain_counting(line), **self._explain_changes(line)}
        return kinds[line["kind"]]

    def _explain_counting(self, line):
        minutes = {name: line.get(name, 0) // 60 for name in ("seconds", "total", "of")}
        total = str(line.get("total", ""))
        return {
            "start": (self.env._("starts"), self._explain_amount(line)),
            "ran": (
                self.env._("runs %(minutes)s min", minutes=minutes["seconds"]),
                f"{minutes['total']} / {minutes['of']}",
            ),
            "day": (self.env._("workday"), f"{total} / {line.get('of')}"),
            "rest": (self.env._("rest days, not counted"), ""),
            "days": (
                self.env._("calendar days, the day of receipt not counted"),
                total,
            ),
            "roll": (self.env._("ends on a rest day: moves to the next workday"), ""),
            "closed": (self.env._("was closed, not counted"), ""),
            "stop": (self.env._("done"), ""),
            "breached": (self.env._("overdue since"), ""),
            "deadline": (self.env._("deadline"), ""),
        }

    def _explain_changes(self, line):
        reason = line.get("reason", "")
        due = self._explain_moment(line["due"]) if "due" in line else ""
        minutes = line.get("seconds", 0) // 60
        return {
            "paused": (self.env._("paused: %(reason)s", reason=reason), ""),
            "regrade": (
                self.env._("another limit from the same start"),
                self._explain_amount(line),
            ),
            "regrade_late": (
                self.env._("graded again, but already overdue: stays as it was"),
                "",
            ),
            "grace": (
                self.env._("the new limit had passed already: grace"),
                self.env._("%(minutes)s min", minutes=minutes),
            ),
            "extend": (
                self.env._(
                    "extended with the customer's consent: %(reason)s", reason=reason
                ),
                due,
            ),
        }

    def _explain_amount(self, line):
        units = dict(self._fields["unit"]._description_selection(self.env))
        return f"{line.get('amount', '')} {units.get(line.get('unit'), '')}"
