from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import SaleCreditCase


@tagged("post_install", "-at_install")
class TestInvoice(SaleCreditCase):
    """From the reservation to the claim and its end, as the accountant."""

    def test_invoice_turns_the_reservation_into_use(self):
        order = self.confirmed(800)
        self.assertEqual(self.stands(), (0, 800))
        move = order.sudo()._create_invoices()
        self.assertEqual(self.stands(), (0, 800), "a draft of an order counts there")
        move.with_user(self.accountant).action_post()
        self.assertEqual(self.stands(), (800, 0), "also with a line that is full")
        self.assertEqual(order.credit_open, 0)

    def test_partly_invoiced(self):
        order = self.confirmed(600)
        move = order.sudo()._create_invoices()
        move.invoice_line_ids.quantity = 0.5
        move.action_post()
        self.assertEqual(self.stands(), (300, 300))

    def test_payments_give_back(self):
        self.invoice(500)
        self.assertEqual(self.stands(), (500, 0))
        self.pay(200)
        self.assertEqual(self.stands(), (300, 0))
        self.pay(400)
        self.assertEqual(self.stands(), (0, 0))

    def test_what_is_paid_in_advance_covers_orders(self):
        self.pay(250)
        self.confirmed(1000)
        self.assertEqual(self.stands(), (0, 750))

    def test_money_of_another_entity_covers_nothing(self):
        self.pay(5000, self.works)
        with self.refused("not enough room"):
            self.confirmed(801)

    def test_invoices_and_entries_are_refused_beyond_the_room(self):
        with self.refused("not enough room"):
            self.invoice(801)
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": self.mill.id,
                            "debit": 801,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_revenue"
                            ].id,
                            "credit": 801,
                        }
                    ),
                ]
            }
        )
        with self.refused("not enough room"):
            entry.action_post()
        self.assertEqual(self.stands(), (0, 0))

    def test_a_payment_that_bounces_is_booked_beyond_the_room(self):
        self.invoice(800)
        payment = self.pay(800)
        self.confirmed(800)
        self.assertEqual(self.stands(), (0, 800))
        payment.action_draft()
        self.assertEqual(self.stands(), (800, 800))

    def test_credit_notes_and_drafts_give_back(self):
        move = self.invoice(500)
        self.invoice(100, kind="out_refund")
        self.assertEqual(self.stands(), (400, 0))
        move.button_draft()
        self.assertEqual(self.stands(), (0, 0))

    def test_draft_invoices_by_choice(self):
        self.company.credit_count_drafts = True
        self.invoice(500, post=False)
        with self.refused("not enough room"):
            self.confirmed(301)
        self.confirmed(300)

    def test_the_night_finds_what_was_missed(self):
        self.invoice(500)
        self.env["credit.account"]._sync_safely(self.mill, self.company)
        self.assertEqual(self.stands(), (500, 0), "nothing was missed")
        # as an import past the ORM would
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_residual = 450"
            " WHERE partner_id = %s AND amount_residual = 500",
            [self.mill.id],
        )
        self.env.invalidate_all()
        self.env["credit.account"]._sync_safely(self.mill, self.company)
        self.assertEqual(self.stands(), (450, 0))

    def test_foreign_currency_counts_in_the_company_s(self):
        other = self.env["res.currency"].create(
            {"name": "TCU", "symbol": "T", "rounding": 0.01}
        )
        self.env["res.currency.rate"].create(
            {
                "name": fields.Date.today(),
                "rate": 2.0,
                "currency_id": other.id,
                "company_id": self.company.id,
            }
        )
        order = self.quotation(900)
        order.currency_id = other
        order.order_line.price_unit = 900
        order.action_confirm()
        self.assertEqual(order.amount_total, 900)
        self.assertEqual(self.stands(), (0, 450))
