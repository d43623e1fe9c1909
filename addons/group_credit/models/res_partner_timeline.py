from odoo import models

#: What stands for the credit of a customer, the most serious first.
STANDINGS = ("defaulted", "frozen", "used_up", "expired", "active")


class ResPartner(models.Model):
    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    def _timeline_facts(self):
        """Credit in words, to credit roles only: they alone may read lines."""
        facts = super()._timeline_facts()
        Line = self.env["credit.line"]
        if not Line.has_access("read"):
            return facts
        customer = self.commercial_partner_id
        if groups := customer.credit_group_ids:
            facts.append(
                {
                    "name": self.env._("Group"),
                    "value": ", ".join(groups.mapped("display_name")),
                    "tone": "info",
                }
            )
        standing = customer._credit_standing()
        words = {
            "defaulted": (self.env._("in default"), "danger"),
            "frozen": (self.env._("frozen"), "danger"),
            "used_up": (self.env._("used up"), "warning"),
            "expired": (self.env._("expired"), "warning"),
            "active": (self.env._("in force"), "success"),
            False: (self.env._("no credit line"), "secondary"),
        }
        value, tone = words[standing]
        return facts + [
            {"name": self.env._("Credit"), "value": value, "tone": tone},
        ]

    def _credit_standing(self):
        """The most serious thing to say of the lines that bind the customer."""
        self.ensure_one()
        lines = self.env["credit.line"].search(
            [
                ("state", "in", ("active", "frozen", "expired", "defaulted")),
                "|",
                ("partner_id", "=", self.id),
                "&",
                ("group_id", "in", self.credit_group_ids.ids),
                ("partner_id", "=", False),
            ]
        )
        found = {
            "used_up"
            if line.state == "active" and line.has_limit and line.drawable <= 0
            else line.state
            for line in lines
        }
        return next((name for name in STANDINGS if name in found), False)
