from dateutil.relativedelta import relativedelta
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.group_credit.tests.application_case import ApplicationCase


@tagged("post_install", "-at_install")
class TestApplication(ApplicationCase):
    """From the first request to the vote."""

    def test_totals(self):
        application = self.apply({"A": 20e6, "B": 10e6})
        application.line_ids = [
            Command.create(
                {
                    "partner_id": self.partner("B").id,
                    "product_id": self.product.id,
                    "requested_limit": 8e6,
                }
            )
        ]
        self.assertEqual(application.requested_limit, 30e6, "B's 8 lie within B's 10")
        self.assertEqual(application.group_limit, 30e6)
        self.assertEqual(application.group_exposure, 30e6)
        self.assertTrue(application.is_incremental, "The first credit is incremental")
        self.assertAlmostEqual(application.capital_pct, 30 / 440 * 100, 4)
        self.assertEqual(application.hard_limit, 66e6)

    def test_margin_lowers_the_net_limit(self):
        application = self.apply({"A": 40e6})
        application.line_ids.margin_pct = 50
        self.assertEqual(application.line_ids.net_limit, 20e6)
        self.assertEqual(
            (application.group_limit, application.group_exposure), (40e6, 20e6)
        )

    def test_a_product_within_its_member(self):
        application = self.apply({"A": 10e6})
        with self.assertRefused("more than the member's own"):
            application.line_ids = [
                Command.create(
                    {
                        "partner_id": self.partner("A").id,
                        "product_id": self.product.id,
                        "requested_limit": 11e6,
                    }
                )
            ]

    def test_only_members_apply(self):
        with self.assertRefused("D is not a member"):
            self.apply({"D": 1e6})

    def test_validity_of_twelve_months_at_most(self):
        application = self.apply({"A": 1e6})
        self.assertEqual(
            application.date_end, self.today + relativedelta(months=12, days=-1)
        )
        application.date_end = self.months(12)
        with self.assertRefused("12 months at most"):
            application.date_end = self.months(12) + relativedelta(days=1)

    def test_one_open_application_per_group(self):
        application = self.apply({"A": 1e6})
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                self.apply({"B": 1e6})
        application.close_reason = "The client chose another bank"
        application.action_withdraw()
        self.assertTrue(self.apply({"B": 1e6}))

    def test_amounts(self):
        application = self.apply({"A": 10e6})
        for vals in (
            {"limit": 10e6 + 1},
            {"limit": -1},
            {"net_limit": 11e6},
            {"margin_pct": 101},
            {"requested_limit": -5},
        ):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                application.line_ids.write(vals)

    # The way

    def test_every_unmet_condition_is_named(self):
        application = self.apply({"A": 1e6}, purpose=False)
        application.check_ids[0].write({"result": False, "note": False})
        with self.assertRefused("Purpose.*\n.*not answered.*\n.*opinion") as refused:
            application.stage = "review"
        self.assertIn("Review", str(refused.exception))
        self.assertIn("Purpose", application.unmet_text)
        self.assertEqual(application.stage, "investigation")

    def test_checklist_takes_evidence_or_a_finding(self):
        application = self.apply({"A": 1e6})
        check = application.check_ids.filtered("evidence")[0]
        check.write({"result": "ok"})
        with self.assertRefused("needs its evidence"):
            self.opine(application, "officer")
        check.attachment_ids = [Command.create({"name": "photo", "raw": b"x"})]
        self.assertEqual(check.user_id, self.users["officer"])
        check.write({"result": "issue", "note": False})
        with self.assertRefused("needs the finding"):
            self.opine(application, "officer")
        check.note = "Stock is lower than stated"
        self.opine(application, "officer")
        self.assertEqual(application.stage, "review")
        with self.assertRefused("checklist is closed"):
            check.note = "Later"
        application._return()
        with self.assertRefused("Questions of the checklist stay"):
            check.unlink()

    def test_no_stage_is_skipped_by_whatever_door(self):
        application = self.apply({"A": 1e6})
        for stage in ("deliberation", "approval", "signing", "usage", "follow_up"):
            for user in ("officer", "manager"):
                with (
                    self.subTest(stage=stage),
                    self.assertRefused("one step at a time"),
                ):
                    application.with_user(self.users[user]).stage = stage
        with self.assertRefused("starts with the investigation"):
            application.copy({"stage": "signing"})
        with self.assertRefused("put to the vote after"):
            application.approval_submit()

    def test_four_eyes(self):
        application = self.apply({"A": 1e6}, user="second")
        with self.assertRefused("answers for the investigation"):
            self.opine(application, "officer")
        self.opine(application, "second")
        with self.assertRefused("four eyes"):
            self.opine(application, "second")
        with self.assertRefused("takes the role"):
            self.opine(application, "officer")
        self.opine(application, "reviewer")
        self.assertEqual(application.reviewer_id, self.users["reviewer"])
        self.assertEqual(application.stage, "deliberation")

    def test_a_return_asks_for_all_opinions_anew(self):
        application = self.apply({"A": 1e6})
        self.opine(application, "officer")
        self.opine(application, "reviewer", "return", "Visit the site first")
        self.assertEqual((application.stage, application.round), ("investigation", 2))
        with self.assertRefused("opinion of this stage"):
            application.stage = "review"
        self.opine(application, "officer")
        self.assertEqual(application.stage, "review")
        self.assertEqual(len(application.opinion_ids), 3)

    def test_a_refusal_closes(self):
        application = self.apply({"A": 1e6})
        self.opine(application, "officer")
        self.opine(application, "reviewer", "refuse", "No source of repayment")
        self.assertEqual(application.state, "refused")
        with self.assertRefused("is closed"):
            self.opine(application, "reviewer")
        with self.assertRefused("is closed"):
            application.with_user(self.users["reviewer"]).stage = "deliberation"

    def test_an_opinion_is_never_changed(self):
        application = self.apply({"A": 1e6})
        self.opine(application, "officer")
        opinion = application.opinion_ids
        self.assertEqual(opinion.user_id, self.users["officer"])
        manager = opinion.with_user(self.users["manager"])
        for change in (
            lambda: manager.write({"text": "Other"}),
            manager.unlink,
            lambda: manager.create(
                {
                    "application_id": application.id,
                    "round": 1,
                    "stage": "review",
                    "verdict": "agree",
                    "text": "x",
                    "user_id": manager.env.uid,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                change()
        with self.assertRefused("stays as history"):
            application.unlink()

    def test_what_was_requested_stays_after_the_investigation(self):
        application = self.apply({"A": 5e6})
        self.opine(application, "officer")
        extra = {"partner_id": self.partner("B").id, "requested_limit": 1}
        for change in (
            lambda: application.write({"kind": "renew"}),
            lambda: application.line_ids.write({"requested_limit": 6e6}),
            lambda: application.line_ids.unlink(),
            lambda: application.write({"line_ids": [Command.create(extra)]}),
        ):
            with self.assertRefused("Return it to the investigation"):
                change()
        terms = application.with_user(self.users["reviewer"]).line_ids
        terms.write({"limit": 4e6, "net_limit": 4e6})
        self.assertEqual(
            (application.group_limit, application.requested_limit), (4e6, 5e6)
        )

    def test_nobody_forges_what_follows(self):
        application = self.apply({"A": 5e6}).with_user(self.users["manager"])
        for vals in (
            {"state": "effective"},
            {"snapshot": {}},
            {"round": 5},
            {"reviewer_id": self.users["manager"].id},
            {"approval_state": "approved"},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                application.write(vals)
        with self.assertRefused("follows from its formula"):
            application.theory_ids[0].write({"result": 1e9, "known": True})

    def test_roles(self):
        application = self.apply({"A": 1e6})
        viewer = application.with_user(self.users["viewer"])
        self.assertEqual(viewer.requested_limit, 1e6)
        for change in (
            lambda: viewer.write({"purpose": "x"}),
            lambda: viewer.write({"stage": "review"}),
            viewer.action_withdraw,
            viewer.approval_submit,
            viewer.action_recompute_theory,
            lambda: self.apply({"A": 1e6}, user="viewer"),
        ):
            with self.assertRaises(UserError):
                change()
        with self.assertRaises(AccessError):
            application.with_user(self.users["sales"]).read(["name"])
