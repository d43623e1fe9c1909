from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SaleCreditCase


@tagged("post_install", "-at_install")
class TestRelease(SaleCreditCase):
    """Exceptions by the credit department, and orders that wait."""

    def ask(self, order, amount=None, **vals):
        return (
            self.env["credit.override"]
            .with_user(self.seller)
            .create(
                {
                    "order_id": order.id,
                    "amount": amount or order.amount_total,
                    "reason": "Paid on time for ten years",
                    **vals,
                }
            )
        )

    def test_an_approved_release_lets_the_order_pass(self):
        order = self.quotation(900)
        release = self.ask(order)
        release.approval_submit()
        with self.refused("not enough room"):
            order.action_confirm()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            release.approval_approve("mine")
        release.with_user(self.reviewer).approval_approve("Agreed")
        order.action_confirm()
        self.assertEqual(self.stands(), (0, 900))
        with self.refused("not enough room"):
            self.confirmed(1)

    def test_a_release_is_of_an_amount_and_ends(self):
        order = self.quotation(900)
        with self.refused("comes to more"):
            self.ask(order, amount=899)
        release = self.ask(order)
        release.approval_submit()
        release.with_user(self.reviewer).approval_approve("Agreed")
        order.order_line.price_unit = 901
        with self.refused("not enough room"):
            order.action_confirm()
        order.order_line.price_unit = 900
        release.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE credit_override SET date_until = %s WHERE id = %s",
            (fields.Date.subtract(fields.Date.today(), days=1), release.id),
        )
        release.invalidate_recordset()
        with self.refused("not enough room"):
            order.action_confirm()

    def test_nobody_forges_a_release(self):
        release = self.ask(self.quotation(900))
        with self.assertRaises(UserError):
            release.write({"approval_state": "approved"})
        with self.assertRaises(AccessError):
            release.with_user(self.accountant).read(["amount"])
        viewer = "group_credit.group_group_credit_viewer"
        self.assertFalse(self.seller.has_group(viewer))

    def run_release(self):
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", return_value=60
        ):
            self.env["sale.order"]._cron_release()

    def test_orders_wait_and_are_confirmed_oldest_first(self):
        first = self.confirmed(700)
        older, younger = self.quotation(400), self.quotation(500)
        older.date_order = fields.Datetime.subtract(older.date_order, days=2)
        (older | younger).action_credit_wait()
        self.run_release()
        self.assertEqual({older.state, younger.state}, {"draft"})
        first._action_cancel()
        self.run_release()
        self.assertEqual((older.state, younger.state), ("sale", "draft"))
        self.assertFalse(older.credit_wait)
        self.assertTrue(younger.credit_wait)

    def test_a_customer_who_signs_is_not_met_by_the_refusal(self):
        order = self.quotation(900)
        order.sudo()._validate_order()
        self.assertEqual((order.state, order.credit_wait), ("draft", True))
        self.assertEqual(order.activity_ids.user_id, self.seller)
        self.quotation(100).sudo()._validate_order()
        self.assertEqual(self.stands(), (0, 100))
