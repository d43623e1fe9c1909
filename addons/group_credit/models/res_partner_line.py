from odoo import fields, models


class ResPartner(models.Model):
    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.partner"

    credit_line_ids = fields.One2many(
        "credit.line",
        "partner_id",
        string="Credit Lines",
        groups="group_credit.group_group_credit_viewer",
    )
    credit_line_count = fields.Integer(
        compute="_compute_credit_line_count",
        string="Number of Credit Lines",
        groups="group_credit.group_group_credit_viewer",
    )

    def _compute_credit_line_count(self):
        counts = dict(
            self.env["credit.line"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.credit_line_count = counts.get(partner._origin, 0)

    def action_credit_view_lines(self):
        """The lines of the customer, with those of the group above."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_line_action"
        )
        lines = self.credit_line_ids
        return {
            **action,
            "domain": [("id", "parent_of", lines.ids)],
            "context": {"default_partner_id": self.id},
            "display_name": self.display_name,
        }
