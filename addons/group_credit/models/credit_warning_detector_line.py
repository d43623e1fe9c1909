from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.signal import level


class CreditWarningDetector(models.AbstractModel):
    """Signals in lines and in what they take of the capital."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.warning.detector"

    @api.model
    def _lines(self, company, *states):
        return self.env["credit.line"].search(
            Domain("company_id", "in", [False, company.id])
            & Domain("state", "in", states)
        )

    def _from_line(self, line, loud, basis, note):
        return {
            "group": line.group_id,
            "partner": line.partner_id,
            "level": loud,
            "basis": f"credit.line,{line.id} {basis}",
            "note": f"{line.display_name}: {note}",
        }

    def _find_utilisation(self, rule, company):
        """Groups and single clients as a whole; a new month may ring again."""
        month = fields.Date.to_string(fields.Date.context_today(self))[:7]
        for line in self._lines(company, "active", "frozen"):
            if line.parent_id or not line.has_limit:
                continue
            loud = level(line.utilisation, rule._bands(), inclusive=True)
            note = self.env._("%(percent)s %% used", percent=f"{line.utilisation:.1f}")
            yield self._from_line(line, loud, month, note)

    def _find_expiry(self, rule, company):
        """Days left; a line that has expired rings as long as something is drawn."""
        today = fields.Date.context_today(self)
        for line in self._lines(company, "active", "frozen", "expired"):
            if not line.date_end or (line.state == "expired" and not line.outstanding):
                continue
            left = (line.date_end - today).days
            loud = level(left, rule._bands(), falling=True, inclusive=True)
            day = fields.Date.to_string(line.date_end)
            note = self.env._("valid until %(day)s", day=day)
            yield self._from_line(line, loud, day, note)

    def _find_over_limit(self, rule, company):
        for line in self._lines(company, "active", "frozen"):
            if line.over_limit:
                day = fields.Date.to_string(fields.Date.context_today(self))
                note = self.env._("more is used than its limit")
                yield self._from_line(line, rule.level, day[:7], note)

    # Capital

    def _screened(self, company, *codes):
        return self.env["credit.screening"].search(
            Domain("company_id", "=", company.id)
            & Domain("latest", "=", True)
            & Domain("rule", "in", codes)
        )

    def _from_screening(self, row, loud):
        labels = dict(row._fields["rule"]._description_selection(self.env))
        return {
            "group": row.group_id,
            "partner": row.partner_id,
            "level": loud,
            "basis": f"{row.rule} {fields.Date.to_string(row.date)[:7]}",
            "note": f"{labels[row.rule]}: {row.pct:.2f} %",
        }

    def _find_net_capital(self, rule, company):
        for row in self._screened(company, "group_limit_pct"):
            yield self._from_screening(row, level(row.pct, rule._bands()))

    def _find_tier1(self, rule, company):
        codes = ("large_group_limit_pct", "single_exposure_pct")
        for row in self._screened(company, *codes):
            yield self._from_screening(row, row.status == "breach" and rule.level)

    def _find_dependence(self, rule, company):
        for row in self._screened(company, "dependence_check_pct"):
            yield self._from_screening(row, row.status == "review" and rule.level)
