from odoo import api, fields, models

from ..engine import score as engine
from .cx_journey_phase import OWNER_PHASES
from .survey_survey import MEASURES


class CxScore(models.Model):
    """One scored answer with all that it is compared by, as it was when given.

    Rows are facts: nobody edits them. They are recorded again only from the same
    answer.
    """

    _name = "cx.score"
    _description = "Score"
    _order = "date desc, id desc"
    _allow_sudo_commands = False

    request_id = fields.Many2one(
        comodel_name="cx.survey.request", required=True, index=True, ondelete="cascade"
    )
    question_id = fields.Many2one(comodel_name="survey.question", ondelete="set null")
    measure = fields.Selection(
        selection=[*MEASURES, ("loyalty", "Loyal")], required=True
    )
    dimension_id = fields.Many2one(
        comodel_name="cx.dimension", ondelete="restrict", index="btree_not_null"
    )
    date = fields.Date(required=True)
    # who; empty when the survey is anonymous
    partner_id = fields.Many2one(comodel_name="res.partner", ondelete="set null")
    journey_id = fields.Many2one(
        comodel_name="cx.journey", ondelete="set null", index="btree_not_null"
    )
    owner_phase = fields.Selection(selection=OWNER_PHASES)
    # where
    touchpoint_id = fields.Many2one(
        comodel_name="cx.touchpoint", ondelete="set null", index="btree_not_null"
    )
    project_id = fields.Many2one(comodel_name="cx.project", required=True)
    phase_id = fields.Many2one(comodel_name="cx.phase", required=True, index=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    stage_id = fields.Many2one(comodel_name="cx.stage")
    department_id = fields.Many2one(comodel_name="hr.department", index=True)
    # how much
    value = fields.Integer(aggregator=None)
    value_max = fields.Integer(aggregator=None)
    is_na = fields.Boolean(string="Not Applicable")
    na_reason = fields.Char(string="Reason")
    score = fields.Float(string="Score (0–100)", aggregator="avg")
    is_top = fields.Boolean(string="Satisfied", help="In the top two boxes.")
    nps_class = fields.Selection(
        selection=[
            ("promoter", "Promoter"),
            ("passive", "Passive"),
            ("detractor", "Detractor"),
        ]
    )

    # a second run finds the answer recorded
    _question_uniq = models.UniqueIndex(
        "(request_id, measure, COALESCE(question_id, 0))",
        "This answer is recorded already.",
    )
    # the scorecard: one measure over a period
    _measure_date_idx = models.Index("(measure, date)")

    @api.model
    def _record(self, request):
        """Record the answers of a request, anew if they were recorded before."""
        request.score_ids.unlink()
        user_input = request.user_input_ids[:1]
        common = self._prepare(request)
        vals_list, loyalty = [], {}
        for question in user_input.survey_id.question_ids.filtered("cx_measure"):
            answer = user_input._cx_answer(question)
            if answer is None:
                continue
            value, reason = answer
            vals_list.append(
                {
                    **common,
                    **self._prepare_department(request, question),
                    "question_id": question.id,
                    "measure": question.cx_measure,
                    **self._prepare_value(question, value, reason),
                }
            )
            loyalty[question.cx_measure] = value
        trio = [loyalty.get(name) for name in ("overall", "again", "recommend")]
        if all(trio):
            loyal = engine.is_loyal(*trio)
            vals_list.append(
                {
                    **common,
                    "measure": "loyalty",
                    "value": loyal,
                    "value_max": 1,
                    "score": 100 * loyal,
                    "is_top": loyal,
                }
            )
        return self.create(vals_list)

    @api.model
    def _prepare(self, request):
        journey, touchpoint = request.journey_id, request.touchpoint_id
        named = not request.survey_id.cx_is_anonymous
        return {
            "request_id": request.id,
            "date": fields.Date.context_today(self),
            "partner_id": named and journey.partner_id.id,
            "journey_id": named and journey.id,
            "owner_phase": journey._owner_phase_on(fields.Date.context_today(self)),
            "touchpoint_id": named and touchpoint.id,
            "project_id": journey.project_id.id,
            "phase_id": journey.phase_id.id,
            "company_id": journey.company_id.id,
            "stage_id": (touchpoint.stage_id or journey.stage_id).id,
            "department_id": touchpoint.department_id.id,
        }

    @api.model
    def _prepare_department(self, request, question):
        """A dimension is the work of a department, whoever asked about it."""
        role = question.cx_dimension_id.role_id
        if not role:
            return {"dimension_id": question.cx_dimension_id.id}
        return {
            "dimension_id": question.cx_dimension_id.id,
            "department_id": request.journey_id.project_id._department_for(role).id,
        }

    @api.model
    def _prepare_value(self, question, value, reason):
        best = question._cx_best()
        if value is None:
            return {"is_na": True, "na_reason": reason, "value_max": best}
        nps = question.cx_measure == "nps"
        return {
            "value": value,
            "value_max": best,
            "score": engine.mean([value], best),
            "is_top": not nps and engine.is_satisfied(value, best),
            "nps_class": engine.nps_class(value) if nps else False,
        }

    def _summary(self):
        """What a request shows of its answers."""
        nps = self.filtered(lambda score: score.measure == "nps" and not score.is_na)
        rated = self.filtered(
            lambda score: score.measure in ("dimension", "overall") and not score.is_na
        )
        count = len(rated)
        return {
            "nps": nps[:1].value,
            "has_nps": bool(nps),
            "satisfaction": sum(rated.mapped("score")) / count if count else 0,
        }
