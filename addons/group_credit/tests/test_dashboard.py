from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestDashboard(LineCase):
    def figures(self, group=None, user="viewer"):
        return (
            self.env["credit.dashboard"]
            .with_user(self.users[user])
            .figures(group.id if group else False)
        )

    def tiles(self, figures):
        return {tile["key"]: tile["value"] for tile in figures["tiles"]}

    def test_overview(self):
        line = self.grant_group(1000, "A", "B")
        member = self.grant(600, "A", above=line)
        self.grant(200, "Solo")
        self.use("A", 300)
        self.use("A", 50, kind="reserve")
        figures = self.figures()
        tiles = self.tiles(figures)
        self.assertEqual(
            [tiles[key] for key in ("limit", "used", "reserved", "utilisation")],
            [1200, 300, 50, 29.2],
        )
        # the lines of members count with their group, once
        self.assertEqual(tiles["lines"], 2)
        self.assertEqual([row["id"] for row in figures["lines"]], [line.id])
        row = figures["lines"][0]
        self.assertEqual(row["group_id"], line.group_id.id)
        self.assertEqual((row["used"], row["reserved"], row["limit"]), (300, 50, 1000))
        self.assertEqual(row["drawable"], 650)
        self.assertTrue(member)
        for tile in figures["tiles"]:
            lines = self.env["credit.line"].with_user(self.users["viewer"])
            self.assertTrue(lines.search_count(tile["domain"]) >= 0)

    def test_one_group_by_member_and_product(self):
        line = self.grant_group(1000, "A", "B")
        member = self.grant(600, "A", above=line)
        other = self.grant(300, "B", above=line)
        self.use("A", 300)
        figures = self.figures(line.group_id)
        self.assertEqual(
            [(row["id"], row["depth"]) for row in figures["lines"]],
            [(line.id, 0), (member.id, 1), (other.id, 1)],
        )
        tiles = self.tiles(figures)
        self.assertEqual((tiles["drawable"], tiles["utilisation"]), (700, 30.0))
        # a limit that is frozen says so
        member._record_event("freeze", {}, "Test")
        self.env.invalidate_all()
        row = self.figures(line.group_id)["lines"][1]
        self.assertEqual((row["drawable"], row["state"]), (0, "frozen"))
        self.assertTrue(row["obstacle"])

    def test_course_of_a_group(self):
        with freeze_time(self.today - relativedelta(months=3)):
            dates = {
                "date_start": self.today - relativedelta(months=3),
                "date_end": self.today + relativedelta(months=8),
            }
            line = self.grant_group(1000, "A", **dates)
            line.group_id.member_ids.sudo().date_in = dates["date_start"]
            self.grant(600, "A", above=line, **dates)
            self.use("A", 200)
        self.use("A", 100)
        course = self.figures(line.group_id)["course"]
        self.assertEqual(course[-1]["used"], 300)
        self.assertEqual({point["used"] for point in course[:-1]}, {200})
        self.assertTrue(2 <= len(course) <= 5)
        days = [point["day"] for point in course]
        self.assertEqual(days, sorted(days))

    def test_ladder_counts_every_line_once(self):
        for n, days in enumerate((-1, 0, 30, 31, 60, 61, 90, 91, 180, 181)):
            line = self.grant(100, f"Ladder {n}")
            self.env.cr.execute(
                "UPDATE credit_line SET date_end = %s WHERE id = %s",
                [self.today + timedelta(days=days), line.id],
            )
            line.invalidate_recordset()
        ladder = self.figures()["ladder"]
        self.assertEqual([step["count"] for step in ladder], [1, 2, 2, 2, 2, 1])
        self.assertEqual([step["limit"] for step in ladder], [100, *[200] * 4, 100])
        lines = self.env["credit.line"].with_user(self.users["viewer"])
        for step in ladder:
            self.assertEqual(lines.search_count(step["domain"]), step["count"])

    def test_other_currencies_are_not_added_up(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.grant(500, "Abroad", currency_id=dollar.id)
        self.grant(100, "Home")
        tiles = self.tiles(self.figures())
        self.assertEqual((tiles["limit"], tiles["foreign"]), (100, 1))

    def test_who_may_not(self):
        line = self.grant_group(1000, "A")
        for user in (self.env.ref("base.public_user"), self.users["sales"]):
            dashboard = self.env["credit.dashboard"].with_user(user)
            if dashboard.env["credit.line"].has_access("read"):
                continue
            for group_id in (False, line.group_id.id):
                with self.assertRaises(AccessError):
                    dashboard.figures(group_id)
        gone = self.make_group("Gone", [])
        number = gone.id
        gone.sudo().unlink()
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.env["credit.dashboard"].with_user(self.users["viewer"]).figures(number)

    def test_as_many_queries_for_many_groups_as_for_few(self):
        self.grant(100, "First")
        self.use("First", 10)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.figures()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for n in range(9):
            self.grant(100, f"More {n}")
            self.use(f"More {n}", 10)
        self.assertLessEqual(count(), few + 6)


@tagged("post_install", "-at_install")
class TestDashboardTour(LineCase, HttpCase):
    def test_from_all_groups_to_one(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        viewer = self.users["viewer"]
        viewer.lang = "zh_CN"
        line = self.grant_group(1000000, "A")
        line.group_id.sudo().name = "华信集团"
        self.grant(600000, "A", above=line)
        self.use("A", 300000)
        self.env.flush_all()
        self.start_tour(
            "/odoo/credit-dashboard", "credit_dashboard_tour", login=viewer.login
        )
