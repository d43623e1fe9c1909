from odoo import fields, models


class CreditGroupAsOf(models.TransientModel):
    """The members of a group on another day."""

    _name = "credit.group.as.of"
    _description = "Group as of a Day"

    group_id = fields.Many2one("credit.group", required=True)
    day = fields.Date(required=True, default=fields.Date.context_today)

    def action_show(self):
        self.ensure_one()
        members = self.group_id._members_on(self.day)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_group_member_action"
        )
        return {
            **action,
            "domain": [("id", "in", members.ids)],
            "context": {},
            "display_name": self.env._(
                "%(group)s as of %(day)s",
                group=self.group_id.name,
                day=fields.Date.to_string(self.day),
            ),
        }
