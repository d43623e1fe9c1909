from odoo import api, fields, models


class CxStage(models.Model):
    """The seven fixed stages A-G of a property project, seen from the customer."""

    _name = "cx.stage"
    _description = "Customer Experience Stage"
    _order = "code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, size=1, readonly=True)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    role_id = fields.Many2one(
        comodel_name="cx.role",
        string="Usual Owner",
        help="Owner of new touchpoint templates of this stage.",
    )
    rotting_threshold_days = fields.Integer(
        string="Days to Rot",
        help="Phases that stay longer than this in the stage are marked. 0: never.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Each stage letter exists once.")

    @api.depends("code", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for stage in self:
            stage.display_name = f"{stage.code} {stage.name}"
