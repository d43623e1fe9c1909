"""What the tests of applications share: a confirmed group with capital, statements and
an application that goes as far as asked."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.group_credit.tests.common import IdentificationCase


class ApplicationCase(IdentificationCase):
    """Net capital of 440 million: one group may owe 66 million at most."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        meeting = "group_credit.group_group_credit_meeting"
        company = {"company_id": cls.company.id, "company_ids": cls.company.ids}
        cls.users["meeting"] = new_test_user(
            cls.env, "gc_meeting", groups=f"base.group_user,{meeting}", **company
        )
        # a bank may have put the rules into another currency than the test's company
        rules = cls.env["approval.rule"].search(
            [("model_id.model", "=", "credit.application")]
        )
        rules.currency_id = cls.company.currency_id
        cls.today = fields.Date.today()
        cls.product = cls.env["credit.product"].create(
            {"name": "Test Loan", "code": "TESTLOAN", "is_loan": True}
        )
        cls.capital = cls.env["credit.capital"].create(
            {
                "company_id": cls.company.id,
                "date_from": "2020-01-01",
                "net_capital": 440e6,
                "tier1_capital": 400e6,
                "source": "Annual report",
            }
        )
        cls.capital.with_user(cls.users["manager"]).action_approve()

    def setUp(self):
        super().setUp()
        self.group = self.confirmed("A>B 60", "A>C 70")
        for name in "ABC":
            self.partner(name).credit_rating = "aa"

    def statement(self, partner=None, **figures):
        figures = figures or {
            "equity": 500e6,
            "leverage_factor": 1,
            "interest_debt": 0,
        }
        Figure = self.env["credit.figure"]
        return self.env["credit.statement"].create(
            {
                "group_id": self.group.id,
                "partner_id": partner and partner.id,
                "date_to": self.today,
                "line_ids": [
                    Command.create(
                        {
                            "figure_id": Figure.search([("code", "=", code)]).id,
                            "value": value,
                        }
                    )
                    for code, value in figures.items()
                ],
            }
        )

    def apply(self, amounts, user="officer", theory=True, **vals):
        """An application of {member: amount}, with its checklist answered."""
        application = (
            self.env["credit.application"]
            .with_user(self.users[user])
            .create(
                {
                    "group_id": self.group.id,
                    "purpose": "Working capital",
                    "line_ids": [
                        Command.create(
                            {
                                "partner_id": self.partner(name).id,
                                "requested_limit": amount,
                            }
                        )
                        for name, amount in amounts.items()
                    ],
                    **vals,
                }
            )
        )
        application.check_ids.write({"result": "na", "note": "Test"})
        if theory:
            self.add_theory(application, amounts)
        return application

    def add_theory(self, application, names):
        formula = self.env.ref("group_credit.formula_leverage")
        of = [self.env["res.partner"], *(self.partner(name) for name in names)]
        for partner in of:
            known = self.env["credit.statement"].search(
                [("partner_id", "=", partner.id), ("group_id", "=", self.group.id)]
            )
            if not known:
                self.statement(partner)
        application.theory_ids = [
            Command.create({"partner_id": partner.id, "formula_id": formula.id})
            for partner in of
        ]

    def opine(self, application, user, verdict="agree", text="Found in order."):
        wizard = (
            self.env["credit.application.opine"]
            .with_user(self.users[user])
            .create(
                {
                    "application_id": application.id,
                    "verdict": verdict,
                    "text": text,
                }
            )
        )
        wizard.action_record()

    def voted(self, amounts, **vals):
        """An application that has been put to the vote."""
        application = self.apply(amounts, **vals)
        self.opine(application, "officer")
        self.opine(application, "reviewer")
        self.opine(application, "second")
        self.assertEqual(application.stage, "approval")
        return application

    def approved(self, amounts, **vals):
        application = self.voted(amounts, **vals)
        application.with_user(self.users["manager"]).approval_approve("Agreed")
        self.assertEqual(application.stage, "signing")
        return application

    def effective(self, amounts, **vals):
        """An application whose lines are open."""
        application = self.approved(amounts, **vals)
        self.sign(application)
        return application

    def sign(self, application, user="reviewer"):
        application.with_user(self.users["officer"]).write(
            {"contract_no": "C-1", "signed_on": self.today}
        )
        application.with_user(self.users[user]).action_put_in_effect()

    def line(self, name=None, product=None):
        """The line in force of a member, or of the group."""
        return self.env["credit.line"].search(
            [
                ("group_id", "=", self.group.id),
                ("partner_id", "=", name and self.partner(name).id),
                ("product_id", "=", product and product.id),
                ("state", "in", ("active", "frozen")),
            ]
        )

    def months(self, count):
        return self.today + relativedelta(months=count)
