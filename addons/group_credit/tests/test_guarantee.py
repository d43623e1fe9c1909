from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestGuarantee(IdentificationCase):
    def vouch(self, *texts, **vals):
        """ "A>B": A stands surety for B."""
        vals = {"guarantee_amount": 100, **vals}
        return self.relate(*texts, kind="guarantee", equity_pct=0, **vals)

    def rings(self):
        Ring = self.env["credit.guarantee.ring"].with_user(self.users["viewer"])
        rings = Ring.search([("company_id", "=", self.company.id)])
        return {frozenset(ring.partner_ids.mapped("name")): ring for ring in rings}

    def test_a_ring_shows_with_its_amounts(self):
        group = self.confirmed("H>A 60")
        self.vouch("A>B", "B>C", "C>A", "C>D")
        self.identify()
        ((names, ring),) = self.rings().items()
        self.assertEqual((names, ring.size), (frozenset("ABC"), 3))
        self.assertEqual((ring.amount, ring.unknown_count), (300, 0))
        self.assertEqual(ring.name, "A → B → C → A")
        self.assertEqual(len(ring.relation_ids), 3)
        self.assertEqual(ring.group_ids, group)
        self.assertEqual(group._guarantee_rings(), ring)
        self.assertEqual(group.guarantee_ring_count, 1)
        action = group.with_user(self.users["viewer"]).action_view_guarantee_rings()
        self.assertEqual(ring.search(action["domain"]), ring)

    def test_a_ring_puts_nobody_into_a_group(self):
        self.vouch("A>B", "B>A")
        self.assertFalse(self.identify())
        self.assertTrue(self.rings())

    def test_rings_follow_the_guarantees(self):
        first = self.vouch("A>B", "B>A", guarantee_amount=0)
        self.identify()
        ring = self.rings()[frozenset("AB")]
        self.assertEqual((ring.amount, ring.unknown_count), (0, 2))
        first[0].guarantee_amount = 70
        self.identify()
        self.assertEqual((ring.amount, ring.unknown_count), (70, 1))
        self.vouch("B>C", "C>A")
        self.identify()
        self.assertEqual(set(self.rings()), {frozenset("ABC")})
        first[0].valid_to = fields.Date.context_today(first)
        self.identify()
        self.assertEqual(self.rings(), {})

    def test_other_companies_and_drafts_do_not_count(self):
        self.vouch("A>B")
        draft = self.vouch("B>A", state="draft")
        self.vouch("B>A", company_id=self.env.ref("base.main_company").id)
        self.identify()
        self.assertFalse(self.rings())
        draft.with_user(self.users["reviewer"]).action_confirm()
        self.identify()
        self.assertEqual(set(self.rings()), {frozenset("AB")})

    def test_amounts_in_other_currencies_are_converted(self):
        other = self.env["res.currency"].create({"name": "XTG", "symbol": "x"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        self.vouch("A>B"), self.vouch("B>A", currency_id=other.id)
        self.identify()
        self.assertEqual(self.rings()[frozenset("AB")].amount, 150)

    def test_wrong_amounts_and_hands_off(self):
        self.vouch("A>B", "B>A")
        with self.assertRefused("Amount Guaranteed", ValidationError):
            self.vouch("A>B", guarantee_amount=-1)
        self.identify()
        (ring,) = self.rings().values()
        for role in ("viewer", "manager"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                ring.with_user(self.users[role]).amount = 1
            with self.subTest(role=role), self.assertRaises(AccessError):
                ring.with_user(self.users[role]).unlink()
        with self.assertRaises(AccessError):
            ring.with_user(self.users["sales"]).read(["amount"])

    def test_the_list_costs_no_query_per_ring(self):
        self.vouch(*(f"R{i}>S{i}" for i in range(10)))
        self.vouch(*(f"S{i}>R{i}" for i in range(10)))
        self.identify()
        rings = self.env["credit.guarantee.ring"].browse(
            [ring.id for ring in self.rings().values()]
        )
        self.assertEqual(len(rings), 10)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(7):
            rings.mapped("name"), rings.group_ids
