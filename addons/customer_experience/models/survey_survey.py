from odoo import api, fields, models
from odoo.exceptions import ValidationError

MEASURES = [
    ("dimension", "Score of a dimension (1–5)"),
    ("nps", "Would recommend (0–10)"),
    ("overall", "Loyalty: overall satisfaction (1–5)"),
    ("again", "Loyalty: would buy again (1–5)"),
    ("recommend", "Loyalty: would recommend (1–5)"),
    ("effort", "Effort (1–5)"),
]


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    cx_kind = fields.Selection(
        selection=[
            ("transaction", "After a contact"),
            ("relation", "Relationship"),
            ("repair", "After a repair"),
        ],
        string="Customer Survey",
        help="After a contact: at most one a fortnight for a customer. Relationship: "
        "at most one in 90 days. Neither while a severe complaint is open. Call-backs "
        "after a repair are always made.",
    )
    cx_is_anonymous = fields.Boolean(
        string="Anonymous", help="Answers name nobody, so nobody follows them up."
    )
    cx_term_days = fields.Integer(
        string="Term (days)", default=30, help="So long a link can be answered."
    )

    _cx_term_check = models.Constraint(
        "CHECK(cx_term_days BETWEEN 1 AND 365)", "The term is between 1 and 365 days."
    )


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    cx_measure = fields.Selection(selection=MEASURES, string="Measures")
    cx_dimension_id = fields.Many2one(
        comodel_name="cx.dimension", string="Dimension", ondelete="restrict"
    )

    @api.constrains("cx_measure", "cx_dimension_id", "question_type", "scale_max")
    def _check_cx_measure(self):
        for question in self.filtered("cx_measure"):
            if question.cx_measure == "dimension" and not question.cx_dimension_id:
                raise ValidationError(
                    self.env._(
                        "“%(question)s” scores a dimension: choose which.",
                        question=question.title,
                    )
                )
            if question.question_type not in ("scale", "simple_choice"):
                raise ValidationError(
                    self.env._(
                        "“%(question)s” is measured: make it a scale, or a choice of "
                        "one answer with a value each.",
                        question=question.title,
                    )
                )
            best = 10 if question.cx_measure == "nps" else 5
            if question.question_type == "scale" and question.scale_max != best:
                raise ValidationError(
                    self.env._(
                        "“%(question)s”: this scale ends at %(best)s.",
                        question=question.title,
                        best=best,
                    )
                )

    def _cx_best(self):
        return 10 if self.cx_measure == "nps" else 5


class SurveyQuestionAnswer(models.Model):
    _inherit = "survey.question.answer"

    cx_value = fields.Integer(string="Value", help="1 to 5, for a measured question.")
    cx_is_na = fields.Boolean(
        string="Not Applicable", help="Counts nowhere; a reason is asked for."
    )

    _cx_value_check = models.Constraint(
        "CHECK(cx_value BETWEEN 0 AND 10)", "The value of an answer is 0 to 10."
    )
