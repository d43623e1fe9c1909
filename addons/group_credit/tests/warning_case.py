from odoo.fields import Command

from odoo.addons.group_credit.tests.common import IdentificationCase


class WarningCase(IdentificationCase):
    """Short ways to record signals and what is done about them."""

    def rule(self, code):
        return self.env.ref(f"group_credit.warning_rule_{code}")

    def signal(self, user="officer", code="w50", **vals):
        vals.setdefault("partner_id", self.partner("B").id)
        return (
            self.env["credit.warning"]
            .with_user(self.users[user])
            .create(
                {
                    "rule_id": self.rule(code).id,
                    "note": "Seen in the court's register",
                    **vals,
                }
            )
        )

    def confirmed_signal(self, **vals):
        warning = self.signal(**vals)
        warning.verify_note = "True"
        warning.action_confirm()
        return warning

    def measure(self, warning, user="officer", **vals):
        Measure = self.env["credit.warning.measure"].with_user(self.users[user])
        return Measure.create(
            {
                "warning_id": warning.id,
                "user_id": self.users[user].id,
                **vals,
            }
        )

    def evidence(self, warning):
        """As the web client uploads it: attached to the warning."""
        warning.evidence_ids = [
            Command.create(
                {
                    "name": "Ruling.pdf",
                    "raw": b"x",
                    "res_model": warning._name,
                    "res_id": warning.id,
                }
            )
        ]

    def detect(self, code):
        Warning_ = self.env["credit.warning"]
        Warning_._detect(self.rule(code), self.company)
        return Warning_.search(
            [("rule_id", "=", self.rule(code).id), ("company_id", "=", self.company.id)]
        )

    def statement(self, day="2025-12-31", group=False, **figures):
        figure = self.env["credit.figure"].search([]).grouped("code")
        return self.env["credit.statement"].create(
            {
                "partner_id": not group and self.partner("B").id,
                "group_id": group and group.id,
                "date_to": day,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"figure_id": figure[code].id, "value": value})
                    for code, value in figures.items()
                ],
            }
        )
