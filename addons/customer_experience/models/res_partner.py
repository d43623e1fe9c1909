from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    cx_journey_ids = fields.One2many(
        comodel_name="cx.journey",
        inverse_name="partner_id",
        string="Customer Journeys",
        groups="customer_experience.group_customer_experience_user",
    )
    cx_journey_count = fields.Integer(
        string="Units Bought",
        compute="_compute_cx_journey_count",
        groups="customer_experience.group_customer_experience_user",
    )

    def _compute_cx_journey_count(self):
        counts = dict(
            self.env["cx.journey"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.cx_journey_count = counts.get(partner, 0)

    def action_view_cx_journeys(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_journey_action"
        )
        return action | {
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }
