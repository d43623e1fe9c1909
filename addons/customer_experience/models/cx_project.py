from odoo import api, fields, models
from odoo.fields import Domain

from .cx_touchpoint import OPEN_STATES


class CxProject(models.Model):
    _name = "cx.project"
    _description = "Property Project"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(copy=False, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    city = fields.Char()
    lead_level = fields.Selection(
        selection=[
            ("brand", "Group brand and customer department"),
            ("city", "City company customer team"),
            ("center", "City center marketing department"),
        ],
        string="Led By",
        default="city",
        required=True,
    )
    lead_dept_id = fields.Many2one(
        comodel_name="hr.department",
        string="Lead Customer Department",
        required=True,
        check_company=True,
        tracking=True,
        help="Organises every department's customer work; owns what nobody else does.",
    )
    role_ids = fields.One2many(
        comodel_name="cx.project.role",
        inverse_name="project_id",
        string="Departments",
        copy=True,
    )
    phase_ids = fields.One2many(
        comodel_name="cx.phase", inverse_name="project_id", string="Phases"
    )
    phase_count = fields.Integer(compute="_compute_phase_count")
    overdue_count = fields.Integer(compute="_compute_overdue_count")
    note = fields.Html()

    _code_company_uniq = models.Constraint(
        "UNIQUE(code, company_id)", "Another project of this company has this code."
    )

    @api.depends("phase_ids")
    def _compute_phase_count(self):
        counts = dict(
            self.env["cx.phase"]._read_group(
                [("project_id", "in", self.ids)], ["project_id"], ["__count"]
            )
        )
        for project in self:
            project.phase_count = counts.get(project, 0)

    def _compute_overdue_count(self):
        counts = dict(
            self.env["cx.touchpoint"]._read_group(
                Domain("project_id", "in", self.ids) & Domain("is_overdue", "=", True),
                ["project_id"],
                ["__count"],
            )
        )
        for project in self:
            project.overdue_count = counts.get(project, 0)

    def write(self, vals):
        result = super().write(vals)
        if "lead_dept_id" in vals:
            self._reassign_touchpoints()
        if "active" in vals:
            self.with_context(active_test=False).phase_ids.active = vals["active"]
        return result

    def _department_for(self, role):
        """The department that plays a role here; the lead department plays the rest."""
        self.ensure_one()
        line = self.role_ids.filtered(lambda line: line.role_id == role)[:1]
        return line.department_id or self.lead_dept_id

    def _reassign_touchpoints(self):
        """Hand open touchpoints to the departments that are responsible now."""
        touchpoints = (
            self.env["cx.touchpoint"]
            .sudo()  # those that the user may not see change hands as well
            .search(
                [
                    ("project_id", "in", self.ids),
                    ("template_id", "!=", False),
                    ("state", "in", OPEN_STATES),
                ]
            )
        )
        for project, of_project in touchpoints.grouped("project_id").items():
            for role, records in of_project.grouped("role_id").items():
                department = project._department_for(role)
                records.filtered(
                    lambda touchpoint, department=department: (
                        touchpoint.department_id != department
                    )
                )._hand_over(department)

    def action_view_phases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_phase_action"
        )
        return action | {
            "domain": [("project_id", "=", self.id)],
            "context": {"default_project_id": self.id},
        }

    def action_view_overdue(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_touchpoint_action"
        )
        return action | {
            "domain": [("project_id", "=", self.id)],
            "context": {"search_default_overdue": 1},
        }
