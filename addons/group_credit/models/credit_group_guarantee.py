from odoo import fields, models


class CreditGroup(models.Model):
    """The rings of guarantees around a group."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.group"

    guarantee_ring_count = fields.Integer(
        "Guarantee Rings", compute="_compute_guarantee_ring_count"
    )

    def _compute_guarantee_ring_count(self):
        rows = self._guarantee_rings()
        for group in self:
            group.guarantee_ring_count = len(
                rows.filtered(lambda r, g=group: g._origin in r.group_ids)
            )

    def _guarantee_rings(self):
        """The rings of guarantees that a member of these groups stands in."""
        return self.env["credit.guarantee.ring"].search([("group_ids", "in", self.ids)])

    def action_view_guarantee_rings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_guarantee_ring_action"
        )
        return {
            **action,
            "domain": [("group_ids", "in", self.ids)],
            "context": {},
            "display_name": self.name,
        }
