from contextlib import contextmanager

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class SaleCreditCase(AccountTestInvoicingCommon):
    """Two members of a group of customers with a line each below the group's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        context = {"lang": "en_US", "allowed_company_ids": cls.company.ids}
        cls.env = cls.env(user=SUPERUSER_ID, context=context)
        company = {"company_id": cls.company.id, "company_ids": cls.company.ids}
        cls.seller = new_test_user(
            cls.env, "gcs_seller", groups="sales_team.group_sale_salesman", **company
        )
        cls.accountant = new_test_user(
            cls.env, "gcs_accountant", groups="account.group_account_invoice", **company
        )
        cls.reviewer = new_test_user(
            cls.env,
            "gcs_reviewer",
            groups="base.group_user,group_credit.group_group_credit_reviewer",
            **company,
        )
        cls.mill, cls.works, cls.free = cls.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "company_id": False}
                for name in ("Mill", "Works", "Free")
            ]
        )
        cls.product_x = cls.env["product.product"].create(
            {
                "name": "Yarn",
                "list_price": 100,
                "taxes_id": False,
                "invoice_policy": "order",
            }
        )
        cls.group = cls._group(cls.mill | cls.works)
        cls.group_line = cls._grant(1000, group_id=cls.group.id)
        below = {"group_id": cls.group.id, "parent_id": cls.group_line.id}
        cls.mill_line = cls._grant(800, partner_id=cls.mill.id, **below)
        cls.works_line = cls._grant(800, partner_id=cls.works.id, **below)

    @classmethod
    def _group(cls, partners):
        group = cls.env["credit.group"].create(
            {
                "name": "Mills",
                "kind": "supply_chain",
                "root_id": partners[0].id,
                "company_id": cls.company.id,
                "member_ids": [
                    Command.create({"partner_id": partner.id}) for partner in partners
                ],
            }
        )
        # sudo: what a committee decides is not what is tested here
        group.sudo().state = "confirmed"
        return group

    @classmethod
    def _grant(cls, limit, **vals):
        today = fields.Date.today()
        terms = {
            "limit": limit,
            "net_limit": limit,
            "low_risk_limit": 0,
            "allocation": "shared",
            "company_id": cls.company.id,
            "currency_id": cls.company.currency_id.id,
            "date_start": today - relativedelta(months=1),
            "date_end": today + relativedelta(months=10),
            **vals,
        }
        event = cls.env["credit.line"]._record_event("grant", terms, "Test")
        return event.line_id

    def quotation(self, amount, partner=None, user=None):
        orders = self.env["sale.order"].with_user(user or self.seller)
        return orders.create(
            {
                "partner_id": (partner or self.mill).id,
                "user_id": self.seller.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product_x.id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                        }
                    )
                ],
            }
        )

    def confirmed(self, amount, partner=None):
        order = self.quotation(amount, partner)
        order.action_confirm()
        return order

    def invoice(self, amount, partner=None, kind="out_invoice", post=True):
        move = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "move_type": kind,
                    "partner_id": (partner or self.mill).id,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "x", "price_unit": amount, "tax_ids": False}
                        )
                    ],
                }
            )
        )
        if post:
            move.action_post()
        return move

    def pay(self, amount, partner=None):
        payment = (
            self.env["account.payment"]
            .with_user(self.accountant)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": (partner or self.mill).id,
                    "amount": amount,
                    "journal_id": self.company_data["default_journal_bank"].id,
                }
            )
        )
        payment.action_post()
        return payment

    def stands(self, line=None):
        """``(drawn, reserved)`` of a line, as its counters have it."""
        self.env.flush_all()
        line = line or self.mill_line
        line.invalidate_recordset()
        return line.used, line.reserved

    @contextmanager
    def refused(self, words):
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            yield
