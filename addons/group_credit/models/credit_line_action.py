from odoo import models


class CreditLine(models.Model):
    """What the buttons of a line open."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    def action_view_usage(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_usage_action"
        )
        return {
            **action,
            "domain": [("line_id", "child_of", self.ids)],
            "context": {},
            "display_name": self.name,
        }

    def action_view_children(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_line_action"
        )
        return {
            **action,
            "domain": [("id", "child_of", self.ids)],
            "context": {},
            "display_name": self.name,
        }

    def action_request_change(self):
        """Open a new event about the line, for somebody else to approve."""
        self.ensure_one()
        usual = {"draft": "grant", "expired": "renew", "defaulted": "terminate"}
        kind = self.env.context.get("default_kind") or usual.get(self.state, "increase")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a Change"),
            "res_model": "credit.line.event",
            "views": [(False, "form")],
            "context": {
                "default_line_id": self.id,
                "default_kind": kind,
                "default_renew_below": True,
            },
        }

    def action_book(self):
        """Enter a use by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Book a Use"),
            "res_model": "credit.usage.booking",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_line_id": self.id,
                "default_currency_id": self.currency_id.id,
            },
        }
