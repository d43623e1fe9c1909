from dateutil.relativedelta import relativedelta
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.group_credit.models.credit_line import DOOR
from odoo.addons.group_credit.tests.line_case import LineCase


@tagged("post_install", "-at_install")
class TestLine(LineCase):
    """The tree of lines and its rules; the numbers are those of the worked examples."""

    def tearDown(self):
        self.assertEven()
        super().tearDown()

    # Allocation

    def test_carved_out_limits_leave_the_rest_to_the_others(self):
        vision = self.grant_group(
            50, "Canada", "Mexico", "A1", "A2", "A3", allocation="carve_out"
        )
        usa = self.grant(20, above=vision, allocation="carve_out")
        self.grant(5, "A1", usa)
        second = self.grant(None, "A2", usa)
        third = self.grant(None, "A3", usa)
        self.grant(3, above=vision)
        canada = self.grant(None, "Canada", vision)
        mexico = self.grant(None, "Mexico", vision)
        self.assertEqual(self.room(second), 15)
        self.assertEqual(self.room(canada), 27)
        self.use("Canada", "2.5")
        self.use("Mexico", "3.5")
        self.assertEqual((self.room(canada), self.room(mexico)), (21, 21))
        self.use("A2", 15)
        self.assertEqual(self.room(third), 0)
        with self.assertRefused("group has not enough room"):
            self.use("A3", 1)
        self.use("A1", 5)
        self.assertEqual(self.room(canada), 21, "what is carved out is not theirs")

    def test_the_least_limit_of_the_path_holds(self):
        group = self.grant_group(15000, "M", allocation="roll_up")
        member = self.grant(10000, "M", group)
        self.assertEqual(self.room(member), 10000)
        member._record_event("increase", {"limit": 20000, "net_limit": 20000}, "x")
        self.assertEqual(self.room(member), 15000)

    def test_dedicated_limits_fit_together(self):
        group = self.grant_group(5000, "A", "B", "C")
        self.grant(2000, "A", group)
        self.grant(2000, "B", group)
        with self.assertRefused("exceed it by", ValidationError):
            self.grant(1001, "C", group)
        self.grant(1000, "C", group)
        with self.assertRefused("exceed it by", ValidationError):
            group._record_event("decrease", {"limit": 4000, "net_limit": 4000}, "x")

    def test_shared_limits_may_exceed_but_uses_not(self):
        group = self.grant_group(5000, "A", "B", "C", "D", allocation="shared")
        for name in "ABC":
            self.grant(2000, name, group)
        for name in "AB":
            self.use(name, 2000)
        self.use("C", 1000)
        with self.assertRefused("group has not enough room"):
            self.use("C", 1)
        with self.assertRefused("exceed it by", ValidationError):
            self.grant(5001, "D", group)

    def test_lines_below_are_cut_in_proportion(self):
        group = self.grant_group(5000, "A", "B")
        first, second = self.grant(2000, "A", group), self.grant(3000, "B", group)
        event = self.env["credit.line.event"].create(
            {
                "line_id": group.id,
                "kind": "decrease",
                "reason": "x",
                "limit": 4000,
                "net_limit": 4000,
                "low_risk_limit": 4000,
                "cut_below": True,
                "date_start": group.date_start,
                "date_end": group.date_end,
            }
        )
        event._take_effect()
        self.assertEqual((first.limit, second.limit), (1600, 2400))

    def test_a_reduction_below_what_is_used_stops_drawing(self):
        line = self.grant(1000, "A")
        self.use("A", 600)
        line._record_event("decrease", {"limit": 500, "net_limit": 500}, "x")
        self.assertEqual(self.room(line), 0)
        self.assertTrue(line.over_limit)
        self.assertIn(line, self.lines.search([("over_limit", "=", True)]))

    # Validity

    def test_the_last_day_counts(self):
        line = self.grant(1000, "A", date_start="2025-01-01", date_end="2025-12-31")
        answer = self.check("A", 10, date="2025-12-31")
        self.assertEqual(answer["decision"], "ok")
        self.assertEqual(self.check("A", 10, date="2026-01-01")["decision"], "block")
        with self.assertRefused("has expired"):
            self.use("A", 10)
        line._due_to_expire()._each(lambda x: x._record_event("expire", reason="x"))
        self.assertEqual(line.state, "expired")

    def test_a_line_holds_for_twelve_months_within_the_line_above(self):
        with self.assertRefused("at most 12 months", ValidationError):
            self.grant(1, "A", date_end=self.start + relativedelta(months=12, days=1))
        group = self.grant_group(10, "M")
        with self.assertRefused("within the validity", ValidationError):
            self.grant(1, "M", group, date_end=self.end + relativedelta(days=1))

    def test_one_line_in_force_per_customer_and_product(self):
        self.grant(1, "A")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.grant(1, "A")

    def test_one_line_in_force_per_group(self):
        group = self.grant_group(10, "M")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.grant(5, group_id=group.group_id.id)

    def test_a_product_has_no_more_than_its_customer(self):
        member = self.grant(100, "A")
        loan = self.env.ref("group_credit.product_loan")
        with self.assertRefused("exceed it by .+1.00", ValidationError):
            self.grant(101, "A", member, product_id=loan.id)
        line = self.grant(100, "A", member, product_id=loan.id)
        with self.assertRefused("exceed it by .+20.00", ValidationError):
            member._record_event("decrease", {"limit": 80, "net_limit": 80}, "x")
        self.assertEqual((member.limit, line.limit), (100, 100))

    def test_exposure_is_part_of_the_amount(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.grant(100, "A", net_limit=101)

    def test_only_members_have_lines_in_a_group(self):
        group = self.grant_group(10, "A")
        with self.assertRefused("not a member", ValidationError):
            self.grant(1, "Stranger", group)

    # Life cycle

    def test_a_frozen_group_stops_all_members(self):
        group = self.grant_group(1000, "A", "B")
        first, second = self.grant(500, "A", group), self.grant(500, "B", group)
        usage = self.use("A", 100)
        group._record_event("freeze", reason="x")
        self.assertEqual((self.room(first), self.room(second)), (0, 0))
        self.assertEqual(first.available, 400)
        with self.assertRefused("frozen"):
            self.use("B", 1)
        self.lines.repay(
            origin_model="test", origin_id=usage.origin_id, component="r", amount=40
        )
        group._record_event("unfreeze", reason="x")
        self.assertEqual((self.room(first), self.room(second)), (440, 500))

    def test_repayment_is_accepted_whatever_the_state(self):
        for kind in ("freeze", "expire", "terminate", "default"):
            with self.subTest(kind=kind):
                line = self.grant(100, kind)
                usage = self.use(kind, 60)
                line._record_event(kind, reason="x")
                with self.assertRefused("frozen|expired|terminated|in default"):
                    self.use(kind, 1)
                self.lines.repay("test", usage.origin_id, "r", 60)
                line.invalidate_recordset()
                self.assertEqual((line.outstanding, line.drawable), (0, 0))

    def test_default_of_one_freezes_the_group(self):
        group = self.grant_group(1000, "A", "B")
        first, second = self.grant(500, "A", group), self.grant(500, "B", group)
        first._record_event("default", reason="Overdue")
        self.assertEqual((first.state, group.state), ("defaulted", "frozen"))
        self.assertEqual(self.room(second), 0)

    def test_termination_is_final_and_ends_what_is_below(self):
        group = self.grant_group(1000, "A")
        first = self.grant(500, "A", group)
        group._record_event("terminate", reason="x")
        self.assertEqual((first.state, group.state), ("terminated", "terminated"))
        with self.assertRefused("is not possible"):
            group._record_event("unfreeze", reason="x")

    def test_what_is_out_follows_its_customer_into_the_group_and_out(self):
        group = self.grant_group(100, "A")
        line = self.grant(500, "B")
        usage = self.use("B", 120)
        line._record_event(
            "member_join", {"parent_id": group.id, "group_id": group.group_id.id}, "x"
        )
        group.invalidate_recordset()
        self.assertEqual((group.used, group.over_limit), (120, True))
        self.assertEqual(self.room(line), 0, "a passive breach stops drawing")
        self.assertEven()
        self.lines.repay(
            origin_model="test", origin_id=usage.origin_id, component="r", amount=20
        )
        line._record_event("member_leave", reason="x")
        (group | line).invalidate_recordset()
        self.assertEqual((group.used, line.used, line.state), (0, 100, "frozen"))
        self.assertEqual(line.parent_id, self.lines)

    def test_membership_is_followed_by_the_nightly_job(self):
        group = self.grant_group(1000, "A", "B")
        line = self.grant(500, "B")
        self.lines._follow_membership()
        self.assertEqual(line.parent_id, group)
        member = group.group_id.member_ids.filtered(
            lambda m: m.partner_id == line.partner_id
        )
        member.sudo().date_out = self.today
        self.lines._follow_membership()
        self.assertFalse(line.parent_id)

    def test_events_of_tomorrow_wait(self):
        line = self.grant(100, "A")
        event = line._record_event(
            "increase",
            {"limit": 200, "net_limit": 200},
            "x",
            date=self.today + relativedelta(days=1),
        )
        self.assertEqual((event.state, line.limit), ("scheduled", 100))

    def test_the_responsible_is_reminded_three_times(self):
        line = self.grant(100, "A", date_end=self.today + relativedelta(days=20))
        for expected in (1, 1):
            self.lines._remind()
            self.assertEqual(len(line.activity_ids), expected)
        self.assertEqual(line.reminded, 31)

    def test_who_has_renewed_is_reminded_again_next_time(self):
        line = self.grant(100, "A", date_end=self.today)
        self.lines._remind()
        self.assertEqual((line.reminded, len(line.activity_ids)), (1, 1))
        end = self.today + relativedelta(months=2)
        line._record_event("renew", {"date_end": end}, "x")
        self.assertFalse(line.activity_ids, "what was to be done is done")
        line._remind_on(end - relativedelta(days=30))
        self.assertEqual(line.reminded, 31)

    def test_lines_below_are_renewed_with_the_one_above(self):
        group = self.grant_group(1000, "A", "B", "C")
        first, second, third = (self.grant(300, name, group) for name in "ABC")
        loan = self.env.ref("group_credit.product_loan")
        product = self.grant(100, "C", third, product_id=loan.id)
        product._record_event("expire", reason="x")
        second._record_event("freeze", reason="x")
        third._record_event("expire", reason="x")
        end = self.today + relativedelta(months=12)
        event = (
            self.env["credit.line.event"]
            .with_user(self.users["officer"])
            .create(
                {
                    "line_id": group.id,
                    "kind": "renew",
                    "reason": "x",
                    "date_start": self.today,
                    "date_end": end,
                    "renew_below": True,
                }
            )
        )
        event.approval_submit()
        event.with_user(self.users["reviewer"]).approval_approve()
        for line in group | first | product | third:
            self.assertEqual((line.date_end, line.state), (end, "active"), line.name)
        self.assertEqual((second.date_end, second.state), (self.end, "frozen"))

    def test_the_nightly_job_survives_a_line_that_it_cannot_change(self):
        late = {"date_end": self.today - relativedelta(days=1)}
        bad, good = self.grant(1, "A", **late), self.grant(1, "B", **late)

        def expire(line):
            if line == bad:
                line.with_context(credit_door=DOOR).net_limit = 2
                line.flush_recordset()
            return line._expire()

        with mute_logger("odoo.sql_db"):
            (bad | good)._each(expire)
        self.assertEqual((bad.state, good.state), ("active", "expired"))
        self.assertIn("Left for a person", bad.message_ids[0].body)

    # Doors

    def test_limits_are_never_written(self):
        line = self.grant(100, "A")
        for role in ("officer", "manager"):
            with self.assertRefused("recorded event"):
                line.with_user(self.users[role]).limit = 1
        for name in ("used", "state", "reserved"):
            with self.assertRefused("never entered"):
                line.sudo().write({name: line[name]})
        with self.assertRefused("history"):
            line.with_user(self.users["manager"]).unlink()
        with self.assertRaises(AccessError):
            line.with_user(self.users["viewer"]).note = "x"
        with self.assertRaises(AccessError):
            line.with_user(self.users["sales"]).read(["limit"])
        line.with_user(self.users["officer"]).note = "Conditions"

    def test_the_ledger_is_append_only(self):
        self.grant(100, "A")
        usage = self.use("A", 10)
        for role in ("manager", "interface"):
            with self.assertRaises(UserError):
                usage.with_user(self.users[role]).write({"amount": 1})
        with self.assertRefused("stays as it is"):
            usage.sudo().write({"amount": 1})
        with self.assertRefused("never deleted"):
            usage.sudo().unlink()
        with self.assertRefused("not entered"):
            self.env["credit.usage"].sudo().create({"line_id": usage.line_id.id})

    def test_an_officer_requests_and_a_reviewer_grants(self):
        officer, reviewer = self.users["officer"], self.users["reviewer"]
        line = self.lines.with_user(officer).create(
            {"partner_id": self.partner("A").id, **self.terms(100)}
        )
        self.assertEqual((line.state, line.drawable), ("draft", 0))
        event = (
            self.env["credit.line.event"]
            .with_user(officer)
            .create(
                {
                    "line_id": line.id,
                    "kind": "grant",
                    "reason": "New customer",
                    "limit": 80,
                    "net_limit": 80,
                    "low_risk_limit": 0,
                    "date_start": self.start,
                    "date_end": self.end,
                }
            )
        )
        event.approval_submit()
        with self.assertRaises(UserError):
            event.approval_approve()
        self.assertEqual(line.state, "draft")
        event.with_user(reviewer).approval_approve()
        self.assertEqual(
            (line.state, line.limit, event.state), ("active", 80, "applied")
        )
        with self.assertRefused("decided|approved"):
            event.with_user(officer).reason = "x"
        with self.assertRefused("follows from its approval"):
            event.with_user(officer).state = "draft"

    def test_a_request_says_what_it_changes_and_leaves_the_rest(self):
        line = self.grant(100, "A", net_limit=90)
        event = (
            self.env["credit.line.event"]
            .with_user(self.users["officer"])
            .create(
                {"line_id": line.id, "kind": "decrease", "limit": 95, "reason": "x"}
            )
        )
        self.assertEqual((event.net_limit, event.date_end), (90, line.date_end))
        self.assertEqual(event.effect, "Limit: 100 → 95")
        granted = line.event_ids.filtered(lambda e: e.kind == "grant")
        self.assertIn("Exposure Limit: 90", granted.effect)

    def test_why_nothing_can_be_drawn_is_said_on_the_line(self):
        group = self.grant_group(1000, "A")
        line = self.grant(500, "A", group)
        self.assertFalse(line.obstacle)
        group._record_event("freeze", reason="x")
        line.invalidate_recordset()
        self.assertIn("credit line of the group is frozen", line.obstacle)

    def test_a_line_is_named_and_found_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        loan = self.env.ref("group_credit.product_loan")
        loan.with_context(lang="zh_CN").name = "贷款"
        group = self.grant_group(1000, "A")
        member = self.grant(500, "A", group)
        line = self.grant(100, "A", member, product_id=loan.id)
        self.assertEqual(line.with_context(lang="zh_CN").name, "A · 贷款")
        self.assertEqual(line.with_context(lang="en_US").name, "A · Loan")
        lines = self.lines.with_context(lang="zh_CN")
        self.assertIn(line, lines.search([("name", "ilike", "贷款")]))
        self.assertNotIn(line, lines.search([("name", "not ilike", "贷款")]))
        self.assertIn(
            group,
            self.lines.browse(
                [line_id for line_id, name in self.lines.name_search("Group")]
            ),
        )

    def test_a_freeze_does_not_wait_but_can_be_undone(self):
        line = self.grant(100, "A")
        event = (
            self.env["credit.line.event"]
            .with_user(self.users["reviewer"])
            .create({"line_id": line.id, "kind": "freeze", "reason": "Warning"})
        )
        event.approval_submit()
        self.assertEqual(line.state, "frozen")
        event.with_user(self.users["second"]).approval_refuse("A false alarm")
        self.assertEqual(line.state, "active")
