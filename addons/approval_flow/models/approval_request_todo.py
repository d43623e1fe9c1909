import logging
from datetime import timedelta

import pytz
from psycopg2 import OperationalError

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.work_calendar.engine import NoWorkingTimeError

_logger = logging.getLogger(__name__)

BATCH = 200


class ApprovalRequest(models.Model):
    """To-dos, mails, reminders and escalation of a request."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "approval.request"

    def _work_time(self, start, hours):
        """``start`` plus working hours of the company; False for no hours."""
        if not hours:
            return False
        worktime = self.company_id.resource_calendar_id._get_worktime(self.company_id)
        try:
            end = worktime.add(pytz.utc.localize(start), round(hours * 3600))
        except NoWorkingTimeError as error:
            raise UserError(
                self.env._(
                    "The working calendar of %(company)s has no working time left for "
                    "a limit of %(hours)s hours. Extend the calendar.",
                    company=self.company_id.name,
                    hours=hours,
                )
            ) from error
        return end.astimezone(pytz.utc).replace(tzinfo=None)

    # ------------------------------------------------------------
    # ACTIVITIES AND MAIL
    # ------------------------------------------------------------

    def _activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                (
                    "activity_type_id",
                    "=",
                    self.env.ref("approval_flow.mail_activity_approval").id,
                ),
                ("automated", "=", True),
            ]
        )

    def _sync_activities(self):
        """One to-do for each person who may decide now, none for anybody else."""
        self.ensure_one()
        parties = self.party_ids.filtered(lambda p: p.state in ("open", "conditional"))
        asked = {}
        for party in parties:
            for user in party._deciders():
                asked.setdefault(user, party)
        activities = self._activities()
        idle = activities.filtered(lambda activity: activity.user_id not in asked)
        reminded = (activities - idle).user_id
        idle.unlink()
        self.env["mail.activity"].create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self.res_model),
                    "res_id": self.res_id,
                    "activity_type_id": self.env.ref(
                        "approval_flow.mail_activity_approval"
                    ).id,
                    "automated": True,
                    "summary": f"{self.rule_name}: {party.step_id.name}",
                    "user_id": user.id,
                    "date_deadline": fields.Date.to_date(party.deadline)
                    or fields.Date.context_today(self),
                }
                for user, party in asked.items()
                if user not in reminded
            ]
        )

    def _done_activity(self, user, verdict, comment):
        """The to-do of who decided is done, with the verdict as its feedback."""
        verdicts = dict(
            self.env["approval.decision"]
            ._fields["verdict"]
            ._description_selection(self.env)
        )
        feedback = ": ".join(filter(None, [verdicts[verdict], comment]))
        activity = self._activities().filtered(
            lambda activity: activity.user_id == user
        )
        if activity:
            activity.action_feedback(feedback=feedback)
        else:
            self._document().message_post(body=feedback)

    def _notify(self, users, subject, comment=False):
        """Mail with a link to the document; opening it changes nothing."""
        self._document().message_post(
            body=": ".join(filter(None, [subject, comment])),
            subject=subject,
            partner_ids=users.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _too_late(self):
        """What a decider is told whose answer is no longer needed."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "This has been decided in the meantime; your answer was not "
                    "needed and nothing was recorded."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------
    # REMINDERS AND ESCALATION
    # ------------------------------------------------------------

    @api.model
    def _refresh_for(self, users):
        """Bring the open requests that ask ``users`` up to date."""
        parties = (
            self.env["approval.request.party"]
            # whoever is away or leaves need not see the requests that this concerns
            .sudo()
            .search(
                [
                    ("request_id.state", "=", "pending"),
                    ("state", "in", ("open", "conditional")),
                    ("user_ids", "in", users.ids),
                ]
            )
        )
        parties.request_id._refresh()

    @api.model
    def _cron_remind_and_escalate(self):
        """Remind, escalate, hand over to substitutes whose time begins or ends."""
        due = self._due()
        cron = self.env["ir.cron"]
        commit = not modules.module.current_test
        remaining = len(due)
        if commit:
            cron._commit_progress(remaining=remaining)
        for request in due[:BATCH]:
            request._chase_safely()
            if commit and not cron._commit_progress(1):
                break

    @api.model
    def _due(self):
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        changing = Domain("date_from", "=", today) | Domain(
            "date_to", "=", today - timedelta(1)
        )
        parties = self.env["approval.request.party"].search(
            Domain("state", "in", ("open", "conditional"))
            & (
                (Domain("deadline", "<=", now) & Domain("escalated", "=", False))
                | (Domain("remind_on", "<=", now) & Domain("reminded", "=", False))
                | Domain("user_ids.approval_delegation_ids", "any", changing)
            ),
            order="deadline, id",
        )
        return parties.request_id.filtered(lambda request: request.state == "pending")

    def _chase_safely(self):
        """One bad document must not keep the others waiting."""
        try:
            with self.env.cr.savepoint():
                if self.try_lock_for_update():  # else somebody is deciding right now
                    self._chase()
        except OperationalError:
            _logger.info("Approval request %s is busy, next run", self.id)
            self.env.invalidate_all()
        except Exception:
            _logger.exception(
                "Approval request %s (%s) skipped", self.id, self.record_name
            )
            self.env.invalidate_all()

    def _chase(self):
        if not self._has_document():
            self._refresh()
            return
        now = fields.Datetime.now()
        for party in self.party_ids.filtered(
            lambda p: p.state in ("open", "conditional")
        ):
            users = self.env["res.users"].union(*party._deciders())
            if party.remind_on and party.remind_on <= now and not party.reminded:
                party._sealed_write({"reminded": True})
                self._notify(
                    users,
                    self.env._(
                        "Reminder: %(record)s waits for you", record=self.record_name
                    ),
                )
            if party.deadline and party.deadline <= now and not party.escalated:
                people = party._escalate()
                self._notify(
                    people or users | self.requester_id,
                    self.env._("Time limit over: %(record)s", record=self.record_name),
                )
        self._refresh()
