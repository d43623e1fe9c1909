from odoo import fields, models


class CxMilestoneType(models.Model):
    _name = "cx.milestone.type"
    _description = "Milestone Type"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    level = fields.Selection(
        selection=[
            ("phase", "Phase"),
            ("opening", "Opening batch"),
            ("delivery", "Delivery batch"),
        ],
        required=True,
        default="phase",
    )
    stage_id = fields.Many2one(comodel_name="cx.stage", required=True)
    requires_manager = fields.Boolean(
        string="Needs Customer Manager",
        help="Its actual date cannot be entered before the phase has a customer "
        "manager.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Each milestone code exists once.")
