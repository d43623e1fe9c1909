from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.group_credit.tests.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplicationTerms(ApplicationCase):
    """The rules, the vote, and the lines that follow."""

    def refused_vote(self, words, amounts, before=None, **vals):
        application = self.apply(amounts, **vals)
        if before:
            before(application)
        self.opine(application, "officer")
        self.opine(application, "reviewer")
        with self.assertRefused(words):
            self.opine(application, "second")
        self.assertEqual(application.stage, "deliberation")
        self.assertEqual(application.approval_state, "draft")
        return application

    def test_exactly_the_limit_of_one_group_is_possible(self):
        self.assertEqual(self.voted({"A": 40e6, "B": 26e6}).group_exposure, 66e6)

    def test_above_the_limit_of_one_group_is_impossible(self):
        self.refused_vote("15 % of net capital", {"A": 40e6, "B": 26e6 + 1})

    def test_margin_makes_room(self):
        """The net exposure counts, not the nominal amount."""

        def margin(application):
            application.line_ids.margin_pct = 60

        application = self.apply({"A": 100e6})
        margin(application)
        for user in ("officer", "reviewer", "second"):
            self.opine(application, user)
        self.assertEqual(application.stage, "approval")

    def test_unknown_capital_keeps_from_the_vote(self):
        self.env["credit.capital"].search([]).sudo().write({"state": "draft"})
        self.refused_vote("capital base is unknown", {"A": 1e6})

    def test_unknown_theory_keeps_from_the_vote(self):
        self.refused_vote(
            "theoretical limit of .* is unknown", {"A": 1e6}, theory=False
        )

    def test_no_line_above_its_theoretical_limit(self):
        self.statement(
            self.partner("A"), equity=5e6, leverage_factor=1, interest_debt=0
        )
        application = self.refused_vote("above its theoretical limit", {"A": 5e6 + 1})
        rows = application.line_ids.with_user(self.users["reviewer"])
        rows.write({"limit": 5e6, "net_limit": 5e6})
        self.opine(application, "second")
        self.assertEqual(application.stage, "approval")

    def test_the_lowest_formula_counts_and_unknown_is_no_bound(self):
        application = self.apply({"A": 5e6})
        group = self.env["res.partner"]
        self.assertEqual(application._theory(group), 500e6)
        application.theory_ids = [
            Command.create(
                {"formula_id": self.env.ref("group_credit.formula_revenue_share").id}
            )
        ]
        row = application.theory_ids.filtered(lambda t: not t.known)
        self.assertIn("Revenue", row.with_context(lang="en_US").missing)
        self.assertIsNone(application._theory(group))
        self.assertFalse(application.theory_known)
        Figure = self.env["credit.figure"]
        for code, value in (("revenue", 100e6), ("revenue_share_pct", 20)):
            row.statement_id.line_ids = [
                Command.create(
                    {
                        "figure_id": Figure.search([("code", "=", code)]).id,
                        "value": value,
                    }
                )
            ]
        application.action_recompute_theory()
        self.assertEqual(application._theory(group), 20e6)

    def test_incremental_credit_takes_a_rating(self):
        self.partner("A").credit_rating = "bbb"
        self.refused_vote("A is rated BBB.*at least A", {"A": 1e6})

    def test_stock_credit_takes_no_rating(self):
        self.effective({"A": 1000})
        self.partner("A").credit_rating = "bbb"
        application = self.apply({"A": 1000}, kind="renew")
        self.assertFalse(application.is_incremental)
        self.assertFalse(application._unmet_rating())
        application.line_ids.requested_limit = 1000.01
        self.assertTrue(application.is_incremental)
        self.assertTrue(application._unmet_rating())

    def test_dedicated_members_together_within_the_group(self):
        def cap(application):
            application.group_limit = application.group_net_limit = 15e6

        self.refused_vote("together take", {"A": 10e6, "B": 6e6}, before=cap)

    def test_shared_members_each_within_the_group(self):
        application = self.apply({"A": 10e6, "B": 6e6}, allocation="shared")
        application.write({"group_limit": 10e6, "group_net_limit": 10e6})
        self.assertFalse(application._unmet_allocation())
        application.write({"group_limit": 9e6, "group_net_limit": 9e6})
        self.assertEqual(len(application._unmet_allocation()), 2)

    # The vote

    def test_every_amount_goes_to_head_office(self):
        application = self.voted({"A": 1})
        for role in ("viewer", "officer", "reviewer", "second", "meeting"):
            with self.subTest(role=role), self.assertRefused("."):
                application.with_user(self.users[role]).approval_approve("x")
        application.with_user(self.users["manager"]).approval_approve("x")
        self.assertEqual(application.stage, "signing")

    def test_above_the_trigger_the_meeting_comes_first(self):
        self.capital.copy({"date_from": "2021-01-01", "net_capital": 900e6}).with_user(
            self.users["manager"]
        ).action_approve()
        application = self.voted({"A": 66e6 + 0.01})
        manager = application.with_user(self.users["manager"])
        with self.assertRefused("."):
            manager.approval_approve("x")
        application.with_user(self.users["meeting"]).approval_approve("x")
        self.assertEqual(application.stage, "approval")
        manager.approval_approve("x")
        self.assertEqual(application.stage, "signing")

    def test_under_vote_nothing_moves(self):
        application = self.voted({"A": 1e6})
        for vals in (
            {"stage": "signing"},
            {"stage": "investigation"},
            {"purpose": "x"},
            {"group_limit": 2e6},
        ):
            for user in ("officer", "manager"):
                with self.subTest(vals=vals), self.assertRefused("."):
                    application.with_user(self.users[user]).write(vals)
        with self.assertRefused("."):
            application.line_ids.with_user(self.users["reviewer"]).limit = 0
        with self.assertRefused("Withdraw the approval"):
            application.action_withdraw()

    def test_a_refused_vote_closes_and_a_returned_one_goes_back(self):
        application = self.voted({"A": 1e6})
        application.with_user(self.users["manager"]).approval_return("More facts")
        self.assertEqual(
            (application.stage, application.state), ("investigation", "open")
        )
        for user in ("officer", "reviewer", "second"):
            self.opine(application, user)
        application.with_user(self.users["manager"]).approval_refuse("No")
        self.assertEqual(application.state, "refused")

    def test_approval_freezes_what_it_rests_on(self):
        application = self.approved({"A": 3e6})
        snapshot = application.snapshot
        self.assertEqual({m["name"] for m in snapshot["members"]}, {"A", "B", "C"})
        self.assertEqual({e["held"] for e in snapshot["edges"]}, {"B", "C"})
        self.assertEqual(snapshot["capital"]["net"], 440e6)
        self.assertEqual(snapshot["parameters"]["group_limit_pct"], 15)
        self.assertEqual(snapshot["formulas"][0]["inputs"]["equity"], "500000000.0")
        self.assertEqual(snapshot["request"]["lines"][0]["limit"], 3e6)
        self.assertEqual(len(application.snapshot_hash), 64)
        self.partner("B").name = "Renamed"
        self.assertIn("B", {m["name"] for m in application.snapshot["members"]})

    def test_a_group_that_changed_is_not_approved_unseen(self):
        application = self.voted({"A": 3e6})
        self.relate("B>D 60")
        self.identify()
        self.confirm(self.group)
        with self.assertRefused("have changed since the vote"):
            application.with_user(self.users["manager"]).approval_approve("x")

    # Lines

    def test_signing_opens_the_lines(self):
        application = self.approved({"A": 30e6, "B": 10e6})
        with self.assertRefused("register the signed contract"):
            application.with_user(self.users["reviewer"]).action_put_in_effect()
        with self.assertRefused("checks the signed contract"):
            self.sign(application, user="officer")
        self.sign(application)
        self.assertEqual((application.stage, application.state), ("usage", "effective"))
        group, a, b = self.line(), self.line("A"), self.line("B")
        self.assertEqual((group.limit, a.limit, b.limit), (40e6, 30e6, 10e6))
        self.assertEqual(a.parent_id, group)
        self.assertEqual((a.state, a.date_end), ("active", application.date_end))
        self.assertEqual(application.credit_line_ids, group | a | b)
        self.assertEqual(a.event_ids.source_id, application.id)
        with self.assertRefused("Nothing has been drawn"):
            application.stage = "follow_up"

    def test_conditions_come_before_the_lines(self):
        application = self.apply({"A": 3e6}, conditions="Mortgage registered")
        for user in ("officer", "reviewer", "second"):
            self.opine(application, user)
        application.with_user(self.users["manager"]).approval_approve("x")
        with self.assertRefused("Conditions Met"):
            self.sign(application)
        application.conditions_met = True
        self.sign(application)
        self.assertTrue(self.line("A"))

    def test_products_stand_below_their_member(self):
        application = self.apply({"A": 10e6})
        application.line_ids = [
            Command.create(
                {
                    "partner_id": self.partner("A").id,
                    "product_id": self.product.id,
                    "requested_limit": 6e6,
                    "revolving": False,
                }
            )
        ]
        for user in ("officer", "reviewer", "second"):
            self.opine(application, user)
        application.with_user(self.users["manager"]).approval_approve("x")
        self.sign(application)
        line = self.line("A", self.product)
        self.assertEqual((line.limit, line.revolving), (6e6, False))
        self.assertEqual(line.parent_id, self.line("A"))

    def test_the_kind_fits_what_there_is(self):
        for kind in ("renew", "increase", "decrease", "temporary"):
            application = self.apply({"A": 1e6}, kind=kind)
            with self.subTest(kind=kind), self.assertRefused("no lines yet"):
                self.opine(application, "officer")
            application.unlink()
        self.effective({"A": 1e6})
        with self.assertRefused("has lines already"):
            self.opine(self.apply({"A": 2e6}), "officer")

    def test_increase_and_decrease_through_the_door(self):
        self.effective({"A": 10e6, "B": 5e6})
        self.effective({"A": 12e6}, kind="increase")
        self.assertEqual((self.line().limit, self.line("A").limit), (17e6, 12e6))
        self.assertEqual(self.line("B").limit, 5e6, "Who asks for nothing keeps it")
        self.effective({"A": 2e6, "B": 6e6}, kind="decrease")
        self.assertEqual(
            (self.line().limit, self.line("A").limit, self.line("B").limit),
            (8e6, 2e6, 6e6),
        )

    def test_renewal_extends(self):
        self.effective({"A": 10e6}, date_end=self.months(3))
        self.assertEqual(self.line("A").date_end, self.months(3))
        application = self.effective({"A": 8e6}, kind="renew")
        line = self.line("A")
        self.assertEqual((line.date_end, line.limit), (application.date_end, 8e6))
        self.assertEqual(self.line().date_end, application.date_end)

    def test_a_temporary_increase_ends_by_itself(self):
        self.effective({"A": 10e6})
        application = self.effective(
            {"A": 14e6},
            kind="temporary",
            date_start=self.today - relativedelta(months=1),
            date_end=self.today - relativedelta(days=1),
        )
        self.assertEqual((self.line().limit, self.line("A").limit), (14e6, 14e6))
        end = self.line("A").date_end
        self.env["credit.application"]._cron_end_temporary()
        self.assertEqual((self.line().limit, self.line("A").limit), (10e6, 10e6))
        self.assertEqual(self.line("A").date_end, end)
        self.assertIn("has ended", application.close_reason)
        self.env["credit.application"]._cron_end_temporary()
        self.env["credit.application"]._cron_end_temporary()
        self.assertEqual(self.line("A").limit, 10e6, "Taken back once")
