from odoo import fields, models
from odoo.exceptions import UserError


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    cx_request_id = fields.Many2one(
        comodel_name="cx.survey.request",
        string="Customer Survey",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )

    def _save_lines(self, question, answer, comment=None, overwrite_existing=True):
        self._check_cx_open()
        return super()._save_lines(question, answer, comment, overwrite_existing)

    def _mark_done(self):
        measured = self.filtered("cx_request_id")
        measured._check_cx_open()
        for user_input in measured:
            user_input._check_cx_complete()
        result = super()._mark_done()
        for request in measured.cx_request_id:
            request._after_answer()
        return result

    def _check_cx_open(self):
        for user_input in self.filtered("cx_request_id"):
            if user_input.state == "done":
                raise UserError(
                    self.env._("This survey has been answered already. Thank you!")
                )
            if user_input.deadline and user_input.deadline < fields.Datetime.now():
                raise UserError(
                    self.env._(
                        "The term of this survey is over. Thank you all the same!"
                    )
                )

    def _check_cx_complete(self):
        """Each measured question has a value, or is not applicable for a reason."""
        inactive = self._get_inactive_conditional_questions()
        for question in self.survey_id.question_ids - inactive:
            if question.cx_measure and not self._cx_answer(question):
                raise UserError(
                    self.env._(
                        "“%(question)s” has no score yet. Choose one, or “not "
                        "applicable” with the reason.",
                        question=question.title,
                    )
                )

    def _cx_answer(self, question):
        """(value, reason): a value, or why there is none; None when unanswered."""
        line = self.user_input_line_ids.filtered(
            lambda line: line.question_id == question and not line.skipped
        )[:1]
        if line.answer_type == "scale":
            return line.value_scale, False
        choice = line.suggested_answer_id
        if choice.cx_is_na:
            reason = self._cx_reason(choice)
            return (None, reason) if reason else None
        return (choice.cx_value, False) if choice else None

    def _cx_reason(self, choice):
        """The text of the question that “not applicable” opens, or the comment."""
        for line in self.user_input_line_ids:
            if choice in line.question_id.triggering_answer_ids or (
                line.question_id == choice.question_id and not line.suggested_answer_id
            ):
                text = line.value_char_box or line.value_text_box
                if (text or "").strip():
                    return text.strip()
        return False
