from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .cx_touchpoint import OPEN_STATES

DUE_SOON_DAYS = 7


def search_with_owner(owner, operator, value):
    """Domain for names that begin with the owner's: “Riverside Phase 1”."""
    names = [value] if isinstance(value, str) else value
    if operator not in ("=", "in", "ilike", "=ilike") or not names:
        return Domain.FALSE
    domains = []
    for name in names:
        words = str(name).split(" ")
        domains += [
            Domain(f"{owner}.display_name", operator, " ".join(words[:cut]))
            & Domain("name", operator, " ".join(words[cut:]))
            for cut in range(1, len(words))
        ]
    return Domain.OR(domains)


class CxPhase(models.Model):
    """A phase of a project: what is built, launched and handed over as one piece."""

    _name = "cx.phase"
    _description = "Project Phase"
    _inherit = ["mail.tracking.duration.mixin", "mail.activity.mixin"]
    _order = "project_id, sequence, id"
    _rec_names_search = ["name", "project_id.name"]
    _track_duration_field = "stage_id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    project_id = fields.Many2one(
        comodel_name="cx.project",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="project_id.company_id", store=True, index=True
    )
    stage_id = fields.Many2one(
        comodel_name="cx.stage",
        required=True,
        default=lambda self: self.env["cx.stage"].search([], limit=1),
        group_expand="_read_group_expand_full",
        ondelete="restrict",
        copy=False,
        tracking=True,
        index=True,
    )
    is_first_stage = fields.Boolean(compute="_compute_stage_ends")
    is_last_stage = fields.Boolean(compute="_compute_stage_ends")
    stage_reason = fields.Char(
        string="Reason for Moving Back", copy=False, tracking=True
    )
    date_last_stage_update = fields.Datetime(
        compute="_compute_date_last_stage_update", store=True, precompute=True
    )
    customer_manager_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False)]",
        check_company=True,
        tracking=True,
        help="Head of all customer work on this phase.",
    )
    fit_out = fields.Selection(
        selection=[("shell", "Bare shell"), ("fitted", "Fitted out")],
        default="fitted",
        required=True,
    )
    property_company_id = fields.Many2one(
        comodel_name="res.partner", string="Property Service Company"
    )
    milestone_ids = fields.One2many(
        comodel_name="cx.milestone", inverse_name="phase_id", string="Milestones"
    )
    batch_ids = fields.One2many(
        comodel_name="cx.batch", inverse_name="phase_id", string="Batches"
    )
    unit_ids = fields.One2many(comodel_name="cx.unit", inverse_name="phase_id")
    touchpoint_ids = fields.One2many(
        comodel_name="cx.touchpoint", inverse_name="phase_id", string="All Touchpoints"
    )
    own_touchpoint_ids = fields.One2many(
        comodel_name="cx.touchpoint",
        inverse_name="phase_id",
        domain=[("journey_id", "=", False)],
        string="Touchpoints",
    )
    next_milestone_name = fields.Char(
        string="Next Milestone", compute="_compute_next_milestone"
    )
    next_milestone_date = fields.Date(
        string="Next Date", compute="_compute_next_milestone"
    )
    days_to_milestone = fields.Integer(compute="_compute_next_milestone")
    overdue_count = fields.Integer(
        string="Overdue", compute="_compute_touchpoint_counts"
    )
    due_soon_count = fields.Integer(
        string="Due Soon", compute="_compute_touchpoint_counts"
    )
    open_count = fields.Integer(
        string="Open Touchpoints", compute="_compute_touchpoint_counts"
    )
    journey_count = fields.Integer(compute="_compute_journey_count")
    planned_at = fields.Datetime(
        string="Last Planned",
        readonly=True,
        copy=False,
        help="When the nightly run last compared this phase with its rules.",
    )
    note = fields.Html()

    _name_project_uniq = models.Constraint(
        "UNIQUE(project_id, name)", "The project already has a phase of this name."
    )

    @api.depends("name", "project_id.name")
    def _compute_display_name(self):
        for phase in self:
            phase.display_name = f"{phase.project_id.name} {phase.name}"

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        return domain | search_with_owner("project_id", operator, value)

    @api.depends("stage_id")
    def _compute_date_last_stage_update(self):
        self.date_last_stage_update = fields.Datetime.now()

    @api.depends("stage_id")
    def _compute_stage_ends(self):
        for phase in self:
            phase.is_first_stage = phase.stage_id.code == "A"
            phase.is_last_stage = phase.stage_id.code == "G"

    @api.depends("milestone_ids.date_effective", "milestone_ids.date_actual")
    @api.depends_context("lang", "tz")
    def _compute_next_milestone(self):
        today = fields.Date.context_today(self)
        for phase in self:
            ahead = phase.milestone_ids.filtered(
                lambda milestone: milestone.date_effective and not milestone.date_actual
            ).sorted("date_effective")[:1]
            phase.next_milestone_name = ahead.type_id.name
            phase.next_milestone_date = ahead.date_effective
            phase.days_to_milestone = (
                (ahead.date_effective - today).days if ahead else 0
            )

    def _compute_touchpoint_counts(self):
        today = fields.Date.context_today(self)
        Touchpoint = self.env["cx.touchpoint"]

        def count(domain):
            return dict(
                Touchpoint._read_group(
                    Domain("phase_id", "in", self.ids)
                    & Domain("state", "in", OPEN_STATES)
                    & domain,
                    ["phase_id"],
                    ["__count"],
                )
            )

        opened = count(Domain.TRUE)
        overdue = count(Domain("date_due", "<", today))
        soon = count(
            Domain("date_due", ">=", today)
            & Domain("date_due", "<=", today + timedelta(days=DUE_SOON_DAYS))
        )
        for phase in self:
            phase.open_count = opened.get(phase, 0)
            phase.overdue_count = overdue.get(phase, 0)
            phase.due_soon_count = soon.get(phase, 0)

    def _compute_journey_count(self):
        counts = dict(
            self.env["cx.journey"]._read_group(
                [("phase_id", "in", self.ids)], ["phase_id"], ["__count"]
            )
        )
        for phase in self:
            phase.journey_count = counts.get(phase, 0)

    @api.model_create_multi
    def create(self, vals_list):
        phases = super().create(vals_list)
        self.env["cx.milestone"]._create_missing(phases=phases)
        return phases

    def write(self, vals):
        if "project_id" in vals:
            self._check_project_kept(vals["project_id"])
        if "stage_id" in vals:
            stage = self.env["cx.stage"].browse(vals["stage_id"])
            self._check_stage_move(stage, vals.get("stage_reason"))
            vals = {"stage_reason": False, **vals}
        former = {phase: phase.customer_manager_id for phase in self}
        result = super().write(vals)
        if "customer_manager_id" in vals:
            self._hand_over_touchpoints(former)
        if {"active", "fit_out"} & vals.keys():
            self.env["cx.planner"]._plan(self, cause="anchor")
        return result

    def _check_project_kept(self, project_id):
        for phase in self:
            if phase.project_id.id != project_id and phase.touchpoint_ids:
                raise ValidationError(
                    self.env._(
                        "Phase %(phase)s already has touchpoints and stays in its "
                        "project. Archive it and create it in the other project.",
                        phase=phase.display_name,
                    )
                )

    def _check_stage_move(self, stage, reason):
        """One stage forward when nothing blocks; back only for a reason."""
        order = {s: place for place, s in enumerate(self.env["cx.stage"].search([]))}
        for phase in self.filtered(lambda phase: phase.stage_id != stage):
            steps = order[stage] - order[phase.stage_id]
            if steps < 0:
                phase._check_stage_back(stage, reason)
                continue
            blockers = phase._get_stage_blockers(stage, steps)
            if blockers:
                raise UserError(
                    self.env._(
                        "%(phase)s cannot move to stage %(stage)s yet:\n%(blockers)s",
                        phase=phase.display_name,
                        stage=stage.display_name,
                        blockers="\n".join(f"- {line}" for line in blockers),
                    )
                )

    def _check_stage_back(self, stage, reason):
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "Moving %(phase)s back to stage %(stage)s needs a reason: use "
                    "“Move back” on the phase.",
                    phase=self.display_name,
                    stage=stage.display_name,
                )
            )

    def _get_stage_blockers(self, stage, steps):
        """What keeps a phase from moving forward, in words. Made to be extended."""
        self.ensure_one()
        blockers = []
        if steps > 1:
            blockers.append(
                self.env._("Stages follow one another: move one stage at a time.")
            )
        if stage.code >= "C" and not self.customer_manager_id:
            blockers.append(
                self.env._(
                    "No customer manager is appointed: fill in “Customer Manager” on "
                    "the phase."
                )
            )
        # work of every department counts, not only what the user may see
        late = self.env["cx.touchpoint"].sudo()
        for touchpoint in late.search(
            [
                ("phase_id", "=", self.id),
                ("batch_id", "=", False),
                ("journey_id", "=", False),
                ("stage_id", "=", self.stage_id.id),
                ("is_mandatory", "=", True),
                ("is_overdue", "=", True),
            ]
        ):
            blockers.append(
                self.env._(
                    "%(touchpoint)s was due on %(date)s: finish it, or have a customer "
                    "manager skip it with a reason.",
                    touchpoint=f"{touchpoint.code or ''} {touchpoint.name}".strip(),
                    date=touchpoint.date_due,
                )
            )
        return blockers

    def _hand_over_touchpoints(self, former):
        """The customer manager's open touchpoints go to the successor."""
        touchpoints = (
            self.env["cx.touchpoint"]
            .sudo()  # those that the user may not see change hands as well
            .search(
                [
                    ("phase_id", "in", self.ids),
                    ("state", "in", OPEN_STATES),
                    ("template_id.responsible", "=", "manager"),
                ]
            )
        )
        for phase, records in touchpoints.grouped("phase_id").items():
            records.filtered(
                lambda touchpoint, old=former[phase]: touchpoint.user_id == old
            )._hand_over(user=phase.customer_manager_id)

    def action_next_stage(self):
        for phase in self:
            following = self.env["cx.stage"].search(
                [("code", ">", phase.stage_id.code)], limit=1
            )
            if following:
                phase.stage_id = following

    def action_view_touchpoints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_touchpoint_action"
        )
        return action | {
            "domain": [("phase_id", "=", self.id)],
            "context": dict(
                self.env.context, default_phase_id=self.id, search_default_open=1
            ),
        }

    def action_view_overdue(self):
        action = self.action_view_touchpoints()
        return action | {"context": {"search_default_overdue": 1}}

    def action_view_journeys(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_journey_action"
        )
        return action | {"domain": [("phase_id", "=", self.id)], "context": {}}
