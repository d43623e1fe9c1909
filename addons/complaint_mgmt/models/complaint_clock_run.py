"""What happens to a clock: events are added here and nowhere else."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.date_utils import localized

from odoo.addons.work_calendar.engine import WorkTimeError

from ..engine.clock import ClockError, Target
from .complaint_clock import OPEN_STATES, _naive, _pack

#: Working time that is left at least after reopening.
REOPEN_FLOOR = 4 * 3600


class ComplaintClock(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.clock"

    def _add(self, kind, at=None, **values):
        """Note that something happened to these clocks, and read them again.

        An event that cannot have happened is refused and leaves nothing behind.
        """
        if not self:
            return
        at = at or fields.Datetime.now()
        # sudo: what happened is noted whoever caused it; nobody writes events by hand
        self.env["complaint.clock.event"].sudo().create(
            [
                {
                    "clock_id": clock.id,
                    "case_id": clock.case_id.id,
                    "kind": kind,
                    "at": at,
                    "user_id": self.env.uid,
                    **values,
                }
                for clock in self
            ]
        )
        self._refresh()

    def _refresh(self, now=None):
        """Bring what is shown up to what happened and to the calendar."""
        now = now or fields.Datetime.now()
        # sudo: clocks are written by their engine only
        for clock in self.sudo():
            values = clock._refreshed(now)
            changed = {
                name: value
                for name, value in values.items()
                if clock._fields[name].convert_to_cache(value, clock)
                != clock._fields[name].convert_to_cache(clock[name], clock)
            }
            if changed:
                clock.write(changed)

    def _refreshed(self, now):
        if self.state == "cancelled":
            return {}
        company = self.case_id.company_id
        try:
            work = self.calendar_id._get_worktime(company)
            reading = self._reading(now, explain=bool(self._is_final()))
        except ClockError as error:
            raise UserError(self._say(error)) from error
        except (UserError, WorkTimeError) as error:
            return {
                "state": "error",
                "error": str(error),
                "check_at": False,
                # looked at again when somebody mends the calendar
                "calendar_version": self.calendar_id.version,
            }
        values = self._values_of(reading, work, self.calendar_id)
        values.update(
            self._next_check(
                values,
                {"started_at": self.started_at, "metric": self.metric},
                self.policy_id,
                work,
                now,
                self.level,
            )
        )
        if values["state"] == "paused":
            values["check_at"] = self._pause_ends(work)
        values["frozen_lines"] = reading.lines if values["stopped_at"] else False
        return values

    def _is_final(self):
        kinds = self._log().mapped("kind")
        last = [kind for kind in kinds if kind in ("stop", "reopen")][-1:]
        return last == ["stop"]

    def _pause_ends(self, work):
        """When the longest pause for this reason is over."""
        pause = self._log().filtered(lambda event: event.kind == "pause")[-1:]
        days = pause.reason_id.cap_days or 10
        return _naive(work.end_of_workdays(localized(pause.at), days))

    def _say(self, error):
        return self.env._(
            "The time limit “%(clock)s” of “%(case)s” does not allow this: %(reason)s",
            clock=self.display_name,
            case=self.case_id.display_name,
            reason={
                "Only a running clock can be paused": self.env._("it does not run."),
                "An overdue clock cannot be paused": self.env._("it is overdue."),
                "Only a running clock that is in time can be extended": self.env._(
                    "it is overdue or does not run."
                ),
                "The agreed deadline is not later than the present one": self.env._(
                    "the agreed deadline is not later than the present one."
                ),
            }.get(str(error), self.env._("it would not follow what happened before.")),
        )

    # ------------------------------------------------------------
    # WHAT CAN HAPPEN
    # ------------------------------------------------------------

    def _stop(self, at=None):
        at = at or fields.Datetime.now()
        for clock in self.filtered(lambda clock: clock.state in OPEN_STATES):
            # a fact entered afterwards cannot lie before what is already known
            events = clock._log().filtered(lambda event: event.kind != "restate")
            known = max([clock.started_at, *events.mapped("at")])
            clock._add("stop", max(at, known))

    def _cancel(self, note=False):
        """No longer required: kept in the history, counted nowhere."""
        clocks = self.filtered(lambda clock: clock.state in OPEN_STATES)
        missed = clocks.filtered("breached_at")
        clocks -= missed
        clocks._add("cancel", note=note)
        # sudo: clocks are written by their engine only
        clocks.sudo().write(
            {"state": "cancelled", "check_at": False, "near": False, "deadline": False}
        )
        missed._stop()

    def _pause(self, reason, note=False, at=None):
        running = self.filtered(
            lambda clock: (
                clock.state == "running"
                and clock.pausable
                and (reason.statutory or clock.metric != "statutory")
            )
        )
        running._add("pause", at, reason_id=reason.id, note=note)
        return running

    def _resume(self, at=None, note=False):
        paused = self.filtered(lambda clock: clock.state == "paused")
        paused._add("resume", at, note=note)
        return paused

    def _reopen(self, note=False):
        """Each clock as its limit wants it; a missed one is never healed."""
        now = fields.Datetime.now()
        starts = []
        done = self.filtered(
            lambda clock: clock.state in ("met", "late") and not clock.assignment_id
        )
        for clock in done:
            mode = clock.target_id.reopen_mode or "none"
            if mode in ("continue", "floor") and clock.state == "met":
                floor = REOPEN_FLOOR if mode == "floor" else 0
                clock._add("reopen", now, note=note, data={"floor": floor})
            elif mode == "restart" or (mode != "none" and clock.state == "late"):
                more = {"cycle": clock.cycle + 1}
                starts.append((clock.case_id, clock.target_id, now, more))
        self._start(starts)

    def _regrade(self, target):
        """Another limit for the same thing, from the same start."""
        for clock in self.filtered(lambda clock: clock.state in OPEN_STATES):
            calendar = (
                target.calendar_id
                or target.policy_id.calendar_id
                or clock.case_id.company_id.resource_calendar_id
            )
            after = Target(target.amount, target.unit, target.roll)
            data = {
                "before": _pack(clock._target()),
                "after": _pack(after),
                "calendar_before": clock.calendar_id.id,
                "calendar_after": calendar.id,
                "grace": target.policy_id.regrade_grace_min * 60,
            }
            # the shown snapshot moves on once the event keeps the former one
            clock._add("regrade", data=data)
            if clock.breached_at:
                continue
            # sudo: clocks are written by their engine only
            clock.sudo().write(
                {
                    "target_id": target.id,
                    "amount": target.amount,
                    "unit": target.unit,
                    "roll": target.roll,
                    "pausable": target.pausable,
                    "calendar_id": calendar.id,
                }
            )
            clock._refresh()

    def _restate(self, start):
        """The receipt was entered wrongly: the clocks count from the right instant."""
        clocks = self.filtered(lambda clock: clock.state in OPEN_STATES)
        # sudo: clocks are written by their engine only
        clocks.sudo().started_at = start
        clocks._add("restate", note=fields.Datetime.to_string(start))
