from odoo import models


class CxMilestone(models.Model):
    _inherit = "cx.milestone"

    def write(self, vals):
        result = super().write(vals)
        if "date_actual" in vals:
            completed = self.filtered(lambda m: m.type_id.code == "completed")
            units = completed.phase_id.unit_ids
            units.filtered("date_handover")._refresh_warranties()
        return result
