from odoo import fields, models

EVIDENCE_KINDS = [
    ("document", "Document"),
    ("photo", "Photo"),
    ("signature", "Signed paper"),
    ("url", "Web address"),
    ("number", "Number"),
    ("text", "Note"),
]


class CxDeliverable(models.Model):
    """What a touchpoint of this template has to leave behind."""

    _name = "cx.deliverable"
    _description = "Deliverable of a Touchpoint Template"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        comodel_name="cx.touchpoint.template",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(selection=EVIDENCE_KINDS, required=True, default="document")
    required = fields.Boolean(default=True)
    for_owner = fields.Boolean(
        string="For the Owner",
        help="The file is shown to owners on the page of their home, once the "
        "touchpoint is done.",
    )
