from odoo import fields, models


class ApprovalAspect(models.Model):
    _name = "approval.aspect"
    _description = "Approval Aspect"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "unique (name)", "An aspect of this name exists already."
    )
