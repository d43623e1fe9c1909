from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ComplaintExternal(models.Model):
    """The complaint before somebody outside: authority, mediator, arbitrator, court
    (ISO 10003)."""

    _name = "complaint.external"
    _inherit = ["complaint.case.part", "mail.thread", "mail.activity.mixin"]
    _description = "External Case"
    _with_case = True
    _order = "answer_due, id desc"
    _rec_names_search = ["reference", "body"]

    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id", store=True
    )
    kind = fields.Selection(
        selection=[
            ("consumer", "12315 or consumers' association"),
            ("regulator", "Regulator"),
            ("mediation", "Mediation"),
            ("arbitration", "Arbitration"),
            ("court", "Court"),
        ],
        string="Kind of Body",
        required=True,
        tracking=True,
    )
    body = fields.Char(string="Name of the Body", required=True)
    reference = fields.Char(string="Their Number", tracking=True)
    filed_on = fields.Date(required=True, default=fields.Date.context_today)
    answer_due = fields.Date(string="Our Answer Due on", tracking=True)
    answered_on = fields.Date(string="Our Answer Sent on", tracking=True)
    is_late = fields.Boolean(compute="_compute_is_late")
    outcome = fields.Selection(
        selection=[
            ("settled", "Settled"),
            ("customer", "For the customer"),
            ("partly", "For the customer in part"),
            ("company", "For us"),
            ("withdrawn", "Withdrawn by the customer"),
        ],
        tracking=True,
    )
    binding = fields.Boolean(string="Binds Us", tracking=True)
    decision = fields.Text(help="What was decided or agreed, and until when.")
    closed_on = fields.Date(string="Decided on", tracking=True)

    @api.depends("body", "reference")
    def _compute_display_name(self):
        for case in self:
            case.display_name = " ".join(filter(None, [case.body, case.reference]))

    @api.depends("answer_due", "answered_on", "outcome")
    @api.depends_context("tz")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for case in self:
            day = case.answered_on or (False if case.outcome else today)
            case.is_late = bool(case.answer_due and day and day > case.answer_due)

    @api.constrains("filed_on", "answer_due", "answered_on", "closed_on", "outcome")
    def _check_days(self):
        for case in self:
            days = [case.answer_due, case.answered_on, case.closed_on]
            if any(day and day < case.filed_on for day in days):
                raise ValidationError(
                    self.env._(
                        "“%(case)s”: nothing can be due, sent or decided before it was "
                        "filed.",
                        case=case.display_name,
                    )
                )
            if bool(case.outcome) != bool(case.closed_on):
                raise ValidationError(
                    self.env._(
                        "“%(case)s”: the outcome and its day belong together.",
                        case=case.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._plan_answer()
        return cases

    def write(self, vals):
        result = super().write(vals)
        if {"answer_due", "answered_on", "outcome"} & set(vals):
            self._plan_answer()
        return result

    def _plan_answer(self):
        """A to-do for the handler until the day on which our answer is due."""
        todo = self.env.ref("complaint_mgmt.mail_activity_external")
        for case in self:
            planned = case.activity_ids.filtered(lambda a: a.activity_type_id == todo)
            if case.answered_on or case.outcome:
                planned.action_feedback()
            elif planned and case.answer_due:
                planned.write({"date_deadline": case.answer_due})
            elif case.answer_due:
                case.activity_schedule(
                    "complaint_mgmt.mail_activity_external",
                    case.answer_due,
                    user_id=(case.case_id.user_id or self.env.user).id,
                )
