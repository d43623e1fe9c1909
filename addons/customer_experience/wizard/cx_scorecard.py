from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..engine import score as engine

MINIMUM = "customer_experience.score_minimum"
RATED = ("dimension", "overall")


class CxScorecard(models.TransientModel):
    """Satisfaction, recommendation and loyalty by department, phase, dimension…

    Everybody may compare; a line with few answers shows no figures, so that nobody is
    recognised and chance is not taken for a result.
    """

    _name = "cx.scorecard"
    _description = "Scorecard"
    _transient_max_hours = 1

    date_from = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=365),
    )
    date_to = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    axis = fields.Selection(
        selection=[
            ("department_id", "Department"),
            ("dimension_id", "Dimension"),
            ("project_id", "Project"),
            ("phase_id", "Phase"),
            ("stage_id", "Stage"),
            ("owner_phase", "Owner Phase"),
        ],
        string="Compare",
        required=True,
        default="department_id",
    )
    project_id = fields.Many2one(comodel_name="cx.project")
    minimum = fields.Integer(compute="_compute_minimum")
    line_ids = fields.One2many(
        comodel_name="cx.scorecard.line",
        inverse_name="card_id",
        compute="_compute_line_ids",
        store=True,
    )

    @api.depends_context("uid")
    def _compute_minimum(self):
        # sudo: parameters are for administrators, the number is for everybody
        parameters = self.env["ir.config_parameter"].sudo()
        self.minimum = int(parameters.get_param(MINIMUM, engine.MINIMUM))

    def _compute_display_name(self):
        for card in self:
            card.display_name = self.env._("Scorecard")

    @api.depends("date_from", "date_to", "axis", "project_id")
    def _compute_line_ids(self):
        for card in self:
            lines = card._lines() if card.date_from and card.date_to else []
            card.line_ids = [
                Command.clear(),
                *(Command.create(line) for line in lines),
            ]

    def _domain(self):
        domain = Domain("company_id", "in", self.env.companies.ids)
        if self.project_id:
            domain &= Domain("project_id", "=", self.project_id.id)
        return (
            domain
            & Domain("date", ">=", self.date_from)
            & Domain("date", "<=", self.date_to)
        )

    def _lines(self):
        # sudo: shares of many are for everybody, single answers are not
        Score = self.env["cx.score"].sudo()
        domain, axis = self._domain(), self.axis
        people = dict(Score._read_group(domain, [axis], ["request_id:count_distinct"]))
        counts = defaultdict(lambda: defaultdict(int))
        for place, measure, top, nps_class, count, total in Score._read_group(
            domain & Domain("is_na", "=", False),
            [axis, "measure", "is_top", "nps_class"],
            ["__count", "score:sum"],
        ):
            of_place = counts[place]
            if measure in RATED:
                of_place["rated"] += count
                of_place["score"] += total
                of_place["top"] += count if top else 0
            elif measure == "nps":
                of_place[nps_class] += count
            elif measure == "loyalty":
                of_place["asked_loyalty"] += count
                of_place["loyal"] += count if top else 0
        asked = self._asked()
        lines = [
            self._line(place, people[place], counts[place], asked.get(place))
            for place in people
            if place
        ]
        lines.sort(key=lambda line: line["name"])
        return lines

    def _asked(self):
        """How many were asked, where a request knows it before the answer."""
        if self.axis not in ("project_id", "phase_id"):
            return {}
        domain = Domain("company_id", "in", self.env.companies.ids) & Domain(
            "status", "!=", "cancelled"
        )
        # a date without a time zone; a day more or less is no matter for a rate
        domain &= Domain("asked_at", ">=", self.date_from)
        domain &= Domain("asked_at", "<", self.date_to + timedelta(days=1))
        rows = (
            self.env["cx.survey.request"]
            # sudo: as in _lines
            .sudo()
            ._read_group(domain, ["phase_id"], ["__count"])
        )
        asked = defaultdict(int)
        for phase, count in rows:
            asked[phase if self.axis == "phase_id" else phase.project_id] += count
        return asked

    def _line(self, place, people, counts, asked):
        name = place.display_name if hasattr(place, "display_name") else place
        if self.axis == "owner_phase":
            field = self.env["cx.score"]._fields["owner_phase"]
            name = dict(field._description_selection(self.env))[place]
        line = {"name": name, "answered": people, "asked": asked or 0}
        if asked:
            line["response"] = self._share_text(people, max(asked, people))
        if not engine.is_shown(people, self.minimum):
            return {**line, "is_hidden": True}
        rated = counts["rated"]
        nps = [counts[name] for name in ("promoter", "passive", "detractor")]
        value = engine.nps(*nps)
        interval = engine.nps_interval(*nps)
        return {
            **line,
            "csat": self._share_text(counts["top"], rated),
            "mean": f"{counts['score'] / rated:.1f}" if rated else "",
            "nps": self._text(value, interval, "") if interval else "",
            "loyalty": self._share_text(counts["loyal"], counts["asked_loyalty"]),
        }

    def _share_text(self, hits, n):
        value = engine.share(hits, n)
        if value is None:
            return ""
        return self._text(value, engine.share_interval(hits, n), " %")

    def _text(self, value, interval, unit):
        low, high = interval
        return f"{value:.0f}{unit} ({low:.0f} … {high:.0f})"


class CxScorecardLine(models.TransientModel):
    _name = "cx.scorecard.line"
    _description = "Line of a Scorecard"
    _transient_max_hours = 1

    card_id = fields.Many2one(
        comodel_name="cx.scorecard", required=True, ondelete="cascade"
    )
    name = fields.Char(required=True)
    asked = fields.Integer()
    answered = fields.Integer(string="Answers")
    response = fields.Char(string="Response (95 %)")
    csat = fields.Char(string="CSAT (95 %)", help="Share of scores of 4 or 5.")
    mean = fields.Char(help="On a scale of 100.")
    nps = fields.Char(string="NPS (95 %)", help="Promoters minus detractors.")
    loyalty = fields.Char(
        string="Loyalty (95 %)",
        help="Share of those who gave the best mark to all three: satisfied, would buy "
        "again, would recommend.",
    )
    is_hidden = fields.Boolean()
