"""What a complaint leads to beyond its answer: corrective actions, and whether they
hold."""

from odoo import api, fields, models
from odoo.fields import Domain


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    capa_ids = fields.One2many(
        comodel_name="complaint.capa",
        inverse_name="case_id",
        string="Corrective Actions",
        copy=False,
    )
    capa_count = fields.Integer(compute="_compute_capa_count")

    @api.depends("capa_ids")
    def _compute_capa_count(self):
        counts = dict(
            self.env["complaint.capa"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.capa_count = counts.get(case._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._tell_recurrence()
        return cases

    def write(self, vals):
        result = super().write(vals)
        if {"product_id", "cause_id"} & set(vals):
            self._tell_recurrence()
        return result

    def _tell_recurrence(self):
        """The same product and cause again after measures were done against it: those
        measures are told, also to those who do not see this complaint's details."""
        cases = self.filtered(lambda case: case.product_id and case.cause_id)
        if not cases:
            return
        # sudo: measures are judged by every complaint, seen or not
        capas = self.env["complaint.capa"].sudo()
        found = capas.search(
            Domain("product_id", "in", cases.product_id.ids)
            & Domain("cause_id", "in", cases.cause_id.ids)
            & Domain("carried_out_on", "!=", False)
            & Domain("state", "in", ("check", "done"))
        )
        for case in cases:
            received = fields.Datetime.context_timestamp(case, case.received_at).date()
            found.filtered(
                lambda capa, case=case, received=received: (
                    capa.case_id != case
                    and capa.company_id == case.company_id
                    and (capa.product_id, capa.cause_id)
                    == (case.product_id, case.cause_id)
                    and capa.carried_out_on < received
                    and case not in capa.recurrence_ids
                )
            )._came_back(case)

    def action_open_capas(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_mgmt.complaint_capa_action"
        )
        action["domain"] = [("case_id", "=", self.id)]
        action["context"] = {"default_case_id": self.id}
        if self.capa_count == 1:
            action.update(
                views=[(False, "form")], res_id=self.capa_ids.id, view_mode="form"
            )
        return action
