from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.group_credit.tests.common import GroupCreditCase


class LineCase(GroupCreditCase):
    """Groups with lines, and short ways to use them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Line Bank"})
        cls.company.currency_id = cls.env.ref("base.CNY")
        cls.env.ref("base.CNY").active = True
        cls.users["interface"] = new_test_user(
            cls.env,
            "gc_interface",
            groups="base.group_user,group_credit.group_group_credit_interface",
        )
        for user in (*cls.users.values(), cls.env.user):
            user.write(
                {
                    "company_ids": [Command.link(cls.company.id)],
                    "company_id": cls.company.id,
                }
            )
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.lines = cls.env["credit.line"]
        cls.today = fields.Date.context_today(cls.lines)
        cls.start = cls.today - relativedelta(months=1)
        cls.end = cls.today + relativedelta(months=10)

    def setUp(self):
        super().setUp()
        self.number = 0

    @classmethod
    def terms(cls, limit, **vals):
        return {
            "limit": limit or 0,
            "net_limit": limit or 0,
            "low_risk_limit": limit or 0,
            "has_limit": limit is not None,
            "company_id": cls.company.id,
            "currency_id": cls.company.currency_id.id,
            "date_start": cls.start,
            "date_end": cls.end,
            **vals,
        }

    def grant(self, limit, name=None, above=None, **vals):
        """A granted line: of the partner ``name``, below ``above``."""
        terms = self.terms(limit, **vals)
        if name:
            terms["partner_id"] = self.partner(name).id
        if above:
            terms |= {"parent_id": above.id, "group_id": above.group_id.id}
        return self.lines._record_event("grant", terms, "Test").line_id

    def grant_group(self, limit, *members, **vals):
        """The line of a group with these members."""
        group = self.make_group("Group", [])
        group.sudo().write({"state": "confirmed"})
        self.env["credit.group.member"].sudo().create(
            [
                {
                    "group_id": group.id,
                    "partner_id": self.partner(member).id,
                    "date_in": self.start,
                }
                for member in members
            ]
        )
        return self.grant(limit, group_id=group.id, **vals)

    def document(self, **vals):
        self.number += 1
        return {"origin_model": "test", "origin_id": self.number, **vals}

    def use(self, name, amount, kind="draw", user="interface", **vals):
        """Book for the partner ``name``; returns the row of the ledger."""
        values = {
            "partner_id": self.partner(name).id,
            "amount": amount,
            **self.document(),
            **vals,
        }
        answer = getattr(self.lines.with_user(self.users[user]), kind)(**values)
        return self.env["credit.usage"].browse(answer["usage_id"])

    def room(self, line):
        line.invalidate_recordset()
        return line.drawable

    def check(self, name, amount, user="interface", **vals):
        return self.lines.with_user(self.users[user]).check(
            partner_id=self.partner(name).id, amount=amount, **vals
        )

    def assertEven(self):
        self.assertEqual(self.env["credit.proof"]._compare(), [])

    @classmethod
    def day(cls, text):
        return date.fromisoformat(text)
