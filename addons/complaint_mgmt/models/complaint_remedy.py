from odoo import fields, models


class ComplaintRemedy(models.Model):
    _name = "complaint.remedy"
    _description = "Remedy of a Complaint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
