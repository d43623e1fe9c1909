from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.group_credit.tests.warning_case import WarningCase


@tagged("post_install", "-at_install")
class TestWarning(WarningCase):
    def test_from_signal_to_close_by_two_people(self):
        warning = self.signal(level="orange")
        self.assertEqual(warning.state, "signal")
        self.assertEqual(len(warning.activity_ids), 1)
        with self.assertRefused("Result of the Verification"):
            warning.action_confirm()
        warning.verify_note = "The account is frozen"
        warning.action_confirm()
        self.assertEqual(warning.verified_by_id, self.users["officer"])
        measure = self.measure(warning)
        self.assertEqual(warning.state, "handling")
        with self.assertRefused("reviewer closes(.|\n)*You verified(.|\n)*finished"):
            warning.action_close()
        with self.assertRefused("Result"):
            measure.action_done()
        measure.result = "Visited"
        measure.action_done()
        closing = warning.with_user(self.users["reviewer"])
        with self.assertRefused("Why It Can Be Closed(.|\n)*Evidence"):
            closing.action_close()
        closing.close_note = "The account is free again"
        self.evidence(closing)
        closing.action_close()
        self.assertEqual(warning.state, "closed")
        self.assertEqual(warning.closed_by_id, self.users["reviewer"])
        with self.assertRefused("stays as it was decided"):
            closing.note = "Nothing happened"
        with self.assertRefused("measures follow"):
            self.measure(warning)

    def test_who_verified_does_not_close(self):
        warning = self.signal("reviewer", level="yellow")
        warning.write({"verify_note": "True", "state": "confirmed"})
        warning.close_note = "Over"
        self.evidence(warning)
        with self.assertRefused("somebody else closes"):
            warning.action_close()
        warning.with_user(self.users["second"]).action_close()
        self.assertEqual(warning.state, "closed")

    def test_dragging_meets_the_same_refusals(self):
        warning = self.signal()
        for state in ("handling", "closed"):
            with self.subTest(state=state), self.assertRefused("cannot go from"):
                warning.state = state
        with self.assertRefused("Result of the Verification"):
            warning.state = "false"
        with self.assertRefused("begins with"):
            self.signal(code="w51", state="closed")

    def test_steps_are_not_forged(self):
        warning = self.confirmed_signal()
        for vals in (
            {"verified_by_id": self.users["second"].id},
            {"closed_by_id": self.users["second"].id},
            {"automatic": True},
            {"basis": "x"},
        ):
            with self.subTest(vals=vals), self.assertRefused("recorded by the step"):
                warning.with_user(self.users["manager"]).write(vals)
        for vals in ({"note": "x", "partner_id": False}, {"verify_note": "Else"}):
            with self.subTest(vals=vals), self.assertRefused("do not change"):
                warning.write(vals)
        measure = self.measure(warning)
        with self.assertRefused("ends a measure"):
            measure.state = "done"
        measure.result = "x"
        with self.assertRefused("Only a reviewer drops"):
            measure.action_drop()
        with self.assertRefused("begins open"):
            self.measure(warning, state="done")

    def test_roles(self):
        warning = self.signal()
        viewer = warning.with_user(self.users["viewer"])
        self.assertTrue(viewer.name)
        with self.assertRaises(AccessError):
            viewer.action_confirm()
        with self.assertRaises(AccessError):
            self.signal("viewer", code="w51")
        with self.assertRaises(AccessError):
            warning.with_user(self.users["sales"]).read(["note"])
        with self.assertRaises(AccessError):
            self.rule("w50").with_user(self.users["reviewer"]).level = "red"
        self.rule("w50").with_user(self.users["manager"]).level = "red"
        for role in ("officer", "manager"):
            with self.subTest(role=role), self.assertRaises(UserError):
                warning.with_user(self.users[role]).unlink()
        measure = self.measure(self.confirmed_signal(code="w51"))
        measure.result = "x"
        with self.assertRaises(AccessError):
            measure.with_user(self.users["viewer"]).action_done()

    def test_a_company_does_not_see_the_signals_of_another(self):
        other = self.env["res.company"].create({"name": "Other Bank"})
        warning = self.env["credit.warning"].create(
            {
                "rule_id": self.rule("w50").id,
                "partner_id": self.partner("B").id,
                "note": "x",
                "company_id": other.id,
            }
        )
        with self.assertRaises(AccessError):
            warning.with_user(self.users["manager"]).read(["note"])

    def test_only_a_reviewer_lowers_a_level(self):
        warning = self.signal(level="orange")
        warning.level = "red"
        with self.assertRefused("Only a reviewer lowers"):
            warning.level = "yellow"
        warning.with_user(self.users["reviewer"]).level = "yellow"

    def test_verification_skips_days_of_rest(self):
        warning = self.signal(found_on="2026-01-09")  # a Friday
        self.assertEqual(str(warning.verify_by), "2026-01-14")

    def test_the_institutions_are_told(self):
        group = self.confirmed("A>B 60")
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        clerk = self.users["second"]
        clerk.write({"company_ids": [Command.set(branch.ids)], "company_id": branch.id})
        self.env["credit.institution"].create(
            {"group_id": group.id, "institution_id": branch.id}
        )
        warning = self.confirmed_signal(group_id=group.id)
        told = warning.message_ids.partner_ids
        self.assertIn(clerk.partner_id, told)
        self.assertNotIn(self.users["viewer"].partner_id, told)

    # The nightly check

    def test_a_signal_rings_once_until_it_gets_louder(self):
        statement = self.statement(total_assets=100, total_liabilities=75)
        warning = self.detect("w20")
        self.assertEqual(warning.level, "yellow")
        self.assertTrue(warning.automatic)
        self.assertEqual(self.detect("w20"), warning)
        line = statement.line_ids.filtered(lambda x: x.code == "total_liabilities")
        line.value = 85
        self.assertEqual(self.detect("w20"), warning)
        self.assertEqual(warning.level, "orange")
        warning.with_user(self.users["officer"]).write(
            {"verify_note": "A wrong figure", "state": "false"}
        )
        self.assertEqual(self.detect("w20"), warning, "the same statement rings once")
        self.statement("2026-06-30", total_assets=100, total_liabilities=90)
        self.assertEqual(len(self.detect("w20")), 2)

    def test_figures_against_the_year_before(self):
        self.statement(
            "2024-12-31", revenue=100, net_profit=-1, receivables=10, equity=50
        )
        self.statement(revenue=80, net_profit=-5, receivables=11, equity=39)
        for code, level in (
            ("w22", "yellow"),  # exactly a fifth less
            ("w23", "orange"),
            ("w26", "red"),
            ("w27", "yellow"),
        ):
            with self.subTest(code=code):
                self.assertEqual(self.detect(code).level, level)

    def test_what_is_unknown_rings_nothing(self):
        self.statement(total_assets=100, revenue=5, equity=5)
        for code in ("w20", "w21", "w22", "w23", "w25", "w26", "w27", "w34"):
            with self.subTest(code=code):
                # not through the night's check, which would survive a fault
                find = self.env["credit.warning.detector"]._find
                self.assertEqual(find(self.rule(code), self.company), [])

    def test_a_member_warns_its_group(self):
        group = self.confirmed("A>B 60")
        self.confirmed_signal(code="w12", group_id=group.id)
        warning = self.detect("w39")
        self.assertEqual(warning.group_id, group)
        self.assertEqual(warning.level, "red")
        self.assertEqual(self.detect("w39"), warning)

    def test_a_circle_of_guarantees_rings(self):
        self.relate("A>B", "B>A", kind="guarantee")
        self.env["credit.guarantee.ring"]._refresh(self.company)
        self.assertEqual(self.detect("w33").level, "yellow")

    def test_a_change_of_members_rings(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 70")
        self.identify()
        warning = self.detect("w36")
        self.assertEqual(warning.group_id, group)
        self.assertIn("C", warning.note)

    def test_a_bad_rule_does_not_stop_the_night(self):
        self.statement(total_assets=100, total_liabilities=75)
        detector = self.registry["credit.warning.detector"]

        def broken(*args):
            raise TypeError("broken")

        with (
            patch.object(detector, "_find_ring", broken),
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60),
            self.assertLogs("odoo.addons.group_credit.models.credit_warning_detect"),
        ):
            self.env["credit.warning"]._cron_detect()
        self.assertTrue(
            self.env["credit.warning"].search_count(
                [
                    ("company_id", "=", self.company.id),
                    ("rule_id", "=", self.rule("w20").id),
                ]
            )
        )

    def test_thresholds_are_numbers_in_order(self):
        rule = self.rule("w20").with_user(self.users["manager"])
        for vals in ({"yellow": "much"}, {"yellow": "90"}, {"orange": "NaN"}):
            with self.subTest(vals=vals), self.assertRefused("Thresholds"):
                rule.write(vals)
        with self.assertRefused("choose the figure"):
            rule.figure_id = False
