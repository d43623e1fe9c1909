from random import randint

from odoo import fields, models


class ComplaintTag(models.Model):
    _name = "complaint.tag"
    _description = "Complaint Tag"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))

    _name_unique = models.Constraint(
        "UNIQUE (name)", "A tag with this name exists already."
    )
