from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

# events of a buyer, in the order in which they happen
EVENTS = [
    ("subscribed", "Subscription"),
    ("signed", "Contract signing"),
    ("registered", "Contract registration"),
    ("loan", "Mortgage paid out"),
    ("ho_done", "Handover"),
    ("moved_in", "Move-in"),
    ("deed", "Title deed"),
]
EVENT_FIELDS = [f"date_{code}" for code, _label in EVENTS]
# what cannot happen before what
EVENT_ORDER = [
    ("subscribed", "signed"),
    ("signed", "registered"),
    ("signed", "loan"),
    ("signed", "ho_done"),
    ("ho_done", "moved_in"),
]


class CxJourney(models.Model):
    """A buyer's way with one unit, from subscription to living there."""

    _name = "cx.journey"
    _description = "Customer Journey"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    # the newest buyer first; the order of phases and units would be sorted out anew for
    # each column of the board
    _order = "id desc"
    _rec_names_search = ["partner_id.name", "unit_id.name"]
    _check_company_auto = True

    active = fields.Boolean(
        default=True,
        tracking=True,
        help="Archive when the buyer withdraws: the open touchpoints are cancelled.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    phone = fields.Char(related="partner_id.phone")
    customer_type = fields.Selection(
        selection=[
            ("natural", "Natural person"),
            ("company", "Company"),
            ("investor", "Investor"),
        ],
        default="natural",
        required=True,
    )
    unit_id = fields.Many2one(
        comodel_name="cx.unit",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    phase_id = fields.Many2one(related="unit_id.phase_id", store=True, index=True)
    project_id = fields.Many2one(related="phase_id.project_id", store=True)
    company_id = fields.Many2one(related="unit_id.company_id", store=True, index=True)
    manager_id = fields.Many2one(
        related="phase_id.customer_manager_id", string="Customer Manager", store=True
    )
    stage_id = fields.Many2one(
        comodel_name="cx.stage",
        compute="_compute_stage_id",
        store=True,
        index=True,
        group_expand="_group_expand_stage",
        help="Follows from what has happened; touchpoints of other stages may run "
        "beside.",
    )
    date_subscribed = fields.Date(string="Subscribed", tracking=True, copy=False)
    date_signed = fields.Date(string="Signed", tracking=True, copy=False)
    date_registered = fields.Date(string="Registered", tracking=True, copy=False)
    date_loan = fields.Date(string="Mortgage Paid Out", tracking=True, copy=False)
    date_ho_done = fields.Date(string="Handed Over", tracking=True, copy=False)
    date_moved_in = fields.Date(string="Moved In", tracking=True, copy=False)
    date_deed = fields.Date(string="Title Deed", tracking=True, copy=False)
    touchpoint_ids = fields.One2many(
        comodel_name="cx.touchpoint", inverse_name="journey_id", string="Touchpoints"
    )
    overdue_count = fields.Integer(string="Overdue", compute="_compute_touchpoints")
    next_touchpoint_id = fields.Many2one(
        comodel_name="cx.touchpoint", compute="_compute_touchpoints"
    )
    next_touchpoint_date = fields.Date(compute="_compute_touchpoints")

    _partner_unit_uniq = models.UniqueIndex(
        "(partner_id, unit_id) WHERE active",
        "This customer already has a journey for this unit.",
    )

    # the board: how many there are in each stage, and the newest of them
    _board_idx = models.Index("(stage_id, id DESC) WHERE active IS TRUE")

    @api.depends("partner_id.name", "unit_id.name")
    def _compute_display_name(self):
        for journey in self:
            journey.display_name = f"{journey.partner_id.name} {journey.unit_id.name}"

    @api.depends(
        "date_subscribed",
        "date_signed",
        "date_ho_done",
        "date_moved_in",
        "unit_id.delivery_batch_id.milestone_ids.date_actual",
    )
    def _compute_stage_id(self):
        stages = {stage.code: stage for stage in self.env["cx.stage"].search([])}
        for journey in self:
            milestones = journey.unit_id.delivery_batch_id.milestone_ids
            if journey.date_moved_in:
                code = "G"
            elif journey.date_ho_done:
                code = "F"
            elif journey.date_signed:
                notified = any(milestones.mapped("date_actual"))
                code = "E" if notified else "D"
            else:
                code = "C" if journey.date_subscribed else "B"
            journey.stage_id = stages.get(code)

    @api.model
    def _group_expand_stage(self, stages, domain):
        """All the stages that a buyer can be in."""
        return self.env["cx.stage"].search([("code", ">", "A")])

    @api.depends("touchpoint_ids.state", "touchpoint_ids.date_due")
    def _compute_touchpoints(self):
        today = fields.Date.context_today(self)
        for journey in self:
            pending = journey.touchpoint_ids.filtered("is_open").sorted("date_due")
            journey.next_touchpoint_id = pending[:1]
            journey.next_touchpoint_date = pending[:1].date_due
            journey.overdue_count = len(
                pending.filtered(lambda touchpoint: touchpoint.date_due < today)
            )

    @api.constrains(*EVENT_FIELDS)
    def _check_dates(self):
        labels = {
            name: self._fields[name]._description_string(self.env)
            for name in EVENT_FIELDS
        }
        for journey in self:
            today = self.env["cx.planner"]._today(journey.company_id)
            for name in EVENT_FIELDS:
                if journey[name] and journey[name] > today:
                    raise ValidationError(
                        self.env._(
                            "%(journey)s: “%(event)s” %(date)s is still to come. Enter "
                            "the date once it has happened.",
                            journey=journey.display_name,
                            event=labels[name],
                            date=format_date(self.env, journey[name]),
                        )
                    )
            for before, after in EVENT_ORDER:
                first, then = journey[f"date_{before}"], journey[f"date_{after}"]
                if first and then and then < first:
                    raise ValidationError(
                        self.env._(
                            "%(journey)s: “%(after)s” %(then)s cannot be before "
                            "“%(before)s” %(first)s. Correct one of the dates.",
                            journey=journey.display_name,
                            after=labels[f"date_{after}"],
                            then=format_date(self.env, then),
                            before=labels[f"date_{before}"],
                            first=format_date(self.env, first),
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        journeys = super().create(vals_list)
        self.env["cx.planner"]._plan_journeys(journeys, cause="event")
        return journeys

    def write(self, vals):
        if "unit_id" in vals:
            self._check_unit_kept(self.env["cx.unit"].browse(vals["unit_id"]))
        result = super().write(vals)
        if {"active", "unit_id", *EVENT_FIELDS} & vals.keys():
            self.env["cx.planner"]._plan_journeys(self, cause="event")
        return result

    def _check_unit_kept(self, unit):
        # touchpoints count even if the user may not see them
        for journey in self.sudo():
            if unit.phase_id != journey.phase_id and journey.touchpoint_ids:
                raise ValidationError(
                    self.env._(
                        "%(journey)s already has touchpoints in %(phase)s. Archive it "
                        "and create a journey for the new unit.",
                        journey=journey.display_name,
                        phase=journey.phase_id.display_name,
                    )
                )

    def action_view_touchpoints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_touchpoint_action"
        )
        return action | {"domain": [("journey_id", "=", self.id)], "context": {}}

    @api.model
    def get_import_templates(self):
        # headings are the labels of the fields, so there is one template a language
        name = "cx_journey_zh_CN" if self.env.lang == "zh_CN" else "cx_journey"
        return [
            {
                "label": self.env._("Import Template for Customer Journeys"),
                "template": f"/customer_experience/static/xls/{name}.xlsx",
            }
        ]
