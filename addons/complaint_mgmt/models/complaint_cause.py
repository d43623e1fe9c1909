from odoo import fields, models

LIABILITIES = [
    ("company", "Our company"),
    ("supplier", "Supplier"),
    ("carrier", "Carrier"),
    ("misuse", "Wrong use by the customer"),
    ("shared", "Shared"),
    ("force_majeure", "Force majeure"),
    ("none", "Not established"),
]


class ComplaintCause(models.Model):
    _name = "complaint.cause"
    _inherit = ["complaint.tree.mixin"]
    _description = "Cause of Complaints"
    _parent_store = True

    parent_id = fields.Many2one(
        comodel_name="complaint.cause",
        string="Belongs to",
        index=True,
        ondelete="restrict",
    )
    child_ids = fields.One2many(
        comodel_name="complaint.cause",
        inverse_name="parent_id",
        string="Detailed Causes",
    )
    default_liability = fields.Selection(
        selection=LIABILITIES,
        help="Proposed as the liability when this cause is chosen.",
    )
