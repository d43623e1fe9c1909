from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.group_credit.models.credit_line import DOOR
from odoo.addons.group_credit.tests.line_case import LineCase


@tagged("post_install", "-at_install")
class TestLineAsOf(LineCase):
    """Lines as they were on another day, from the ledger and the events."""

    def ago(self, days):
        return self.today - relativedelta(days=days)

    def happened(self, line, kind, days, values=None):
        """An event that took effect so many days ago."""
        event = line._record_event(kind, values, "x")
        event.sudo().with_context(credit_door=DOOR).date = self.ago(days)

    def granted(self, days, *args, **vals):
        line = self.grant(*args, **vals)
        event = line.event_ids.filtered(lambda e: e.kind == "grant")
        event.sudo().with_context(credit_door=DOOR).date = self.ago(days)
        return line

    def test_uses_terms_and_state_of_a_day(self):
        line = self.granted(25, 100, "A")
        usage = self.use("A", 60, date=str(self.ago(20)))
        self.lines.repay("test", usage.origin_id, "r", 40, date=str(self.ago(10)))
        self.use("A", 30, "reserve", date=str(self.ago(8)))
        self.happened(line, "increase", 6, {"limit": 200, "net_limit": 200})
        self.happened(line, "freeze", 3)
        self.happened(line, "unfreeze", 1)
        expected = {
            20: (100, 60, 0, "active"),
            10: (100, 20, 0, "active"),
            7: (100, 20, 30, "active"),
            6: (200, 20, 30, "active"),
            2: (200, 20, 30, "frozen"),
            0: (200, 20, 30, "active"),
        }
        for days, values in expected.items():
            with self.subTest(days=days):
                found = line._as_of(self.ago(days))[line]
                names = ("limit", "used", "reserved", "state")
                self.assertEqual(tuple(found[name] for name in names), values)
        self.assertFalse(line._as_of(self.ago(26)), "not granted yet")

    def test_today_is_what_the_line_says(self):
        group = self.grant_group(1000, "A", "B", allocation="shared")
        lines = group.union(self.grant(500, "A", group), self.grant(None, "B", group))
        self.use("A", 100, margin=30)
        self.use("B", 50, "reserve")
        for line, values in lines._as_of(self.today).items():
            line.invalidate_recordset()
            for name in ("used", "used_net", "reserved", "margin", "outstanding"):
                self.assertEqual(values[name], line[name], (line.name, name))

    def test_a_member_counts_with_the_group_from_the_day_it_joins(self):
        group = self.grant_group(1000, "A")
        line = self.grant(500, "B")
        self.use("B", 120, date=str(self.ago(9)))
        line._record_event(
            "member_join", {"parent_id": group.id, "group_id": group.group_id.id}, "x"
        )
        both = group | line
        used = [values["used"] for values in both._figures_on(self.ago(5)).values()]
        self.assertEqual(used, [0, 120])
        used = [values["used"] for values in both._figures_on(self.today).values()]
        self.assertEqual(used, [120, 120])

    def test_whoever_reads_lines_sees_them_as_of_a_day(self):
        group = self.grant_group(1000, "A", allocation="shared")
        line = self.grant(500, "A", group)
        self.use("A", 70)
        wizard = (
            self.env["credit.line.as.of"]
            .with_user(self.users["viewer"])
            .with_context(active_model="credit.line", active_ids=group.ids)
            .create({"day": self.today})
        )
        self.assertEqual(wizard.line_ids, group | line)
        action = wizard.action_show()
        rows = self.env[action["res_model"]].with_user(self.users["viewer"])
        rows = rows.search(action["domain"])
        self.assertEqual(rows.mapped("used"), [70, 70])
        self.assertEqual(rows.mapped("state"), ["active", "active"])
        with self.assertRaises(AccessError):
            self.env["credit.line.as.of"].with_user(self.users["sales"]).create({})
