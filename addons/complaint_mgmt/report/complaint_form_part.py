from odoo import api, models


class HandlingOrder(models.AbstractModel):
    """投诉处理单: what a unit has to find out or do, and its answer."""

    _name = "report.complaint_mgmt.report_handling_order"
    _description = "Handling Order"
    _inherit = ["complaint.form"]

    _form_model = "complaint.assignment"

    @api.model
    def _form_title(self):
        return self.env._("Handling Order")

    @api.model
    def _form_sections(self, record):
        case = record.case_id
        about = [
            "name",
            "received_at",
            "type_id",
            "severity",
            "product_id",
            "order_ref",
        ]
        order = ["department_id", "liaison_id", "state", "sent_at", "sent_by_id"]
        return [
            (self.env._("Complaint"), case, [*about, "description"]),
            (self.env._("Order"), record, [*order, "signed_at", "instruction"]),
            (
                self.env._("Answer of the Unit"),
                record,
                ["answered_at", "answered_by_id", "answer", "refusal", "verdict"],
            ),
        ]

    @api.model
    def _form_signatures(self):
        return [
            self.env._("Sent By"),
            self.env._("Signed for By"),
            self.env._("Head of the Unit"),
        ]


class SupervisionOrder(models.AbstractModel):
    """督办单"""

    _name = "report.complaint_mgmt.report_supervision_order"
    _description = "Supervision Order"
    _inherit = ["complaint.form"]

    _form_model = "complaint.supervision"

    @api.model
    def _form_title(self):
        return self.env._("Supervision Order")

    @api.model
    def _form_sections(self, record):
        about = ["name", "received_at", "severity", "department_id", "user_id"]
        return [
            (self.env._("Complaint"), record.case_id, about),
            (
                self.env._("Supervision"),
                record,
                ["kind", "serial", "opened_at", "user_id", "reason", "instruction"],
            ),
            (self.env._("Result"), record, ["closed_at", "result"]),
        ]

    @api.model
    def _form_signatures(self):
        return [self.env._("Supervised By"), self.env._("Head of the Unit")]


class ExtensionRequest(models.AbstractModel):
    """延期申请"""

    _name = "report.complaint_mgmt.report_extension_request"
    _description = "Extension Request"
    _inherit = ["complaint.form"]

    _form_model = "complaint.extension"

    @api.model
    def _form_title(self):
        return self.env._("Extension Request")

    @api.model
    def _form_sections(self, record):
        asked = ["clock_id", "deadline", "requested_by_id", "told_at", "consent"]
        return [
            (
                self.env._("Complaint"),
                record.case_id,
                ["name", "received_at", "severity", "department_id"],
            ),
            (self.env._("Request"), record, [*asked, "reason"]),
            (
                self.env._("Decision"),
                record,
                ["state", "decided_by_id", "decided_at"],
            ),
        ]

    @api.model
    def _form_signatures(self):
        return [self.env._("Requested By"), self.env._("Approved By")]
