from odoo import api, models

COMPLAINANT = [
    "partner_name",
    "partner_id",
    "partner_phone",
    "partner_email",
    "is_anonymous",
    "emotion",
]
OCCASION = ["product_id", "lot_ref", "order_ref", "contract_date"]
RECEPTION = [
    "received_at",
    "channel",
    "type_id",
    "severity",
    "first_contact_user_id",
    "reception_place",
    "readback_at",
    "readback_user_id",
]
DEMAND = ["remedy_ids", "amount_claimed", "injury", "media"]
FINDINGS = ["department_id", "user_id", "cause_id", "liability", "cause_note"]
ANSWER = ["replied_at", "remedy_given_ids", "reply"]
CALLBACK = ["callback_result", "closed_at", "callback_note"]
CALL = [
    "called_at",
    "user_id",
    "means",
    "spoke_with",
    "result",
    "process_score",
    "note",
]

INJURY = ["person", "kind", "hospital", "department_ids", "medical"]
DECISIONS = ["accompany", "advance", "advance_amount", "decided_by_id", "decided_at"]
DECISIONS += ["accompany_ground", "advance_ground", "exception_reason"]
SCENE = ["reported_by_id", "reported_at", "evidence", "report"]
WITNESS = ["name", "contact", "stays", "said"]
INSURER = ["insurer_id", "policy_ref", "insurer_told_at", "opinion", "opinion_note"]


class RegisterSheet(models.AbstractModel):
    """客户投诉登记表"""

    _name = "report.complaint_mgmt.report_register_sheet"
    _description = "Complaint Register Sheet"
    _inherit = ["complaint.form"]

    @api.model
    def _form_title(self):
        return self.env._("Complaint Register Sheet")

    @api.model
    def _form_sections(self, record):
        return [
            (self.env._("Reception"), record, RECEPTION),
            (self.env._("Complainant"), record, COMPLAINANT),
            (self.env._("What It Is About"), record, [*OCCASION, "description"]),
            (self.env._("What Is Asked For"), record, [*DEMAND, "appeasement"]),
        ]

    @api.model
    def _form_signatures(self):
        return [self.env._("Complainant"), self.env._("Received By")]


class FeedbackSheet(models.AbstractModel):
    """客户投诉登记反馈表: the register sheet with what came of it."""

    _name = "report.complaint_mgmt.report_feedback_sheet"
    _description = "Complaint Register and Feedback Sheet"
    _inherit = ["report.complaint_mgmt.report_register_sheet"]

    @api.model
    def _form_title(self):
        return self.env._("Complaint Register and Feedback Sheet")

    @api.model
    def _form_sections(self, record):
        return super()._form_sections(record) + [
            (self.env._("Investigation"), record, FINDINGS),
            (self.env._("Answer"), record, ANSWER),
            (self.env._("Call-back"), record, CALLBACK),
        ]

    @api.model
    def _form_signatures(self):
        return [
            self.env._("Handler"),
            self.env._("Department"),
            self.env._("Approved By"),
            self.env._("Called Back By"),
        ]


class IncidentReport(models.AbstractModel):
    """异常情况报告: told upwards at once, before anything is found out."""

    _name = "report.complaint_mgmt.report_incident"
    _description = "Incident Report"
    _inherit = ["complaint.form"]

    @api.model
    def _form_title(self):
        return self.env._("Incident Report")

    @api.model
    def _form_sections(self, record):
        told = ["received_at", "severity", "reception_place", "injury", "media"]
        return [
            (self.env._("What Happened"), record, [*told, "type_id", "description"]),
            (self.env._("Customer"), record, COMPLAINANT[:4]),
            (
                self.env._("Done at Once"),
                record,
                ["first_contact_user_id", "user_id", "appeasement"],
            ),
        ]

    @api.model
    def _form_signatures(self):
        return [
            self.env._("Reported By"),
            self.env._("Department"),
            self.env._("Management"),
        ]


class AccidentReport(models.AbstractModel):
    """事故报告: what happened, why, and who answers for it."""

    _name = "report.complaint_mgmt.report_accident"
    _description = "Accident Report"
    _inherit = ["report.complaint_mgmt.report_incident"]

    @api.model
    def _form_title(self):
        return self.env._("Accident Report")

    @api.model
    def _form_sections(self, record):
        sections = super()._form_sections(record)
        for injury in record.injury_ids:
            sections += [
                (self.env._("Injury"), injury, INJURY),
                (self.env._("Decisions of the Duty Manager"), injury, DECISIONS),
                (self.env._("Scene and Report"), injury, ["scene", *SCENE]),
                *(
                    (f"{self.env._('Witness')} {number}", witness, WITNESS)
                    for number, witness in enumerate(injury.witness_ids, 1)
                ),
                (self.env._("Insurer"), injury, INSURER),
            ]
        return sections + [
            (self.env._("Cause and Liability"), record, FINDINGS),
            (self.env._("Settlement"), record, [*ANSWER, "amount_claimed"]),
        ]


class CallbackRecord(models.AbstractModel):
    """回访记录"""

    _name = "report.complaint_mgmt.report_callback"
    _description = "Call-back Record"
    _inherit = ["complaint.form"]

    @api.model
    def _form_title(self):
        return self.env._("Call-back Record")

    @api.model
    def _form_sections(self, record):
        return [
            (
                self.env._("Complaint"),
                record,
                ["name", "received_at", *COMPLAINANT[:3]],
            ),
            (self.env._("Answer"), record, ANSWER),
            (self.env._("Call-back"), record, [*CALLBACK, "reopen_count"]),
            *(
                (f"{self.env._('Call')} {number}", call, CALL)
                for number, call in enumerate(record.callback_ids[::-1], 1)
            ),
        ]

    @api.model
    def _form_signatures(self):
        return [self.env._("Called Back By"), self.env._("Team Leader")]


class LetterOfAnswer(models.AbstractModel):
    """答复函: in the customer's language, and nothing of what is internal."""

    _name = "report.complaint_mgmt.report_letter"
    _description = "Letter of Answer"
    _inherit = ["complaint.form"]

    @api.model
    def _form_title(self):
        return self.env._("Letter of Answer")

    @api.model
    def _form_sections(self, record):
        return []
