from odoo import models


class CreditLine(models.Model):
    _inherit = "credit.line"

    def _record_event(self, kind, *args, **kwargs):
        """A customer whose credit begins to be managed brings along what it owes."""
        event = super()._record_event(kind, *args, **kwargs)
        if kind == "grant":
            cron = self.env.ref(
                "group_credit_sale.ir_cron_sync", raise_if_not_found=False
            )
            if cron:
                # sudo: whoever grants a line need not see crons
                cron.sudo()._trigger()
        return event
