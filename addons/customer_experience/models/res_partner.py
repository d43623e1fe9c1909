from odoo import api, fields, models

from odoo.addons.customer_timeline.engine.timeline import Source


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

    # ------------------------------------------------------------
    # CUSTOMER 360
    # ------------------------------------------------------------

    @api.model
    def _timeline_sources(self):
        return super()._timeline_sources() + [
            Source(
                "touchpoint",
                self.env._("Touchpoints"),
                "cx.touchpoint",
                icon="fa-handshake-o",
                date="date_due",
                details=("state", "user_id"),
                domain=(("state", "not in", ("skipped", "cancelled")),),
                tone=lambda each: "danger" if each.is_overdue else "",
            ),
            Source(
                "defect",
                self.env._("Defects"),
                "cx.defect",
                icon="fa-wrench",
                date="reported_at",
                details=("state", "unit_id"),
            ),
            Source(
                "survey",
                self.env._("Surveys"),
                "cx.survey.request",
                icon="fa-star-half-o",
                date="answered_at",
                details=("survey_id",),
            ),
        ]

    def _timeline_facts(self):
        facts = super()._timeline_facts()
        Journey, Defect = self.env["cx.journey"], self.env["cx.defect"]
        if not (Journey.has_access("read") and Defect.has_access("read")):
            return facts
        journeys = Journey.search([("partner_id", "child_of", self.id)], limit=5)
        if journeys:
            facts.append(
                {
                    "name": self.env._("Units Bought"),
                    "value": ", ".join(journeys.unit_id.mapped("display_name")),
                    "tone": "info",
                }
            )
        defects = Defect.search_count(
            [
                ("partner_id", "child_of", self.id),
                ("state", "not in", ("closed", "refused")),
            ]
        )
        if defects:
            facts.append(
                {
                    "name": self.env._("Defects"),
                    "value": self.env._("%(open)s open", open=defects),
                    "tone": "warning",
                }
            )
        return facts
