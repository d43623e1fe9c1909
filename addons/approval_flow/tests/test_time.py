from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from . import common


@tagged("post_install", "-at_install")
class TestTime(common.ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.env.company.resource_calendar_id
        calendar.tz = "Asia/Shanghai"
        calendar.attendance_ids = [Command.clear()] + [
            Command.create(
                {
                    "name": "x",
                    "dayofweek": str(day),
                    "hour_from": start,
                    "hour_to": start + 4,
                }
            )
            for day in range(5)
            for start in (8, 13)
        ]

    def away(self, user, delegate, first=0, last=0, by=None):
        today = fields.Date.today()
        return (
            self.env["approval.delegation"]
            .with_user(by or user)
            .create(
                {
                    "user_id": user.id,
                    "delegate_id": delegate.id,
                    "date_from": today + timedelta(first),
                    "date_to": today + timedelta(last),
                }
            )
        )

    def to_dos(self, document):
        return document.sudo().activity_ids.user_id

    def run_cron(self):
        self.env.flush_all()
        self.env["approval.request"]._cron_remind_and_escalate()

    @freeze_time("2026-03-06 07:00:00")  # Friday, 15:00 in Shanghai
    def test_deadline_in_working_time(self):
        self.make_rule({**self.people(self.first), "time_limit": 4, "remind_after": 1})
        party = self.submitted().sudo().approval_request_id.party_ids
        self.assertEqual(party.remind_on, datetime(2026, 3, 6, 8))
        self.assertEqual(party.deadline, datetime(2026, 3, 9, 2), "Monday, 10:00")

    def test_make_up_day_counts(self):
        self.env["resource.calendar.exception"].create(
            {
                "calendar_id": self.env.company.resource_calendar_id.id,
                "date": "2026-03-07",
                "kind": "work",
            }
        )
        with freeze_time("2026-03-06 07:00:00"):
            self.make_rule({**self.people(self.first), "time_limit": 4})
            party = self.submitted().sudo().approval_request_id.party_ids
        self.assertEqual(party.deadline, datetime(2026, 3, 7, 2), "the Saturday")

    def test_to_dos_follow_the_course(self):
        self.make_rule(
            {**self.people(self.first, self.second), "mode": "any"},
            self.people(self.boss),
        )
        document = self.submitted()
        self.assertEqual(self.to_dos(document), self.first | self.second)
        self.assertEqual(
            set(
                document.sudo().activity_ids.activity_type_id.get_external_id().values()
            ),
            {"approval_flow.mail_activity_approval"},
        )
        document.with_user(self.first).approval_approve("fine")
        self.assertEqual(self.to_dos(document), self.boss)
        done = self.env["mail.activity"].search(
            [("active", "=", False), ("res_id", "=", document.id)]
        )
        self.assertEqual(done.user_id, self.first)
        self.assertIn("fine", done.feedback)
        document.with_user(self.boss).approval_approve()
        self.assertFalse(self.to_dos(document))

    def test_my_approvals(self):
        self.make_rule({**self.people(self.first, self.second), "mode": "any"})
        document = self.submitted()
        Request = self.env["approval.request"]

        def mine(user):
            return Request.with_user(user).search([("can_decide", "=", True)])

        request = document.sudo().approval_request_id
        self.assertEqual(mine(self.first), request)
        self.assertFalse(mine(self.requester))
        self.assertFalse(mine(self.stranger))
        self.assertEqual(
            document.with_user(self.first).search([("approval_can_decide", "=", True)]),
            document,
        )
        document.with_user(self.second).approval_approve()
        self.assertFalse(mine(self.first))

    def test_substitute(self):
        self.make_rule(self.people(self.first), self.people(self.boss))
        document = self.submitted()
        with self.assertRaises(AccessError):
            document.with_user(self.third).approval_approve()
        delegation = self.away(self.first, self.third)
        self.assertEqual(self.to_dos(document), self.first | self.third)
        self.assertTrue(
            self.env["approval.request"].with_user(self.third).search_count([])
        )
        document.with_user(self.third).approval_approve("for my boss")
        decision = document.sudo().approval_request_id.decision_ids[-1]
        self.assertEqual(
            (decision.user_name, decision.principal_name, decision.step_name),
            ("Third", "First", "Step 1"),
        )
        delegation.with_user(self.first).unlink()
        self.assertTrue(
            self.env["approval.request"].with_user(self.third).search_count([]),
            "who decided keeps sight of it",
        )

    def test_substitute_out_of_time_or_not_allowed(self):
        rule = self.make_rule(self.people(self.first))
        self.away(self.first, self.third, 1, 3)
        self.away(self.first, self.second, -3, -1)
        document = self.submitted()
        for user in (self.second, self.third):
            with self.assertRaises(AccessError):
                document.with_user(user).approval_approve()
        self.assertEqual(self.to_dos(document), self.first)
        rule.step_ids.delegate_allowed = False
        self.away(self.first, self.boss)
        document = self.submitted()
        self.assertEqual(self.to_dos(document), self.first)
        with self.assertRaises(AccessError):
            document.with_user(self.boss).approval_approve()

    def test_substitute_keeps_four_eyes(self):
        self.make_rule(self.people(self.first), self.people(self.second))
        self.away(self.second, self.first)
        self.away(self.first, self.requester)
        document = self.submitted()
        with self.assertRaises(AccessError):
            document.approval_approve()
        document.with_user(self.first).approval_approve()
        self.assertEqual(self.to_dos(document), self.second)

    def test_nobody_makes_himself_a_substitute(self):
        with self.assertRaises(AccessError):
            self.away(self.first, self.stranger, by=self.stranger)
        with self.assertRaises(ValidationError):
            self.away(self.first, self.manager, by=self.manager)
        self.away(self.first, self.stranger, by=self.manager)
        with self.assertRaises(AccessError):
            self.env["approval.delegation"].with_user(self.stranger).search([]).write(
                {"date_to": "2099-01-01"}
            )
        portal = common.new_test_user(self.env, "af_portal", "base.group_portal")
        with self.assertRaises(ValidationError):
            self.away(self.first, portal)

    def test_left_approver_falls_to_substitute(self):
        self.make_rule(self.people(self.first))
        document = self.submitted()
        self.away(self.first, self.third)
        self.first.active = False
        self.assertEqual(self.to_dos(document), self.third)
        document.with_user(self.third).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_left_approver_falls_to_escalation(self):
        self.make_rule(
            {
                **self.people(self.first),
                "escalation_user_ids": [Command.set(self.boss.ids)],
            }
        )
        document = self.submitted()
        self.first.active = False
        self.assertEqual(self.to_dos(document), self.boss)
        request = document.sudo().approval_request_id
        self.assertEqual(request.decision_ids[-1].verdict, "escalated")
        document.with_user(self.boss).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_stuck_request_says_who_can_mend_it(self):
        self.make_rule(self.people(self.first))
        document = self.submitted()
        self.first.active = False
        request = document.sudo().approval_request_id
        self.assertIn("Manager", request.stuck_reason)
        self.assertIn("Test rule", request.stuck_reason)
        self.assertIn("nobody is left", document.approval_panel["requests"][0]["stuck"])
        self.away(self.first, self.third, by=self.manager)
        self.assertFalse(request.stuck_reason)
        document.with_user(self.third).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_reminder_and_escalation(self):
        with freeze_time("2026-03-06 02:00:00"):
            self.make_rule(
                {
                    **self.people(self.first),
                    "time_limit": 4,
                    "remind_after": 1,
                    "escalation_user_ids": [Command.set(self.boss.ids)],
                }
            )
            document = self.submitted()
        before = len(document.message_ids)
        with freeze_time("2026-03-06 03:30:00"):
            self.run_cron()
            self.run_cron()
        reminders = document.sudo().message_ids[: len(document.message_ids) - before]
        self.assertEqual(len(reminders), 1, "reminded once")
        self.assertEqual(reminders.partner_ids, self.first.partner_id)
        with self.assertRaises(AccessError):
            document.with_user(self.boss).approval_approve()
        with freeze_time("2026-03-06 09:00:00"):
            self.run_cron()
            self.run_cron()
        verdicts = document.sudo().approval_request_id.decision_ids.mapped("verdict")
        self.assertEqual(verdicts, ["submitted", "escalated"])
        self.assertEqual(self.to_dos(document), self.first | self.boss)
        document.with_user(self.boss).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_document_is_gone(self):
        with freeze_time("2026-03-06 02:00:00"):
            self.make_rule({**self.people(self.first), "remind_after": 1})
            document = self.submitted()
        request = document.sudo().approval_request_id
        self.env.flush_all()
        self.cr.execute("DELETE FROM approval_test_document")
        self.env.invalidate_all()
        self.run_cron()
        self.assertIn("no longer exists", request.stuck_reason)
        with self.assertRaisesRegex(UserError, "no longer exists"):
            request.with_user(self.first)._decide("agreed")
        request.with_user(self.requester)._withdraw()
        self.assertEqual(request.state, "withdrawn")

    def test_cron_survives_a_bad_record(self):
        with freeze_time("2026-03-06 02:00:00"):
            self.make_rule({**self.people(self.first), "remind_after": 1})
            bad, good = self.submitted(), self.submitted()
        requests = self.env["approval.request"]
        chase = type(requests)._chase

        def stumble(request):
            if request.res_id == bad.id:
                raise ValueError("broken")
            chase(request)

        with (
            freeze_time("2026-03-06 05:00:00"),
            patch.object(type(requests), "_chase", stumble),
            self.assertLogs("odoo.addons.approval_flow", "ERROR") as logs,
        ):
            self.run_cron()
        self.assertIn("broken", logs.output[0])
        self.assertTrue(good.sudo().approval_request_id.party_ids.reminded)
        self.assertFalse(bad.sudo().approval_request_id.party_ids.reminded)

    def test_flexible_calendar_is_named(self):
        self.make_rule({**self.people(self.first), "time_limit": 4})
        self.env.company.resource_calendar_id.attendance_ids.unlink()
        with (
            self.assertRaisesRegex(UserError, "no working hours"),
            mute_logger("odoo.sql_db"),
        ):
            self.submitted()
