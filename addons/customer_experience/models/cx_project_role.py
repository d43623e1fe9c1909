from odoo import api, fields, models


class CxProjectRole(models.Model):
    _name = "cx.project.role"
    _description = "Department of a Project"
    _order = "role_id, id"
    _check_company_auto = True

    project_id = fields.Many2one(
        comodel_name="cx.project", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="project_id.company_id", store=True)
    role_id = fields.Many2one(
        comodel_name="cx.role", required=True, ondelete="restrict"
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", required=True, check_company=True
    )

    _role_uniq = models.Constraint(
        "UNIQUE(project_id, role_id)", "One department per role in a project."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.project_id._reassign_touchpoints()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.project_id._reassign_touchpoints()
        return result

    def unlink(self):
        projects = self.project_id
        result = super().unlink()
        projects._reassign_touchpoints()
        return result
