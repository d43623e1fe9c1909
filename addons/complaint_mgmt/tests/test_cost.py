import threading
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .test_injury import InjuryCommon


@tagged("post_install", "-at_install")
class TestCost(InjuryCommon):
    def cost(self, kind, amount, user=None, **values):
        return (
            self.env["complaint.cost"]
            .with_user(user or self.handler)
            .create({"case_id": self.case.id, "kind": kind, "amount": amount, **values})
        )

    def test_what_came_back_counts_against_it(self):
        self.cost("goods", 860)
        self.cost("freight", 40.5)
        back = self.cost("supplier", 600)
        self.assertEqual(self.case.cost_total, 300.5)
        back.action_reverse()
        self.assertEqual(self.case.cost_total, 900.5)
        self.assertEqual(back.reversal_ids.user_id, self.handler)
        for wrong in (back, back.reversal_ids):
            with self.refused(UserError, "reversed"):
                wrong.action_reverse()

    def test_entries_stay(self):
        cost = self.cost("goods", 10)
        for values in ({"amount": 1}, {"kind": "supplier"}, {"date": "2020-01-01"}):
            with self.refused(UserError, "stays as it was entered"):
                cost.write(values)
        cost.note = "Two hinges"
        for user in (self.handler, self.admin):
            with self.assertRaises(AccessError):
                cost.with_user(user).unlink()
        with self.refused(UserError, "not deleted"):
            cost.sudo().unlink()
        with self.refused(ValidationError, "in the future"):
            self.cost("goods", 1, date=fields.Date.today() + timedelta(days=2))
        with self.assertRaises(UserError):
            self.cost("goods", 1, user_id=self.admin.id)
        with self.assertRaises(UserError):
            self.cost("goods", 1, reversed_id=cost.id)
        # neither the burden nor the total is entered
        with self.assertRaises(UserError):
            self.cost("goods", 1, net=-1000)
        with self.assertRaises(UserError):
            self.case.with_user(self.handler).cost_total = 0
        forged = (
            self.env["complaint.cost"]
            .with_user(self.handler)
            .with_context(default_net=-1000)
            .create({"case_id": self.case.id, "kind": "goods", "amount": 5})
        )
        self.assertEqual(forged.net, 5)
        for amount in (0, -5):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(Exception),  # noqa: B017
                self.env.cr.savepoint(),
            ):
                self.cost("goods", amount).flush_recordset()

    def test_compensation_only_as_approved(self):
        with self.refused(UserError, "submit a proposal first"):
            self.cost("compensation", 1)
        self.case.liability = "company"
        proposal = (
            self.env["complaint.proposal"]
            .with_user(self.handler)
            .create(
                {
                    "case_id": self.case.id,
                    "amount": 500,
                    "text": "Half the price",
                    "remedy_ids": [fields.Command.set(self.repair.ids)],
                }
            )
        )
        proposal.approval_submit()
        with self.refused(UserError, "submit a proposal first"):
            self.cost("compensation", 1)
        proposal.with_user(self.manager).approval_approve()
        paid = self.cost("compensation", 500)
        with self.refused(UserError, "submit a proposal first"):
            self.cost("compensation", 0.01)
        paid.action_reverse()
        self.cost("compensation", 499.99)

    def test_medical_fees_only_as_decided(self):
        with self.refused(UserError, "duty manager decided"):
            self.cost("medical", 100)
        self.case.liability = "company"
        self.enter(advance="yes", advance_amount=3000)
        self.as_(self.manager).action_decide()
        self.cost("medical", 1280)
        with self.refused(UserError, "duty manager decided"):
            self.cost("medical", 1720.01)

    def test_who_sees_and_enters(self):
        cost = self.cost("goods", 10)
        with self.assertRaises(AccessError):
            self.cost("goods", 1, user=self.agent)
        with self.assertRaises(AccessError):
            cost.with_user(self.outsider).read(["amount"])


@tagged("post_install", "-at_install")
class TestCostTogether(BaseCase):
    """Several people enter fees of the same injury at once, on real connections."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            case = env["complaint.case"].create({"name": "Together", "injury": "yes"})
            case.injury_ids.write(
                {
                    "advance": "yes",
                    "advance_amount": 1000,
                    "decided_at": fields.Datetime.now(),
                }
            )
            self.case = case.id
        self.addCleanup(self.clean)

    def clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM complaint_cost WHERE case_id = %s", [self.case])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["complaint.case"].browse(self.case).unlink()

    def pay(self, ready, results):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            waits = [True]

            def enter():
                # everybody has looked before anybody pays
                env["complaint.case"].browse(self.case).fetch(["cost_total"])
                if waits:
                    waits.pop()
                    ready.wait(10)
                env["complaint.cost"].create(
                    {"case_id": self.case, "kind": "medical", "amount": 300}
                )
                env.cr.flush()

            try:
                retrying(enter, env)
                results.append("paid")
            except UserError:
                cr.rollback()
                results.append("refused")

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_not_more_than_decided(self):
        ready, results = threading.Barrier(4), []
        people = [
            threading.Thread(target=self.pay, args=(ready, results)) for _n in range(4)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join(60)
        self.assertEqual(sorted(results), ["paid"] * 3 + ["refused"])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(env["complaint.case"].browse(self.case).cost_total, 900)
