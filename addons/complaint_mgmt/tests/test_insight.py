import doctest
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, HttpCase, new_test_user, tagged

from ..engine import insight
from ..engine.insight import VITAL_PERCENT, pareto
from .common import ComplaintCommon

#: Wednesday 11 March 2026, 10:00 in Shanghai.
WEDNESDAY = datetime(2026, 3, 11, 2)


@tagged("post_install", "-at_install")
class TestInsightEngine(BaseCase):
    def test_doctests(self):
        self.assertFalse(doctest.testmod(insight).failed)

    @given(st.dictionaries(st.integers(), st.integers(0, 1000), max_size=30))
    def test_pareto(self, counts):
        bars = pareto(counts)
        total = sum(counts.values())
        self.assertEqual(sum(bar.count for bar in bars), total)
        self.assertEqual(
            [bar.count for bar in bars], sorted(n for n in counts.values() if n)[::-1]
        )
        vital = [bar.count for bar in bars if bar.vital]
        self.assertEqual(
            [bar.vital for bar in bars],
            sorted((bar.vital for bar in bars), reverse=True),
        )
        if bars:
            self.assertEqual(bars[-1].cumulative, 100)
            # they reach 80 percent, and would not without the last of them
            self.assertGreaterEqual(100 * sum(vital), VITAL_PERCENT * total)
            self.assertLess(100 * sum(vital[:-1]), VITAL_PERCENT * total)

    @given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 36))
    def test_months(self, last, months):
        starts = insight.month_starts(last, months)
        self.assertEqual(len(starts), months)
        self.assertEqual(starts[-1], last.replace(day=1))
        for one, other in zip(starts, starts[1:], strict=False):
            self.assertEqual((one + timedelta(days=31)).replace(day=1), other)


class InsightCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what other addons and demo data brought stays out of the figures
        cls.company = cls.env["res.company"].create({"name": "Insight"})
        people = cls.agent | cls.handler | cls.manager
        people.write(
            {
                "company_ids": [fields.Command.set(cls.company.ids)],
                "company_id": cls.company.id,
                "tz": "Asia/Shanghai",
            }
        )
        cls.company.resource_calendar_id = cls.env.ref(
            "work_calendar.resource_calendar_china"
        )
        people.employee_ids.unlink()
        cls.department.company_id = cls.other_department.company_id = cls.company
        cls.env["hr.employee"].create(
            {
                "name": "handler",
                "user_id": cls.handler.id,
                "company_id": cls.company.id,
                "department_id": cls.department.id,
            }
        )
        cls.team.company_id = cls.company

    @classmethod
    def case(cls, **values):
        return cls._create(
            **{
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "received_at": fields.Datetime.now(),
                **values,
            }
        )

    def settled(self, **values):
        """A complaint that went all the way; what the guards ask for is there."""
        case = self.case(**self._answered(**{"callback_result": "satisfied", **values}))
        case.stage_id = self.stages["closed"]
        return case


@tagged("post_install", "-at_install")
class TestCockpit(InsightCommon):
    def cockpit(self, user=None, **options):
        return (
            self.env["complaint.insight"]
            .with_user(user or self.manager)
            .with_context(tz="Asia/Shanghai", lang="en_US")
            .cockpit(**options)
        )

    def tiles(self, **options):
        return {tile["key"]: tile for tile in self.cockpit(**options)["tiles"]}

    @freeze_time(WEDNESDAY)
    def test_every_figure_opens_what_it_counted(self):
        self.case()
        self.case(user_id=self.handler.id, severity="critical")
        self.case(received_at=WEDNESDAY - timedelta(days=20))
        figures = self.cockpit(months=3)
        counted = {
            tile["key"]: tile["value"]
            for tile in figures["tiles"]
            if "unit" not in tile
        }
        self.assertEqual(counted["open"], 3)
        self.assertEqual(counted["unassigned"], 2)
        self.assertEqual(counted["received"], 3)
        self.assertEqual(counted["repeaters"], 1)
        for tile in figures["tiles"]:
            records = self.env[tile["model"]].with_user(self.manager)
            if "unit" not in tile and tile["key"] != "repeaters":
                self.assertEqual(
                    records.search_count(tile["domain"]), tile["value"], tile["key"]
                )
        cells = [cell for row in figures["ages"]["rows"] for cell in row["cells"]]
        self.assertEqual(sum(cell["count"] for cell in cells), 3)
        for cell in cells:
            self.assertEqual(
                self.env["complaint.case"].search_count(
                    [*cell["domain"], ("company_id", "=", self.company.id)]
                ),
                cell["count"],
            )

    @freeze_time(WEDNESDAY)
    def test_ages_by_day_of_the_user(self):
        # 10 March 00:30 in Shanghai is still 9 March in UTC: one day old, not two
        self.case(received_at=datetime(2026, 3, 9, 16, 30))
        # three days and four days
        self.case(received_at=datetime(2026, 3, 7, 16, 0))
        self.case(received_at=datetime(2026, 3, 7, 15, 59))
        self.case(received_at=datetime(2025, 12, 1))
        ages = self.cockpit()["ages"]
        self.assertEqual(
            ages["columns"], [[0, 3], [4, 7], [8, 15], [16, 30], [31, 60], [61, None]]
        )
        total = [
            sum(row["cells"][i]["count"] for row in ages["rows"])
            for i in range(len(ages["columns"]))
        ]
        self.assertEqual(total, [2, 1, 0, 0, 0, 1])

    def test_compliance_by_month(self):
        """Two kept in February, one of them after an extension; one missed in March,
        one that was entered too late and counts for nobody."""
        with freeze_time(WEDNESDAY):
            cases = self.case() + self.case() + self.case() + self.case()
            clocks = self.env["complaint.clock"]
            for case in cases:
                clocks += case.clock_ids.filtered(lambda c: c.metric == "reply")
            (cases.clock_ids - clocks).unlink()
            february, march = datetime(2026, 2, 27, 9), datetime(2026, 3, 2, 9)
            values = [
                {"state": "met", "deadline": february, "extended": 0},
                {"state": "met", "deadline": february, "extended": 3600},
                {"state": "late", "deadline": march, "late_registration": False},
                {"state": "late", "deadline": march, "late_registration": True},
            ]
            for clock, vals in zip(clocks, values, strict=True):
                clock.write(vals)
            figures = self.cockpit(months=2)
        february, march = figures["months"]
        self.assertEqual(
            [february[key] for key in ("met", "extended", "missed", "rate")],
            [1, 1, 0, 100.0],
        )
        self.assertEqual(
            [march[key] for key in ("met", "extended", "missed", "rate")],
            [0, 0, 1, 0.0],
        )
        self.assertEqual(march["received"], 4)
        (limit,) = figures["limits"]
        self.assertEqual(
            [limit[key] for key in ("key", "met", "missed", "rate")],
            ["reply", 2, 1, 66.7],
        )
        clocks = self.env["complaint.clock"].with_user(self.manager)
        self.assertEqual(clocks.search_count(limit["domain"]), 3)
        self.assertEqual(clocks.search_count(march["domain"]), 1)

    @freeze_time(WEDNESDAY)
    def test_first_contact_gross_and_net(self):
        """Three of four settled at once; one of these customers came back in a week."""
        others = self.env["res.partner"].create(
            [{"name": f"B{i}", "phone": f"1380000100{i}"} for i in range(3)]
        )
        with freeze_time(WEDNESDAY - timedelta(days=30)):
            for partner in (self.customer, *others):
                self.settled(
                    partner_id=partner.id,
                    resolved_first_contact=partner != others[2],
                )
        self.case(received_at=WEDNESDAY - timedelta(days=23))
        tile = self.tiles()["first_contact"]
        self.assertEqual(tile["value"], 75.0)
        self.assertIn("50.0 %", tile["note"])

    @freeze_time(WEDNESDAY)
    def test_reopened_content_and_nothing_counted(self):
        tiles = self.tiles()
        for key in ("reopened", "content", "promise", "first_contact"):
            self.assertIsNone(tiles[key]["value"])
        # one was not content with the first answer, and is with the second
        case = self.case(**self._answered())
        case.stage_id = self.stages["callback"]
        for result in ("unsatisfied", "accepted"):
            self.env["complaint.callback"].with_user(self.manager).create(
                {"case_id": case.id, "result": result, "note": "The hinge again."}
            )
            if case.stage_kind != "callback":
                case.write(self._answered())
                case.stage_id = self.stages["callback"]
        case.stage_id = self.stages["closed"]
        self.settled()
        self.settled(callback_result="waived", callback_note="Abroad")
        tiles = self.tiles()
        self.assertEqual(tiles["content"]["value"], 66.7)
        self.assertIn("2 of 3", tiles["content"]["note"])
        cases = self.env["complaint.case"].with_user(self.manager)
        self.assertEqual(cases.search_count(tiles["content"]["domain"]), 2)
        self.assertEqual(tiles["reopened"]["value"], 33.3 * (case.reopen_count > 0))

    @freeze_time(WEDNESDAY)
    def test_pareto_by_cause_and_others(self):
        causes = self.env["complaint.cause"].create(
            [{"name": f"Cause {i}"} for i in range(15)]
        )
        counts = [20, 10, 5, *([1] * 12)]
        for cause, count in zip(causes, counts, strict=True):
            for _i in range(count):
                self.case(cause_id=cause.id)
        self.case(cause_id=False)
        chart = self.cockpit()["pareto"]
        bars = chart["bars"]
        self.assertEqual([bar["count"] for bar in bars[:3]], [20, 10, 5])
        self.assertEqual(bars[0]["cumulative"], 42.6)
        self.assertEqual([bar["vital"] for bar in bars[:5]], [True] * 5)
        self.assertFalse(bars[6]["vital"])
        self.assertEqual(len(bars), 13)
        self.assertEqual(
            (bars[-1]["label"], bars[-1]["count"], bars[-1]["cumulative"]),
            ("3 others", 3, 100.0),
        )
        self.assertEqual(chart["unknown"], 1)
        cases = self.env["complaint.case"].with_user(self.manager)
        for bar in bars:
            self.assertEqual(cases.search_count(bar["domain"]), bar["count"])
        by_channel = self.cockpit(by="channel")["pareto"]["bars"]
        self.assertEqual([bar["label"] for bar in by_channel], ["Mail"])

    def test_who_sees_what(self):
        with freeze_time(WEDNESDAY):
            secret = self.case(confidential=True, user_id=self.manager.id)
            self.case(user_id=self.handler.id)
            for user in (self.agent, self.outsider):
                with self.assertRaises(AccessError):
                    self.cockpit(user)
            tiles = self.cockpit(self.handler)["tiles"]
        visible = self.env["complaint.case"].with_user(self.handler).search([])
        self.assertNotIn(secret, visible)
        self.assertEqual(
            [tile["value"] for tile in tiles if tile["key"] == "open"], [len(visible)]
        )

    def test_wrong_input(self):
        for months in (0, 37, -1, "6", 2.5, None):
            with self.refused(UserError, "1 to 36 months"):
                self.cockpit(months=months)
        for by in ("partner_phone", "id", "", "cause_id; DROP"):
            with self.refused(UserError, "cannot be drawn"):
                self.cockpit(by=by)

    @freeze_time(WEDNESDAY)
    def test_as_many_queries_for_many_as_for_few(self):
        self.cockpit()
        self.case()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.cockpit()
        few = self.env.cr.sql_log_count - before
        for _i in range(20):
            self.case(cause_id=self.cause.id)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.cockpit()
        self.assertLessEqual(self.env.cr.sql_log_count - before, few + 3)


@tagged("post_install", "-at_install")
class TestDay(InsightCommon):
    def board(self, user=None):
        headings = (
            self.env["complaint.day"]
            .with_user(user or self.handler)
            .with_context(tz="Asia/Shanghai", lang="en_US")
            .board()
        )
        return {heading["key"]: heading for heading in headings}

    @freeze_time(WEDNESDAY)
    def test_by_the_time_that_is_left(self):
        late, today, week, later, other = (
            self.case(name=name, user_id=user.id)
            for name, user in (
                ("Late", self.handler),
                ("Today", self.handler),
                ("Week", self.handler),
                ("Later", self.handler),
                ("Other", self.manager),
            )
        )
        (late + today + week + later + other).flush_recordset()
        for case, due in (
            (late, WEDNESDAY - timedelta(minutes=1)),
            (today, datetime(2026, 3, 11, 15, 59)),  # 23:59 in Shanghai
            (week, datetime(2026, 3, 11, 16, 0)),
            (later, datetime(2026, 3, 18, 16, 0)),
            (other, WEDNESDAY),
        ):
            case.next_deadline = due
        board = self.board()
        titles = {
            key: [entry["title"] for entry in heading["entries"]]
            for key, heading in board.items()
        }
        self.assertEqual(
            titles,
            {
                "late": [late.display_name],
                "today": [today.display_name],
                "week": [week.display_name],
            },
        )
        self.assertEqual(board["late"]["entries"][0]["due"], "2026-03-11 01:59:00")
        late.active = False
        self.assertNotIn("late", self.board())

    @freeze_time(WEDNESDAY)
    def test_first_contact_answers_until_somebody_handles(self):
        case = self.case(first_contact_user_id=self.agent.id)
        case.flush_recordset()
        case.next_deadline = WEDNESDAY + timedelta(hours=1)
        self.assertEqual(self.board(self.agent)["today"]["count"], 1)
        case.user_id = self.handler
        self.assertFalse(self.board(self.agent))
        self.assertEqual(self.board(self.handler)["today"]["count"], 1)

    @freeze_time(WEDNESDAY)
    def test_orders_calls_and_measures(self):
        case = self.case(user_id=self.manager.id)
        order = (
            self.env["complaint.assignment"]
            .with_user(self.manager)
            .create({"case_id": case.id, "department_id": self.department.id})
        )
        entry = self.board()["orders"]["entries"][0]
        self.assertEqual((entry["model"], entry["id"]), (order._name, order.id))
        order.with_user(self.handler).action_sign()
        self.assertEqual(self.board()["orders"]["count"], 1)
        self.assertNotIn("orders", self.board(self.manager))
        called = self.case(
            **self._answered(), team_id=self.team.id, company_id=self.company.id
        )
        called.write(
            {
                "user_id": self.manager.id,
                "stage_id": self.stages["callback"].id,
                "callback_agent_id": self.handler.id,
            }
        )
        self.assertEqual(
            [e["id"] for e in self.board()["callback"]["entries"]], called.ids
        )

    @freeze_time(WEDNESDAY)
    def test_no_more_than_fits(self):
        cases = self.env["complaint.case"]
        for _i in range(23):
            cases += self.case(user_id=self.handler.id)
        cases.flush_recordset()
        cases.next_deadline = WEDNESDAY + timedelta(hours=1)
        today = self.board()["today"]
        self.assertEqual((today["count"], len(today["entries"])), (23, 20))

    def test_outsiders_find_nothing(self):
        self.assertFalse(self.board(self.outsider))


@tagged("post_install", "-at_install")
class TestInsightTour(HttpCase):
    def test_cockpit_and_day(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        manager = new_test_user(
            self.env,
            "tour_insight",
            groups="complaint_mgmt.group_complaint_mgmt_manager",
            lang="zh_CN",
            tz="Asia/Shanghai",
        )
        case = self.env["complaint.case"].create(
            {
                "name": "电梯困人",
                "user_id": manager.id,
                "severity": "critical",
                "received_at": fields.Datetime.now() - timedelta(days=5),
                "cause_id": self.env.ref(
                    "complaint_mgmt.complaint_cause_product_process"
                ).id,
            }
        )
        case.flush_recordset()
        case.next_deadline = fields.Datetime.now() - timedelta(minutes=75)
        case.flush_recordset()
        self.start_tour(
            "/odoo/complaint-day", "complaint_day_tour", login="tour_insight"
        )
        self.start_tour(
            "/odoo/complaint-cockpit", "complaint_cockpit_tour", login="tour_insight"
        )
