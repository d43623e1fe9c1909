"""The process that a complaint follows, and what it asks for on the way."""

from odoo import api, fields, models

from .complaint_stage import STAGE_KINDS

ORDER = [key for key, _label in STAGE_KINDS]


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    process_id = fields.Many2one(
        comodel_name="complaint.process",
        compute="_compute_process_id",
        store=True,
        readonly=False,
        check_company=True,
        tracking=True,
        index="btree_not_null",
    )
    callback_user_id = fields.Many2one(
        comodel_name="res.users", string="Called Back by", readonly=True, copy=False
    )

    @api.depends("type_id", "team_id", "company_id")
    def _compute_process_id(self):
        found = {}
        for case in self:
            key = (case.company_id, case.type_id, case.team_id)
            if key not in found:
                found[key] = self.env["complaint.process"]._process_of(case)
            case.process_id = found[key]

    def write(self, vals):
        derived = self.browse()
        if "type_id" in vals and "department_id" not in vals:
            derived = self.filtered(lambda case: case._has_department_of_type())
        if vals.get("callback_result"):
            self._write_marks({"callback_user_id": self.env.uid})
        result = super().write(vals)
        for case in derived:
            company = case.company_id
            department = case.type_id.with_company(company).department_id
            if department and department != case.department_id:
                case.department_id = department
        return result

    def _has_department_of_type(self):
        """Whether the department follows from the type, not from somebody's choice."""
        department = self.type_id.with_company(self.company_id).department_id
        return self.department_id == department

    def _called_back_by_others(self):
        """Nobody judges how content the customer is with their own work."""
        if self.callback_result == "waived":
            return True
        caller = self.callback_user_id
        return bool(caller) and self._may_call_back(caller)

    def _unmet_conditions(self):
        unmet = super()._unmet_conditions()
        # sudo: the steps hold for whoever moves the complaint
        steps = self.sudo().process_id.step_ids
        if self.stage_kind == "ended" or self.resolved_first_contact or not steps:
            return unmet
        rank = ORDER.index(self.stage_kind)
        # sudo: orders that the mover does not see count as well
        case = self.sudo()
        return unmet + [
            step._missing()
            for step in steps
            if ORDER.index(step.stage_kind) <= rank
            and (not step.severity or step.severity == self.severity)
            and not step._is_met(case)
        ]

    @api.constrains(
        "callback_result",
        "interim_measure",
        "process_id",
        "promised_at",
        "remedy_given_ids",
        "visited_at",
    )
    def _check_process_steps(self):
        self._check_stage_conditions()
