from odoo import api, fields, models


class CxJourney(models.Model):
    """Handover starts the warranties of the unit."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "cx.journey"

    defect_ids = fields.One2many(comodel_name="cx.defect", inverse_name="journey_id")
    defect_count = fields.Integer(compute="_compute_defect_count")

    @api.depends("defect_ids")
    def _compute_defect_count(self):
        counts = dict(
            self.env["cx.defect"]._read_group(
                [("journey_id", "in", self.ids)], ["journey_id"], ["__count"]
            )
        )
        for journey in self:
            journey.defect_count = counts.get(journey, 0)

    @api.model_create_multi
    def create(self, vals_list):
        journeys = super().create(vals_list)
        journeys.filtered("date_ho_done").unit_id._refresh_warranties()
        return journeys

    def write(self, vals):
        units = self.unit_id
        result = super().write(vals)
        if {"date_ho_done", "unit_id"} & vals.keys():
            (units | self.unit_id)._refresh_warranties()
        return result

    def action_view_defects(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_defect_action"
        )
        return action | {
            "domain": [("journey_id", "=", self.id)],
            "context": {
                "default_unit_id": self.unit_id.id,
                "default_journey_id": self.id,
            },
        }

    def action_view_warranties(self):
        return self.unit_id.action_view_warranties()
