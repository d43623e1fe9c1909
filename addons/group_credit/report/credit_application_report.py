from odoo import api, fields, models
from odoo.tools import format_date


class CreditApplicationReport(models.AbstractModel):
    """授信审批表: what was asked, found, thought and decided, on one form."""

    _name = "report.group_credit.report_credit_application"
    _description = "Credit Approval Form"

    @api.model
    def _get_report_values(self, docids, data=None):
        return {
            "doc_ids": docids,
            "doc_model": "credit.application",
            "docs": self.env["credit.application"].browse(docids),
            "decisions": self._decisions,
            "printed": self.env._(
                "Printed on %(day)s by %(user)s",
                day=format_date(self.env, fields.Date.context_today(self)),
                user=self.env.user.name,
            ),
        }

    @api.model
    def _decisions(self, application):
        """Decisions of the approvers, the last round first."""
        # sudo: who may read the form may read who decided it, and how
        requests = application.sudo().approval_request_ids
        return requests.decision_ids.sorted("id")


class CreditLineReport(models.AbstractModel):
    """授信额度台账: the lines of groups as they stand."""

    _name = "report.group_credit.report_credit_register"
    _description = "Register of Credit Lines"

    @api.model
    def _get_report_values(self, docids, data=None):
        groups = self.env["credit.group"].browse(docids)
        lines = self.env["credit.line"].search(
            [("group_id", "in", groups.ids), ("state", "!=", "draft")]
        )
        return {
            "doc_ids": docids,
            "doc_model": "credit.group",
            "docs": groups,
            "lines": lines.grouped("group_id"),
            "printed": self.env._(
                "Printed on %(day)s by %(user)s",
                day=format_date(self.env, fields.Date.context_today(self)),
                user=self.env.user.name,
            ),
        }
