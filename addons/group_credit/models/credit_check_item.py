from odoo import fields, models


class CreditCheckItem(models.Model):
    """A question of the due-diligence checklist, copied into each new application."""

    _name = "credit.check.item"
    _description = "Due-Diligence Question"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    mandatory = fields.Boolean(
        default=True, help="Has to be answered before the investigation ends."
    )
    evidence = fields.Boolean("Takes Evidence", help="Has to carry a document.")
    help_text = fields.Text("What to Look At", translate=True)
    active = fields.Boolean(default=True)
