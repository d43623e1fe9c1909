from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    approval_delegation_ids = fields.One2many(
        "approval.delegation", "user_id", string="Approval Substitutes"
    )

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            # who leaves with open approvals passes them on, or they report as stuck
            self.env["approval.request"]._refresh_for(self)
        return result
