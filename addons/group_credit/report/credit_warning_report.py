from odoo import api, fields, models
from odoo.tools import format_date


class CreditWarningReport(models.AbstractModel):
    """风险预警通知书: what was found, how it was verified, what everybody has to do."""

    _name = "report.group_credit.report_credit_warning"
    _description = "Early Warning Notice"

    @api.model
    def _get_report_values(self, docids, data=None):
        return {
            "doc_ids": docids,
            "doc_model": "credit.warning",
            "docs": self.env["credit.warning"].browse(docids),
            "institutions": self._institutions,
            "printed": self.env._(
                "Printed on %(day)s by %(user)s",
                day=format_date(self.env, fields.Date.context_today(self)),
                user=self.env.user.name,
            ),
        }

    @api.model
    def _institutions(self, warning):
        """Whom the notice goes to: every institution that handles the group."""
        rows = warning.group_id.institution_ids.filtered(lambda row: not row.date_to)
        # sudo: the names of other branches, whoever may read the warning
        return rows.institution_id.sudo().mapped("name")
