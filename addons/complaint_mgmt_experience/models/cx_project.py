from odoo import fields, models


class CxProject(models.Model):
    _inherit = "cx.project"

    complaint_before_id = fields.Many2one(
        comodel_name="hr.department",
        string="Complaints before Close-out",
        check_company=True,
        help="Answers for complaints until the sales of the phase are closed out. "
        "Empty: the lead department.",
    )
    complaint_after_id = fields.Many2one(
        comodel_name="hr.department",
        string="Complaints after Close-out",
        check_company=True,
        help="Answers for complaints from the close-out on. Empty: the department for "
        "customer service.",
    )


class CxPhase(models.Model):
    _inherit = "cx.phase"

    def _is_closed_out(self):
        self.ensure_one()
        return any(
            milestone.date_actual
            for milestone in self.milestone_ids
            if milestone.type_id.code == "closeout"
        )

    def _complaint_department(self):
        self.ensure_one()
        project = self.project_id
        if not self._is_closed_out():
            return project.complaint_before_id or project.lead_dept_id
        service = self.env.ref("customer_experience.cx_role_cs")
        return project.complaint_after_id or project._department_for(service)
