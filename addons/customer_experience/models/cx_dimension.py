from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CxDimension(models.Model):
    """What is scored: sales service, house quality, repair… with parts of its own."""

    _name = "cx.dimension"
    _description = "Scored Dimension"
    _order = "sequence, id"
    _parent_store = True
    _rec_names_search = ["code", "name"]

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one(
        comodel_name="cx.dimension", string="Part Of", ondelete="restrict", index=True
    )
    parent_path = fields.Char(index=True)
    role_id = fields.Many2one(
        comodel_name="cx.role",
        string="Department",
        help="Whose work it scores: the scorecard counts it for that department.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Each dimension code exists once.")

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A dimension cannot be a part of itself."))
