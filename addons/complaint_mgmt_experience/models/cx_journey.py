from odoo import api, fields, models
from odoo.fields import Domain

SEVERE = ("major", "critical")


class CxJourney(models.Model):
    _inherit = "cx.journey"

    complaint_count = fields.Integer(
        string="Complaints",
        compute="_compute_complaint_count",
        groups="complaint_mgmt.group_complaint_mgmt_user",
    )

    def _compute_complaint_count(self):
        counts = dict(
            self.env["complaint.case"]._read_group(
                [("cx_journey_id", "in", self.ids)], ["cx_journey_id"], ["__count"]
            )
        )
        for journey in self:
            journey.complaint_count = counts.get(journey, 0)

    def action_view_complaints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_mgmt.complaint_case_action"
        )
        return action | {
            "domain": [("cx_journey_id", "=", self.id)],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_cx_unit_id": self.unit_id.id,
            },
        }

    @api.model
    def _severe_complaints(self):
        """Domain of complaints during which a customer is not asked to praise us."""
        return Domain("closed_at", "=", False) & Domain("severity", "in", SEVERE)

    def _survey_suppressed(self):
        if suppressed := super()._survey_suppressed():
            return suppressed
        mine = Domain("cx_journey_id", "=", self.id) | Domain(
            "partner_id", "=", self.partner_id.id
        )
        # sudo: a complaint that one does not see counts too
        cases = self.env["complaint.case"].sudo()
        if cases.search_count(mine & self._severe_complaints(), limit=1):
            return self.env._("a serious complaint of the customer is open.")
        return None
