"""What is due: deadlines that pass, steps of escalation, pauses that are over."""

import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.date_utils import localized

from odoo.addons.work_calendar.engine import WorkTimeError

from .complaint_clock import _naive

_logger = logging.getLogger(__name__)

#: How many clocks are looked at before the work so far is made safe.
CRON_BATCH = 500


class ComplaintClock(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.clock"

    @api.model
    def _cron_due(self):
        """Look after every clock that is due, each once.

        With nothing due it is one query of two indexes. A run that is killed loses the
        batch it was at and nothing more: what is not written is still due.
        """
        while ids := self._take_due():
            self.browse(ids)._look_after_each()
            more = len(ids) >= CRON_BATCH
            if not self.env["ir.cron"]._commit_progress(len(ids), remaining=int(more)):
                break
            if not more:
                break

    @api.model
    def _take_due(self, limit=CRON_BATCH):
        """The next clocks that are due or whose calendar has changed since they were
        read, locked against a second run."""
        self.flush_model(["check_at", "calendar_id", "calendar_version", "state"])
        self.env["resource.calendar"].flush_model(["version"])
        rows = self.env.execute_query(
            SQL(
                "WITH due AS ("
                "SELECT id FROM complaint_clock WHERE check_at <= %(now)s"
                " ORDER BY check_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED"
                "), moved AS ("
                "SELECT clock.id FROM resource_calendar calendar"
                " JOIN complaint_clock clock ON clock.calendar_id = calendar.id"
                " AND clock.calendar_version < calendar.version"
                " AND clock.state IN ('running', 'breached', 'paused', 'error')"
                " LIMIT %(limit)s FOR UPDATE OF clock SKIP LOCKED"
                ") SELECT id FROM due UNION SELECT id FROM moved",
                now=fields.Datetime.now(),
                limit=limit,
            )
        )
        return [row[0] for row in rows]

    def _look_after_each(self):
        """All at once; if one fails, halves, so that the others are looked after.

        The one that fails is tried again in an hour, with the reason in the log.
        """
        try:
            with self.env.cr.savepoint():
                self._look_after(self)
        except OperationalError:
            # another transaction was in the way: the whole run is tried again
            raise
        except Exception:
            if len(self) > 1:
                middle = len(self) // 2
                self[:middle]._look_after_each()
                self[middle:]._look_after_each()
                return
            _logger.exception("Time limit %s cannot be looked after", self.id)
            later = fields.Datetime.now() + timedelta(hours=1)
            version = self.calendar_id.version
            # sudo: clocks are written by their engine only
            self.sudo().write({"check_at": later, "calendar_version": version})

    @api.model
    def _look_after(self, clocks):
        now = fields.Datetime.now()
        over = clocks.filtered(
            lambda clock: clock.state == "paused" and clock._pause_is_over(now)
        )
        over._resume(note=self.env._("the longest pause is over"))
        for clock in over:
            clock._tell_pause_over()
        steps = clocks._due_steps(now)
        clocks._fire(steps)
        clocks._refresh(now)

    def _pause_is_over(self, now):
        try:
            work = self._worktime()
            return self._pause_ends(work) <= now
        except (UserError, WorkTimeError):
            return False

    def _tell_pause_over(self):
        case = self.case_id
        user = case.user_id or case.team_id.user_id or case.first_contact_user_id
        if user:
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("The time limit runs on: the longest pause is over"),
            )

    # ------------------------------------------------------------
    # ESCALATION
    # ------------------------------------------------------------

    def _due_steps(self, now):
        """Clock -> the steps that are due and not taken, lowest first."""
        steps = {}
        for clock in self:
            if clock.state not in ("running", "breached") or not clock.deadline:
                continue
            try:
                work = clock._worktime()
            except (UserError, WorkTimeError):
                continue
            start, due = localized(clock.started_at), localized(clock.deadline)
            missed = [
                (rule, _naive(rule._due_at(work, start, due)))
                for rule in clock.policy_id.escalation_ids.sorted("level")
                if rule.level > clock.level and rule.metric in (False, clock.metric)
            ]
            missed = [(rule, due_at) for rule, due_at in missed if due_at <= now]
            if missed:
                steps[clock] = missed
        return steps

    def _fire(self, steps):
        """Take the highest step of each clock; lower ones are overtaken by it."""
        now = fields.Datetime.now()
        vals_list, activities, supervised = [], [], {}
        supervisors, words = {}, {}
        shared = {
            "res_model_id": self.env["ir.model"]._get_id("complaint.case"),
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
        }
        for clock, missed in steps.items():
            top = missed[-1][0]
            users = top._users(clock.case_id, supervisors)
            for rule, due_at in missed:
                vals_list.append(
                    {
                        "clock_id": clock.id,
                        "case_id": clock.case_id.id,
                        "rule_id": rule.id,
                        "metric": clock.metric,
                        "level": rule.level,
                        "due_at": due_at,
                        "fired_at": now,
                        "user_ids": users.ids if rule == top else False,
                        "result": "done" if rule == top else "superseded",
                    }
                )
            activities += [
                shared | clock._activity_values(user, words) for user in users
            ]
            clock.level = top.level
            if top.supervise:
                supervised.setdefault(clock.case_id, clock.display_name)
        self.env["complaint.escalation"].create(vals_list)
        self.env["complaint.supervision"]._open_late(supervised)
        # no mail for each of what may be thousands: the to-do is the message
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            activities
        )

    def _activity_values(self, user, words):
        """A to-do in the language of its reader; ``words`` keeps what was said."""
        now = fields.Datetime.now()
        late = self.state == "breached" or self.deadline <= now
        key = (user.lang, self.metric, late)
        if key not in words:
            reader = self.with_context(lang=user.lang)
            field = self._fields["metric"]
            what = dict(field._description_selection(reader.env))[self.metric]
            words[key] = (
                reader.env._("Overdue: %(what)s", what=what)
                if late
                else reader.env._("Due soon: %(what)s", what=what)
            )
        return {
            "res_id": self.case_id.id,
            "user_id": user.id,
            "summary": words[key],
            "date_deadline": self.deadline.date(),
        }
