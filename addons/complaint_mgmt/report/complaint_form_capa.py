from odoo import api, models


class CapaReport(models.AbstractModel):
    """8D/改进报告: from the problem to measures that hold."""

    _name = "report.complaint_mgmt.report_capa"
    _description = "8D Report"
    _inherit = ["complaint.form"]

    _form_model = "complaint.capa"

    @api.model
    def _form_title(self):
        return self.env._("8D Report")

    @api.model
    def _form_sections(self, record):
        case = record.case_id
        head = (
            self.env._("Complaint"),
            case,
            ["name", "received_at", "partner_name", "product_id", "lot_ref"],
        )
        if record.decision == "none":
            names = ["number", "user_id", "decision", "waiver"]
            return [head, (self.env._("Decision"), record, names)]
        team = ["number", "department_id", "user_id", "member_ids"]
        cause = ["cause_id", "root_cause", "escape_cause"]
        check = ["check_due", "effective", "checked_on", "checked_by_id"]
        return [
            head,
            (self.env._("D1 Team"), record, team),
            (self.env._("D2 Problem"), record, ["problem"]),
            *self._measures(record, "containment", self.env._("D3 Interim Measures")),
            (self.env._("D4 Root Cause"), record, cause),
            *self._measures(
                record, "corrective", self.env._("D5, D6 Permanent Measures")
            ),
            *self._measures(record, "preventive", self.env._("D7 Preventive Measures")),
            (self.env._("D7 Prevention"), record, ["prevention"]),
            (
                self.env._("D8 Conclusion"),
                record,
                [*check, "check_note", "closing_note"],
            ),
        ]

    @api.model
    def _measures(self, record, kind, title):
        names = ["name", "user_id", "due_on", "done_on", "result"]
        measures = record.measure_ids.filtered(lambda measure: measure.kind == kind)
        return [
            (f"{title} {number}", measure, names)
            for number, measure in enumerate(measures, 1)
        ]

    @api.model
    def _form_signatures(self):
        return [
            self.env._("Team Leader"),
            self.env._("Reviewed By"),
            self.env._("Approved By"),
        ]
