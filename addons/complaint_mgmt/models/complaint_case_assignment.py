from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    assignment_ids = fields.One2many(
        comodel_name="complaint.assignment",
        inverse_name="case_id",
        string="Orders to Units",
        copy=False,
    )
    supervision_ids = fields.One2many(
        comodel_name="complaint.supervision",
        inverse_name="case_id",
        string="Expediting and Supervision",
        copy=False,
    )
    extension_ids = fields.One2many(
        comodel_name="complaint.extension",
        inverse_name="case_id",
        string="Extensions",
        copy=False,
    )
    under_supervision = fields.Boolean(
        compute="_compute_under_supervision",
        search="_search_under_supervision",
        # sudo: the same for everybody who sees the complaint
        compute_sudo=True,
    )

    def _compute_under_supervision(self):
        for case in self:
            case.under_supervision = any(
                not record.closed_at for record in case.supervision_ids
            )

    def _search_under_supervision(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: the same for everybody who sees the complaint
        records = self.env["complaint.supervision"].sudo()
        opened = records._search([("closed_at", "=", False)])
        return [("id", "in", opened.subselect("case_id"))]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("callback_result") == "unsatisfied":
            for case in self:
                case._supervise(
                    "unsatisfied", self.env._("the customer is not satisfied")
                )
        return result

    def _supervise(self, kind, reason, order=None):
        self.ensure_one()
        return self.env["complaint.supervision"]._open(self, kind, reason, order)

    def action_supervise(self):
        """A supervisor takes the complaint under supervision (督办)."""
        self.check_access("write")
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_manager"):
            raise AccessError(self.env._("Only supervisors supervise."))
        for case in self:
            if case.closed_at:
                raise UserError(
                    self.env._("“%(case)s” is closed.", case=case.display_name)
                )
            case._supervise("manual", self.env._("decided by a supervisor"))
