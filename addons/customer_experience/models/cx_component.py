from odoo import fields, models


class CxComponent(models.Model):
    """A part of a home with a warranty of its own: roof, pipes, doors…"""

    _name = "cx.component"
    _description = "Building Component"
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    rule_ids = fields.One2many(
        comodel_name="cx.warranty.rule", inverse_name="component_id", string="Warranty"
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Each component code exists once.")
