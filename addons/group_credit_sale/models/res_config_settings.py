from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_count_drafts = fields.Boolean(
        related="company_id.credit_count_drafts", readonly=False
    )

    def action_credit_sync(self):
        """Book the opening ledger of all managed customers; cron shows the progress."""
        self.check_access("write")
        # sudo: whoever may change settings may start the job
        self.env.ref("group_credit_sale.ir_cron_sync").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The uses of all managed customers are being compared with their "
                    "orders and entries."
                ),
            },
        }
