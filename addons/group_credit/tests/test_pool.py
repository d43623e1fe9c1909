from datetime import date
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.errors import NotNullViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..engine.pool import Account, contribution, draw_problem, latest_end, leave_problem
from .common import GroupCreditCase

MONEY = st.decimals(0, 10_000_000, places=2)
TODAY = date(2026, 3, 2)


@tagged("at_install", "-post_install")
class TestPoolEngine(BaseCase):
    def test_g1_contributions(self):
        self.assertEqual(contribution(Decimal(100000), Decimal(5)), 5000)
        self.assertEqual(contribution(Decimal(60000), Decimal(5)), 3000)

    def test_g4_term(self):
        self.assertEqual(latest_end(date(2026, 3, 2), 36), date(2029, 3, 2))
        self.assertEqual(latest_end(date(2024, 2, 29), 36), date(2027, 2, 28))

    @given(st.lists(MONEY, min_size=1, max_size=8))
    def test_nobody_leaves_while_somebody_owes(self, owed):
        accounts = {n: Account(owed=amount) for n, amount in enumerate(owed)}
        owing = leave_problem(accounts, 0)
        self.assertEqual(bool(owing), any(owed))
        if owed[0]:
            self.assertEqual(owing[0], 0)

    @given(MONEY, MONEY, MONEY)
    def test_draws_never_pass_the_loan(self, loan, drawn, amount):
        account = Account(loan=loan, drawn=drawn, paid_in=loan)
        problem = draw_problem(account, amount, Decimal(5))
        self.assertEqual(problem == "loan", drawn + amount > loan)


@tagged("post_install", "-at_install")
class TestPool(GroupCreditCase):
    def setUp(self):
        super().setUp()
        clock = freeze_time(f"{TODAY} 04:00:00")
        clock.start()
        self.addCleanup(clock.stop)
        self.people = [self.person(name) for name in ("Ada", "Bo", "Cy")]
        self.pool = self.create_pool()

    def create_pool(self, **vals):
        loans = (100000, 60000, 80000)
        return (
            self.env["credit.pool"]
            .with_user(self.users["officer"])
            .create(
                {
                    "name": "Teachers",
                    "unit_id": self.partner("School").id,
                    "payroll": True,
                    "head_id": self.people[0].id,
                    "date_start": TODAY,
                    "date_end": date(2029, 3, 2),
                    "custodian_id": self.people[2].id,
                    "fund_account": "6228",
                    "member_ids": [
                        Command.create(
                            {
                                "partner_id": person.id,
                                "fixed_income": True,
                                "loan": loan,
                            }
                        )
                        for person, loan in zip(self.people, loans, strict=True)
                    ],
                    **vals,
                }
            )
        )

    def activate(self):
        self.pool.with_user(self.users["reviewer"]).action_activate()
        return self.pool.member_ids

    def book(self, member, kind, amount, role="officer"):
        return (
            self.env["credit.pool.entry"]
            .with_user(self.users[role])
            .create({"member_id": member.id, "kind": kind, "amount": amount})
        )

    def lend(self, member, amount):
        self.book(member, "pay_in", member.due)
        self.book(member, "draw", amount)

    def test_g1_contributions(self):
        self.assertEqual(self.pool.member_ids.mapped("due"), [5000, 3000, 4000])
        self.assertEqual(self.pool.fund_due, 12000)

    def test_g2_dissolve_with_one_yuan_outstanding(self):
        ada, _bo, _cy = self.activate()
        self.lend(ada, 100000)
        self.book(ada, "repay", 99999)
        reviewer = self.pool.with_user(self.users["reviewer"])
        with self.assertRefused("cannot be dissolved: Ada still owe"):
            reviewer.action_dissolve()
        with self.assertRefused("once the pool is dissolved"):
            self.book(ada, "pay_back", 1, "reviewer")
        self.book(ada, "repay", 1)
        reviewer.action_dissolve()
        self.assertEqual(self.pool.state, "dissolved")
        self.book(ada, "pay_back", 5000, "reviewer")
        self.assertEqual(self.pool.fund, 0)
        with self.assertRefused("paid in less"):
            self.book(ada, "pay_back", 1, "reviewer")

    def test_g3_nobody_leaves_while_another_owes(self):
        ada, bo, cy = self.activate()
        self.lend(bo, 10)
        cy = cy.with_user(self.users["reviewer"])
        cy.leave_reason = "Moves away; the head agrees"
        with self.assertRefused("Cy cannot leave: Bo still owe"):
            cy.action_leave()
        self.book(bo, "repay", 10)
        cy.action_leave()
        self.assertEqual((cy.leave_kind, cy.date_left), ("exit", TODAY))
        self.assertEqual(self.pool.member_count, 2)
        ada = ada.with_user(self.users["reviewer"])
        ada.leave_reason = "Retires"
        with self.assertRefused("another head"):
            ada.action_leave()

    def test_g4_term(self):
        with self.assertRefused("36 months", ValidationError):
            self.pool.date_end = date(2029, 3, 3)
        with self.assertRefused("36 months", ValidationError):
            self.pool.date_end = TODAY

    def test_g5_draw_before_contribution(self):
        ada, _bo, _cy = self.activate()
        with self.assertRefused("before 5 % of the loan are paid"):
            self.book(ada, "draw", 1)
        self.book(ada, "pay_in", 4999.99)
        with self.assertRefused("before 5 % of the loan are paid"):
            self.book(ada, "draw", 1)
        self.book(ada, "pay_in", 0.01)
        self.book(ada, "draw", 100000)
        with self.assertRefused("more than the loan agreed"):
            self.book(ada, "draw", 0.01)

    def test_g6_violators(self):
        _ada, bo, _cy = self.activate()
        self.lend(bo, 60000)
        reviewer = bo.with_user(self.users["reviewer"])
        reviewer.leave_reason = "Does not pay; the head agrees"
        with self.assertRefused("Bo still owes"):
            reviewer.action_expel()
        with self.assertRefused("Only a reviewer"):
            self.book(bo, "assume", 60000)
        self.book(bo, "assume", 60000, "reviewer")
        reviewer.action_expel()
        self.assertEqual(bo.leave_kind, "expelled")
        with self.assertRefused("they have left"):
            self.book(bo, "draw", 1)

    def test_what_a_pool_needs(self):
        pool = self.create_pool(
            payroll=False,
            head_id=self.partner("School").id,
            custodian_id=False,
            member_ids=False,
        )
        words = "custodian.*head who is a member.*wages.*2 members"
        with self.assertRefused(words):
            pool.with_user(self.users["reviewer"]).action_activate()
        joint = self.create_pool(kind="joint")
        with self.assertRefused("5 members at least"):
            joint.with_user(self.users["reviewer"]).action_activate()

    def test_four_eyes(self):
        with self.assertRefused("Only a reviewer"):
            self.pool.action_activate()
        own = self.pool.with_user(self.users["reviewer"]).copy(
            {"member_ids": [Command.set([])]}
        )
        with self.assertRefused("prepared .* yourself"):
            own.action_activate()

    def test_contract_and_ledger_stand(self):
        ada, _bo, _cy = self.activate()
        with self.assertRefused("in force and stands"):
            self.pool.date_end = date(2028, 1, 1)
        with self.assertRefused("cannot be entered"):
            self.pool.state = "dissolved"
        entry = self.book(ada, "pay_in", 10)
        with self.assertRefused("An entry stands"):
            entry.amount = 20
        with self.assertRaises(AccessError):
            entry.unlink()
        with self.assertRefused("stays on record"):
            self.pool.unlink()
        with self.assertRefused("stays on record"):
            ada.unlink()
        with self.assertRefused("cannot be entered"):
            ada.date_left = TODAY
        with self.assertRefused("owes less"):
            self.book(ada, "repay", 1)

    def test_no_way_around_the_reviewer(self):
        pools = self.env["credit.pool"].with_user(self.users["officer"])
        forged = pools.with_context(default_state="active", default_revision=9)
        pool = forged.create({"name": "Forged"})
        self.assertEqual((pool.state, pool.revision), ("draft", 0))
        with self.assertRefused("cannot be entered"):
            pool.dissolved_on = False
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(NotNullViolation),
            self.cr.savepoint(),
        ):
            self.env["credit.pool.entry"].create({"kind": "pay_in", "amount": 1})

    def test_renewal(self):
        self.activate()
        reviewer = self.pool.with_user(self.users["reviewer"])
        with self.assertRefused("Only a reviewer"):
            self.pool.action_renew()
        with freeze_time("2029-02-01 04:00:00"):
            reviewer.action_renew()
        self.assertEqual(self.pool.renewed_on, date(2029, 2, 1))
        self.assertEqual(self.pool.date_end, date(2032, 2, 1))
        with self.assertRefused("36 months", ValidationError):
            self.pool.sudo().date_end = date(2032, 2, 2)

    def test_roles(self):
        viewer = self.users["viewer"]
        self.assertEqual(self.pool.with_user(viewer).name, "Teachers")
        with self.assertRaises(AccessError):
            self.pool.with_user(viewer).name = "x"
        with self.assertRaises(AccessError):
            self.pool.with_user(self.users["sales"]).read(["name"])
        member = self.activate()[0]
        with self.assertRaises(AccessError):
            self.book(member, "pay_in", 1, "viewer")

    def test_members_are_persons(self):
        with self.assertRefused("is a company", ValidationError):
            self.pool.member_ids = [
                Command.create({"partner_id": self.partner("Shop").id, "loan": 1})
            ]

    def test_nothing_is_booked_before_it_is_in_force(self):
        with self.assertRefused("is not in force"):
            self.book(self.pool.member_ids[0], "pay_in", 1)
