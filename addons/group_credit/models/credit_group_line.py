from odoo import fields, models


class CreditGroup(models.Model):
    _inherit = "credit.group"

    credit_line_ids = fields.One2many("credit.line", "group_id", string="Credit Lines")
    credit_line_count = fields.Integer(
        compute="_compute_credit_line_count", string="Number of Credit Lines"
    )

    def _compute_credit_line_count(self):
        counts = dict(
            self.env["credit.line"]._read_group(
                [("group_id", "in", self.ids)], ["group_id"], ["__count"]
            )
        )
        for group in self:
            group.credit_line_count = counts.get(group._origin, 0)

    def action_view_credit_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_line_action"
        )
        return {
            **action,
            "domain": [("group_id", "=", self.id)],
            "context": {"default_group_id": self.id},
            "display_name": self.name,
        }
