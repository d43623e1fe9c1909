from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SaleCreditCase


@tagged("post_install", "-at_install")
class TestOrder(SaleCreditCase):
    """Every way in which an order takes room, as the salesperson."""

    def test_a_confirmed_order_is_reserved(self):
        order = self.confirmed(300)
        self.assertEqual(self.stands(), (0, 300))
        self.assertEqual(self.stands(self.group_line), (0, 300))
        self.assertEqual(order.credit_open, 300)
        usage = self.env["credit.usage"].search([("line_id", "=", self.mill_line.id)])
        self.assertEqual((usage.kind, usage.origin_name), ("reserve", order.name))

    def test_who_has_no_line_is_not_managed(self):
        order = self.quotation(1e9, self.free)
        self.assertFalse(order.credit_decision)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_line_of_zero_means_in_advance(self):
        self._grant(0, partner_id=self.free.id)
        order = self.quotation(10, self.free)
        self.assertEqual(order.credit_decision, "block")
        self.assertIn("pay in advance", order.credit_message)
        with self.refused("pay in advance"):
            order.action_confirm()
        self.pay(10, self.free)
        order.invalidate_recordset(["credit_decision"])
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_no_room_on_the_line_of_the_customer(self):
        self.confirmed(500)
        order = self.quotation(301)
        self.assertEqual(order.credit_decision, "approval")
        self.assertNotIn("300", order.credit_message)
        with self.refused("credit line of the customer has not enough room"):
            order.action_confirm()
        self.assertEqual(self.stands(), (0, 500))
        self.confirmed(300)

    def test_no_room_on_the_line_of_the_group(self):
        self.confirmed(700)
        with self.refused("credit line of the group has not enough room"):
            self.confirmed(301, self.works)
        self.confirmed(300, self.works)
        self.assertEqual(self.stands(self.group_line), (0, 1000))

    def test_whichever_way_it_is_confirmed(self):
        order = self.quotation(801)
        for way in (
            lambda: order.write({"state": "sale"}),
            order.action_confirm,
            (order | self.quotation(1)).action_confirm,
        ):
            with self.refused("not enough room"):
                way()
        self.assertEqual(self.stands(), (0, 0))

    def test_two_in_one_batch_count_together(self):
        both = self.quotation(500) | self.quotation(500)
        with self.refused("not enough room"):
            both.action_confirm()
        self.assertEqual(self.stands(), (0, 0))

    def test_a_confirmed_order_grows_within_the_room_alone(self):
        order = self.confirmed(500)
        line = order.order_line
        line.write({"product_uom_qty": 1.5, "price_unit": 500})
        self.assertEqual(self.stands(), (0, 750))
        for way in (
            lambda: line.write({"product_uom_qty": 2, "price_unit": 500}),
            lambda: line.write({"price_unit": 900}),
            lambda: order.write(
                {
                    "order_line": [
                        Command.create(
                            {"product_id": self.product_x.id, "price_unit": 51}
                        )
                    ]
                }
            ),
            lambda: line.copy({"order_id": order.id}),
        ):
            with self.refused("not enough room"):
                way()
        self.assertEqual(self.stands(), (0, 750))
        line.write({"product_uom_qty": 0.4, "price_unit": 500})
        self.assertEqual(self.stands(), (0, 200))

    def test_cancelling_gives_back_and_opening_again_asks_again(self):
        order = self.confirmed(500)
        order._action_cancel()
        self.assertEqual(self.stands(), (0, 0))
        self.confirmed(400)
        order.action_draft()
        with self.refused("not enough room"):
            order.action_confirm()

    def test_a_delivery_beyond_the_order_is_booked_not_refused(self):
        order = self.confirmed(800)
        order.order_line.qty_delivered = 1.5
        self.env.cr.flush()  # as before a commit
        self.assertEqual(self.stands(), (0, 1200))

    def test_a_frozen_line_takes_nothing_and_gives_back(self):
        order = self.confirmed(500)
        self.mill_line._record_event("freeze", reason="x")
        with self.refused("frozen"):
            self.confirmed(1)
        order._action_cancel()
        self.assertEqual(self.stands(), (0, 0))

    def test_the_legal_entity_counts(self):
        shop = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.mill.id}
        )
        self.confirmed(300, shop)
        self.assertEqual(self.stands(), (0, 300))

    def test_what_was_owed_before_the_line_is_booked_first(self):
        self.confirmed(700, self.free)
        line = self._grant(500, partner_id=self.free.id)
        with self.refused("not enough room"):
            self.confirmed(1, self.free)
        self.env["credit.account"]._open(self.free, self.company)
        self.assertEqual(self.stands(line), (0, 700))

    def test_another_line_takes_over_what_is_out(self):
        self._grant(500, partner_id=self.free.id)
        order = self.confirmed(200, self.free)
        old = self.env["credit.line"].search([("partner_id", "=", self.free.id)])
        order._action_cancel()
        old._record_event("terminate", reason="x")
        new = self._grant(600, partner_id=self.free.id)
        self.confirmed(250, self.free)
        self.assertEqual(self.stands(old), (0, 0))
        self.assertEqual(self.stands(new), (0, 250))

    def test_salespeople_see_words_and_no_lines(self):
        self.confirmed(300)
        for model in ("credit.line", "credit.usage"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.seller).search([])
        with self.assertRaises(AccessError):
            self.env["credit.line"].with_user(self.seller).check(
                partner_id=self.mill.id, amount=1
            )

    def test_queries(self):
        """A check costs the same, whatever was ordered before."""
        for _number in range(5):
            self.confirmed(1)
        order = self.quotation(10)
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        with self.assertQueryCount(16):
            order._credit_check()
