from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.score import owner_phase

OWNER_PHASES = [
    ("future", "Future Owner"),
    ("settling", "Settling In"),
    ("stable", "Stable Owner"),
    ("long", "Long-standing"),
]
BOUNDS = ("customer_experience.settling_days", "customer_experience.stable_days")
RELATION_DAYS = 90
CONTACT_DAYS = 14


class CxJourney(models.Model):
    """The customer who is asked: in which phase of ownership, and whether at all."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "cx.journey"

    owner_phase = fields.Selection(
        selection=OWNER_PHASES,
        compute="_compute_owner_phase",
        search="_search_owner_phase",
        help="Signed but not moved in; first year; second year; longer.",
    )
    survey_request_ids = fields.One2many(
        comodel_name="cx.survey.request", inverse_name="journey_id"
    )
    survey_count = fields.Integer(compute="_compute_survey_count")
    has_nps = fields.Boolean(readonly=True, copy=False)
    last_nps = fields.Integer(
        string="Last NPS (0–10)", readonly=True, copy=False, aggregator=None
    )

    @api.model
    def _owner_bounds(self):
        # sudo: parameters are for administrators, the bounds are for everybody
        parameters = self.env["ir.config_parameter"].sudo()
        return tuple(
            int(parameters.get_param(key, days))
            for key, days in zip(BOUNDS, (365, 730), strict=True)
        )

    def _owner_phase_on(self, day):
        self.ensure_one()
        return owner_phase(
            self.date_signed or None,
            self.date_moved_in or None,
            day,
            self._owner_bounds(),
        )

    @api.depends("date_signed", "date_moved_in")
    def _compute_owner_phase(self):
        today = fields.Date.context_today(self)
        for journey in self:
            journey.owner_phase = journey._owner_phase_on(today)

    def _search_owner_phase(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        first, second = (today - timedelta(days=days) for days in self._owner_bounds())
        moved = "date_moved_in"
        domains = {
            "future": Domain("date_signed", "<=", today) & Domain(moved, "=", False),
            "settling": Domain(moved, ">=", first),
            "stable": Domain(moved, "<", first) & Domain(moved, ">=", second),
            "long": Domain(moved, "<", second),
            False: Domain("date_signed", "=", False) & Domain(moved, "=", False),
        }
        return Domain.OR(domains[phase] for phase in value if phase in domains)

    @api.depends("survey_request_ids")
    def _compute_survey_count(self):
        counts = dict(
            self.env["cx.survey.request"]._read_group(
                [("journey_id", "in", self.ids)], ["journey_id"], ["__count"]
            )
        )
        for journey in self:
            journey.survey_count = counts.get(journey, 0)

    def _note_nps(self, request):
        if request.has_nps and not request.survey_id.cx_is_anonymous:
            self.write({"has_nps": True, "last_nps": request.nps})

    # whether to ask

    def _survey_objection(self, request):
        """Why this customer is not asked now, in words; nothing when all is well.

        Call-backs after a repair and second measurements are always made.
        """
        self.ensure_one()
        kind = request.survey_id.sudo().cx_kind  # surveys are kept by administrators
        if kind == "repair" or request._is_second():
            return None
        if suppressed := self._survey_suppressed():
            return suppressed
        days = RELATION_DAYS if kind == "relation" else CONTACT_DAYS
        # sudo: colleagues may have asked; a customer is one, in whatever project
        asked = request.sudo().search_count(
            [
                ("partner_id", "=", self.partner_id.id),
                ("survey_id.cx_kind", "=", kind),
                ("status", "not in", ("declined", "cancelled", "expired")),
                ("id", "!=", request.id),
                ("asked_at", ">", fields.Datetime.now() - timedelta(days=days)),
            ],
            limit=1,
        )
        if asked:
            return self.env._(
                "a survey of this kind was made within the last %(days)s days.",
                days=days,
            )
        return None

    def _survey_suppressed(self):
        """Why nobody asks this customer for the time being. Made to be extended."""
        return None

    def action_view_surveys(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_survey_request_action"
        )
        return action | {
            "domain": [("journey_id", "=", self.id)],
            "context": {"default_journey_id": self.id},
        }
