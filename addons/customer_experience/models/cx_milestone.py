from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..engine.schedule import effective


class CxMilestone(models.Model):
    """A dated event of a phase, or of one batch of it; touchpoints hang on its date."""

    _name = "cx.milestone"
    _description = "Milestone"
    _inherit = ["mail.thread"]
    _order = "phase_id, type_sequence, batch_id, id"
    _rec_names_search = ["type_id.name", "phase_id.name"]
    _check_company_auto = True

    type_id = fields.Many2one(
        comodel_name="cx.milestone.type", required=True, ondelete="restrict"
    )
    type_sequence = fields.Integer(related="type_id.sequence", store=True)
    level = fields.Selection(related="type_id.level")
    batch_id = fields.Many2one(
        comodel_name="cx.batch",
        domain="[('phase_id', '=', phase_id), ('kind', '=', level)]",
        ondelete="cascade",
        check_company=True,
    )
    phase_id = fields.Many2one(
        comodel_name="cx.phase",
        compute="_compute_phase_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="cascade",
        check_company=True,
        help="The phase that the milestone, or its batch, belongs to.",
    )
    project_id = fields.Many2one(related="phase_id.project_id", store=True)
    company_id = fields.Many2one(related="phase_id.company_id", store=True)
    stage_id = fields.Many2one(related="type_id.stage_id", store=True)
    date_planned = fields.Date(string="Planned Date", tracking=True, copy=False)
    date_forecast = fields.Date(string="Forecast Date", tracking=True, copy=False)
    date_actual = fields.Date(string="Actual Date", tracking=True, copy=False)
    date_effective = fields.Date(
        string="Effective Date",
        compute="_compute_date_effective",
        store=True,
        help="Actual date, else forecast, else plan.",
    )
    slip_days = fields.Integer(
        string="Slip (days)", compute="_compute_slip_days", help="Effective minus plan."
    )
    touchpoint_count = fields.Integer(compute="_compute_touchpoint_count")
    note = fields.Char()

    # a milestone belongs to the batch when one is given, else to the phase
    _phase_type_uniq = models.UniqueIndex(
        "(phase_id, type_id) WHERE batch_id IS NULL",
        "The phase already has this milestone: enter the date there.",
    )
    _batch_type_uniq = models.UniqueIndex(
        "(batch_id, type_id) WHERE batch_id IS NOT NULL",
        "The batch already has this milestone: enter the date there.",
    )
    # the planner asks for the dates of some types in some phases
    _phase_date_idx = models.Index(
        "(phase_id, type_id, date_effective) WHERE date_effective IS NOT NULL"
    )

    @api.depends("type_id.name", "batch_id", "phase_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for milestone in self:
            owner = milestone.batch_id or milestone.phase_id
            milestone.display_name = f"{milestone.type_id.name} ({owner.display_name})"

    @api.depends("batch_id")
    def _compute_phase_id(self):
        for milestone in self:
            milestone.phase_id = milestone.batch_id.phase_id or milestone.phase_id

    @api.depends("date_planned", "date_forecast", "date_actual")
    def _compute_date_effective(self):
        for milestone in self:
            milestone.date_effective = effective(
                milestone.date_actual, milestone.date_forecast, milestone.date_planned
            )

    @api.depends("date_planned", "date_effective")
    def _compute_slip_days(self):
        for milestone in self:
            planned, dated = milestone.date_planned, milestone.date_effective
            milestone.slip_days = (dated - planned).days if planned and dated else 0

    def _compute_touchpoint_count(self):
        for milestone in self:
            milestone.touchpoint_count = self.env["cx.touchpoint"].search_count(
                milestone._touchpoint_domain()
            )

    def _touchpoint_domain(self):
        self.ensure_one()
        domain = [
            ("phase_id", "=", self.phase_id.id),
            ("template_id.milestone_type_id", "=", self.type_id.id),
        ]
        if self.batch_id:
            domain += [("batch_id", "in", (False, self.batch_id.id))]
        return domain

    @api.constrains("type_id", "batch_id", "phase_id")
    def _check_level(self):
        for milestone in self:
            batch, level = milestone.batch_id, milestone.type_id.level
            if (batch.kind or "phase") != level or (
                batch and batch.phase_id != milestone.phase_id
            ):
                levels = dict(
                    self.env["cx.milestone.type"]
                    ._fields["level"]
                    ._description_selection(self.env)
                )
                raise ValidationError(
                    self.env._(
                        "Milestone %(type)s belongs to: %(level)s. Choose or clear the "
                        "batch of phase %(phase)s accordingly.",
                        type=milestone.type_id.name,
                        level=levels[level],
                        phase=milestone.phase_id.display_name,
                    )
                )

    @api.constrains("date_actual", "phase_id", "type_id")
    def _check_date_actual(self):
        for milestone in self.filtered("date_actual"):
            today = self.env["cx.planner"]._today(milestone.company_id)
            if milestone.date_actual > today:
                raise ValidationError(
                    self.env._(
                        "%(milestone)s: the actual date %(date)s is still to come. "
                        "Enter it as the forecast.",
                        milestone=milestone.display_name,
                        date=format_date(self.env, milestone.date_actual),
                    )
                )
            if (
                milestone.type_id.requires_manager
                and not milestone.phase_id.customer_manager_id
            ):
                raise UserError(
                    self.env._(
                        "%(milestone)s cannot be reported before %(phase)s has a "
                        "customer manager. Appoint one on the phase first.",
                        milestone=milestone.display_name,
                        phase=milestone.phase_id.display_name,
                    )
                )

    @api.model
    def _create_missing(self, phases=(), batches=()):
        """One undated milestone of every type, ready for its date to be filled in."""
        vals_list = []
        levels = {"phase", *(batch.kind for batch in batches)}
        types = self.env["cx.milestone.type"].search([("level", "in", list(levels))])
        for owner, field in [(p, "phase_id") for p in phases] + [
            (b, "batch_id") for b in batches
        ]:
            level = owner.kind if field == "batch_id" else "phase"
            present = owner.milestone_ids.type_id
            vals_list += [
                {"type_id": milestone_type.id, field: owner.id}
                for milestone_type in types - present
                if milestone_type.level == level
            ]
        return self.with_context(tracking_disable=True).create(vals_list)

    @api.model_create_multi
    def create(self, vals_list):
        milestones = super().create(vals_list)
        milestones._plan_moved(dict.fromkeys(milestones, False))
        return milestones

    def write(self, vals):
        if {"type_id", "batch_id", "phase_id"} & vals.keys():
            self._check_owner_kept(vals)
        former = {milestone: milestone.date_effective for milestone in self}
        result = super().write(vals)
        self._plan_moved(former)
        return result

    def unlink(self):
        phases, types = self.phase_id, self.type_id
        dated = bool(self.filtered("date_effective"))
        result = super().unlink()
        if dated:
            self.env["cx.planner"]._plan(phases, milestone_types=types, cause="anchor")
        return result

    def _check_owner_kept(self, vals):
        for milestone in self:
            if any(
                field in vals and milestone[field].id != (vals[field] or False)
                for field in ("type_id", "batch_id", "phase_id")
            ):
                raise ValidationError(
                    self.env._(
                        "%(milestone)s keeps its type, phase and batch. Clear its "
                        "dates or delete it, and enter the other milestone.",
                        milestone=milestone.display_name,
                    )
                )

    def _plan_moved(self, former):
        """Let touchpoints follow the milestones whose effective date has changed."""
        moved = self.filtered(lambda m: m.date_effective != former[m])
        if not moved:
            return
        notes = [
            self.env._(
                "%(milestone)s: %(old)s → %(new)s",
                milestone=milestone.display_name,
                old=format_date(self.env, former[milestone]) or "–",
                new=format_date(self.env, milestone.date_effective) or "–",
            )
            for milestone in moved[:3]
        ]
        self.env["cx.planner"]._plan(
            moved.phase_id,
            milestone_types=moved.type_id,
            cause="milestone",
            note="; ".join(notes),
        )

    def action_view_touchpoints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_touchpoint_action"
        )
        return action | {"domain": self._touchpoint_domain(), "context": {}}
