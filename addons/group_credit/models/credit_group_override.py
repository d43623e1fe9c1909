from odoo import fields, models


class CreditGroupOverride(models.Model):
    """A decision to keep somebody out whom the facts would put into the group."""

    _name = "credit.group.override"
    _description = "Member Kept Out"
    _order = "id desc"
    _rec_name = "partner_id"

    group_id = fields.Many2one(
        "credit.group", required=True, index=True, ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Kept Out",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    change_id = fields.Many2one(
        "credit.group.change", string="Decided In", ondelete="restrict", readonly=True
    )
    note = fields.Char("Why", readonly=True)
    review_on = fields.Date("Look Again On", readonly=True)
    company_id = fields.Many2one(related="group_id.company_id", store=True)
