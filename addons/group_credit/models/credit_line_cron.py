import logging

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.modules import module

from .credit_line import DOOR, OPEN_STATES

_logger = logging.getLogger(__name__)

REMINDERS = (60, 30, 0)


class CreditLine(models.Model):
    """What follows from dates, from the group and from exchange rates, day by day."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    @api.model
    def _cron_daily(self):
        # reasons are kept in the language that the company works in
        language = self.env.company.partner_id.lang or self.env.user.lang
        lines = self.with_context(lang=language)
        lines.env["credit.line.event"].search(
            self.env["credit.line.event"]._due_domain(), order="date, id"
        )._each(lambda event: event._apply_due())
        lines._due_to_expire()._each(lambda line: line._expire())
        lines._follow_membership()
        lines._remind()
        lines._revalue()

    def _each(self, work):
        self._each_of(self, work)

    @api.model
    def _each_of(self, records, work):
        """Do ``work`` on each record by itself: one that fails is reported, the rest
        goes on, and what is done stays done."""
        for record in records:
            try:
                with self.env.cr.savepoint():
                    work(record)
            except (UserError, IntegrityError) as error:
                _logger.info("%s skipped: %s", record, error)
                words = self.env._("Left for a person to look at: %s", error)
                record.message_post(body=words)
            if not module.current_test:
                self.env["ir.cron"]._commit_progress(1)

    # ------------------------------------------------------------
    # DATES
    # ------------------------------------------------------------

    @api.model
    def _due_to_expire(self):
        return self.search(
            Domain("state", "in", OPEN_STATES)
            & Domain("date_end", "<", fields.Date.context_today(self))
        )

    def _expire(self):
        return self._record_event(
            "expire", reason=self.env._("The validity has ended.")
        )

    @api.model
    def _remind(self):
        """Have the responsible renew 60 and 30 days before the end, and on the day."""
        today = fields.Date.context_today(self)
        lines = self.search(
            Domain("state", "in", OPEN_STATES)
            & Domain("parent_id", "=", False)
            & Domain("date_end", ">=", today)
            & Domain("date_end", "<=", fields.Date.add(today, days=max(REMINDERS)))
        )
        lines._each(lambda line: line._remind_on(today))

    def _remind_on(self, today):
        left = (self.date_end - today).days
        # one more than the days, so that the last reminder differs from none
        mark = min(days for days in REMINDERS if left <= days) + 1
        if self.reminded and self.reminded <= mark:
            return
        user = self.user_id or self.group_id.manager_id or self.env.user
        words = self.with_context(lang=user.lang or self.env.lang)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(today, fields.Date.subtract(self.date_end, days=7)),
            summary=words.env._("Renew the credit line before it ends"),
            user_id=user.id,
        )
        self.with_context(credit_door=DOOR).reminded = mark

    # ------------------------------------------------------------
    # MEMBERS
    # ------------------------------------------------------------

    @api.model
    def _follow_membership(self):
        """Lines follow their customers into groups and out of them."""
        today = fields.Date.context_today(self)
        current = self.env["credit.group.member"].search(
            self.env["credit.group.member"]._current_domain(today)
            & Domain("kind", "=", "ownership")
            & Domain("group_id.state", "in", ("confirmed", "exempt"))
        )
        groups = {member.partner_id: member.group_id for member in current}
        lines = self.search(
            Domain("level", "=", "member")
            & Domain("state", "in", (*OPEN_STATES, "expired", "defaulted"))
        )
        tops = {
            top.group_id: top
            for top in self.search(
                Domain("level", "=", "group")
                & Domain("parent_id", "=", False)
                & Domain("state", "in", OPEN_STATES)
            )
        }
        lines.filtered(
            lambda line: (
                line.group_id.kind == "ownership"
                and line.parent_id
                and groups.get(line.partner_id) != line.group_id
            )
        )._each(lambda line: line._leave_group())
        lines.filtered(
            lambda line: not line.parent_id and groups.get(line.partner_id) in tops
        )._each(lambda line: line._join_group(tops[groups[line.partner_id]]))

    def _leave_group(self):
        return self._record_event(
            "member_leave",
            reason=self.env._(
                "%(partner)s is no longer a member of %(group)s.",
                partner=self.partner_id.name,
                group=self.group_id.name,
            ),
        )

    def _join_group(self, above):
        return self._record_event(
            "member_join",
            {"parent_id": above.id, "group_id": above.group_id.id},
            self.env._(
                "%(partner)s is a member of %(group)s.",
                partner=self.partner_id.name,
                group=above.group_id.name,
            ),
        )

    # ------------------------------------------------------------
    # EXCHANGE RATES
    # ------------------------------------------------------------

    @api.model
    def _revalue(self):
        """Value what is out in another currency at the rate of the day. That may pass a
        limit: new draws stop, what is out stays."""
        today = fields.Date.context_today(self)
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT u.origin_model, u.origin_id, max(u.company_id)
            FROM credit_usage u JOIN credit_line l ON l.id = u.line_id
            WHERE u.currency_id <> l.currency_id AND u.kind <> 'transfer'
            GROUP BY u.origin_model, u.origin_id
            HAVING sum(u.doc_drawn) <> 0 OR sum(u.doc_reserved) <> 0"""
        )
        for model, origin_id, company_id in self.env.cr.fetchall():
            company = self.env["res.company"].browse(company_id or [])
            try:
                with self.env.cr.savepoint():
                    self.with_company(company or self.env.company)._book_step(
                        "revalue",
                        origin_model=model,
                        origin_id=origin_id,
                        component=f"rate {today}",
                    )
            except UserError as error:
                _logger.info("%s %s is not revalued: %s", model, origin_id, error)
