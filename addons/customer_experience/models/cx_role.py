from odoo import fields, models


class CxRole(models.Model):
    """What a department does in a project: templates name roles, projects name who."""

    _name = "cx.role"
    _description = "Department Role"
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Each role code exists once.")
