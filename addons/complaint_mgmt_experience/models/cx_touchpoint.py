from odoo import fields, models


class CxTouchpoint(models.Model):
    _inherit = "cx.touchpoint"

    complaint_id = fields.Many2one(
        comodel_name="complaint.case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The settled complaint after which the customer is visited.",
    )
