from odoo import api, fields, models

from odoo.addons.customer_timeline.engine.timeline import Source


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_count = fields.Integer(
        string="Complaints",
        compute="_compute_complaint_count",
        groups="complaint_mgmt.group_complaint_mgmt_user",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_count(self):
        """Complaints of the customer and its contacts that the user may see."""
        self.complaint_count = 0
        family = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        for partner, count in self.env["complaint.case"]._read_group(
            [("partner_id", "in", family.ids)], ["partner_id"], ["__count"]
        ):
            while partner:
                if partner in self:
                    partner.complaint_count += count
                partner = partner.parent_id

    def action_open_complaints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_mgmt.complaint_case_action"
        )
        action["domain"] = [("partner_id", "child_of", self.id)]
        action["context"] = {"default_partner_id": self.id}
        action["views"] = [(False, "list"), (False, "kanban"), (False, "form")]
        return action

    # ------------------------------------------------------------
    # CUSTOMER 360
    # ------------------------------------------------------------

    @api.model
    def _timeline_sources(self):
        return super()._timeline_sources() + [
            Source(
                "complaint",
                self.env._("Complaints"),
                "complaint.case",
                icon="fa-bullhorn",
                date="received_at",
                details=("stage_id", "user_id"),
                tone=lambda case: "danger" if case.sla_state == "breached" else "",
            )
        ]

    def _timeline_facts(self):
        facts = super()._timeline_facts()
        Case = self.env["complaint.case"]
        if not Case.has_access("read"):
            return facts
        counts = dict(
            Case._read_group(
                [("partner_id", "child_of", self.id), ("closed_at", "=", False)],
                ["sla_state"],
                ["__count"],
            )
        )
        if counts:
            late = counts.get("breached")
            said = self.env._("%(open)s open", open=sum(counts.values()))
            if late:
                said = self.env._("%(open)s, %(late)s overdue", open=said, late=late)
            facts.append(
                {
                    "name": self.env._("Complaints"),
                    "value": said,
                    "tone": "danger" if late else "warning",
                }
            )
        return facts
