from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .cx_touchpoint_guard import MANAGER

OPEN_STATES = ("planned", "ready", "in_progress")
# The planner signs its writes with this object: nothing sent over RPC can equal it.
ENGINE = object()


class CxTouchpoint(models.Model):
    """One dated piece of customer work: for a phase, a batch, or one customer.

    There may be a hundred thousand of them, so the planner writes in batches with mail
    tracking off, and to-dos are opened only when the work comes near.
    """

    _name = "cx.touchpoint"
    _description = "Touchpoint"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "cx.touchpoint.guard",
        "cx.touchpoint.todo",
    ]
    _order = "date_due, id"
    _rec_names_search = ["code", "template_id.name", "title", "partner_id.name"]
    _check_company_auto = True

    # what
    template_id = fields.Many2one(
        comodel_name="cx.touchpoint.template", index=True, ondelete="restrict"
    )
    code = fields.Char(readonly=True)
    title = fields.Char(help="For work that comes from no template.")
    name = fields.Char(compute="_compute_name", search="_search_name")
    stage_id = fields.Many2one(
        comodel_name="cx.stage", required=True, ondelete="restrict"
    )
    is_mot = fields.Boolean(string="Moment of Truth")
    is_mandatory = fields.Boolean(string="Mandatory", default=True)
    rule_text = fields.Char(related="template_id.rule_text")
    description = fields.Html(related="template_id.description")
    # for whom
    phase_id = fields.Many2one(
        comodel_name="cx.phase",
        required=True,
        ondelete="restrict",
        check_company=True,
    )
    project_id = fields.Many2one(
        related="phase_id.project_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="phase_id.company_id", store=True, precompute=True
    )
    batch_id = fields.Many2one(
        comodel_name="cx.batch",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    journey_id = fields.Many2one(
        comodel_name="cx.journey",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    partner_id = fields.Many2one(
        related="journey_id.partner_id",
        string="Customer",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    phone = fields.Char(related="partner_id.phone")
    occurrence = fields.Integer(default=1, readonly=True)
    # by whom
    role_id = fields.Many2one(related="template_id.role_id", string="Role")
    department_id = fields.Many2one(
        comodel_name="hr.department", string="Owner", check_company=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        check_company=True,
        tracking=True,
    )
    # when
    date_start = fields.Date(string="From", help="First day of the window.")
    date_due = fields.Date(string="Due", required=True)
    date_due_original = fields.Date(
        string="First Planned", readonly=True, help="Due date when it was generated."
    )
    date_ready = fields.Date(readonly=True)
    moved_days = fields.Integer(
        string="Moved (days)",
        compute="_compute_moved_days",
        help="Since first planned.",
    )
    locked = fields.Boolean(
        string="Date Locked", help="The date no longer follows the milestone."
    )
    lock_reason = fields.Char()
    anchor_moved = fields.Boolean(
        readonly=True,
        help="The milestone has moved, but the date is locked or the work has begun.",
    )
    date_suggested = fields.Date(string="Date by Rule", readonly=True)
    log_ids = fields.One2many(
        comodel_name="cx.reschedule.log", inverse_name="touchpoint_id"
    )
    # how it went
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("ready", "Ready"),
            ("in_progress", "In Progress"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("cancelled", "Cancelled"),
        ],
        default="planned",
        required=True,
        group_expand="_group_expand_state",
        copy=False,
        tracking=True,
    )
    is_open = fields.Boolean(compute="_compute_timing")
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_timing", search="_search_is_overdue"
    )
    days_left = fields.Integer(compute="_compute_timing")
    can_plan = fields.Boolean(compute="_compute_can_plan")
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("sms", "SMS"),
            ("im", "Instant message"),
            ("letter", "Letter"),
            ("email", "E-mail"),
            ("onsite", "On site"),
        ]
    )
    evidence_ids = fields.One2many(
        comodel_name="cx.evidence", inverse_name="touchpoint_id", copy=False
    )
    date_done = fields.Date(string="Done On", copy=False)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    on_time_rate = fields.Float(
        string="On Time (%)",
        compute="_compute_on_time_rate",
        store=True,
        precompute=True,
        aggregator="avg",
        help="100 when done by the due date, else 0. Average it over what is done.",
    )
    skip_reason = fields.Char(copy=False)
    note = fields.Text(string="Result")

    # a second run of the planner finds the slot taken
    _subject_uniq = models.UniqueIndex(
        "(template_id, phase_id, COALESCE(batch_id, 0), COALESCE(journey_id, 0),"
        " occurrence) WHERE template_id IS NOT NULL",
        "This touchpoint already exists for the phase, batch or customer.",
    )
    # the boards and counts of a phase
    _phase_stage_idx = models.Index("(phase_id, stage_id, state)")
    # overdue and due-soon lists
    _open_due_idx = models.Index(
        "(date_due) WHERE state IN ('planned', 'ready', 'in_progress')"
    )
    # the hourly search for planned work that has come near
    _planned_ready_idx = models.Index("(date_ready) WHERE state = 'planned'")
    # the timeline of a customer
    _partner_due_idx = models.Index(
        "(partner_id, date_due) WHERE partner_id IS NOT NULL"
    )
    # "My touchpoints"
    _user_open_idx = models.Index(
        "(user_id, date_due) WHERE state IN ('planned', 'ready', 'in_progress')"
    )

    @api.depends("template_id.name", "title")
    @api.depends_context("lang")
    def _compute_name(self):
        for touchpoint in self:
            touchpoint.name = touchpoint.title or touchpoint.template_id.name

    def _search_name(self, operator, value):
        return Domain("title", operator, value) | Domain(
            "template_id.name", operator, value
        )

    @api.depends("code", "name", "partner_id.name", "batch_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for touchpoint in self:
            subject = touchpoint.partner_id.name or touchpoint.batch_id.name
            touchpoint.display_name = " ".join(
                filter(None, (touchpoint.code, touchpoint.name, subject))
            )

    @api.depends("date_due", "date_due_original")
    def _compute_moved_days(self):
        for touchpoint in self:
            first = touchpoint.date_due_original
            due = touchpoint.date_due
            touchpoint.moved_days = (due - first).days if due and first else 0

    @api.depends("state", "date_due")
    def _compute_timing(self):
        today = fields.Date.context_today(self)
        for touchpoint in self:
            due = touchpoint.date_due
            touchpoint.is_open = touchpoint.state in OPEN_STATES
            touchpoint.days_left = (due - today).days if due else 0
            touchpoint.is_overdue = touchpoint.is_open and touchpoint.days_left < 0

    @api.depends_context("uid")
    def _compute_can_plan(self):
        """Whether the user may change the plan, so that the form does not offer it."""
        self.can_plan = self.env.user.has_group(MANAGER)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "in", OPEN_STATES) & Domain(
            "date_due", "<", fields.Date.context_today(self)
        )

    @api.depends("state", "date_done", "date_due")
    def _compute_on_time_rate(self):
        for touchpoint in self:
            in_time = (
                touchpoint.state == "done"
                and touchpoint.date_done
                and touchpoint.date_done <= touchpoint.date_due
            )
            touchpoint.on_time_rate = 100 if in_time else 0

    @api.model
    def _group_expand_state(self, states, domain):
        """The working columns always; skipped and cancelled when they hold cards."""
        shown = {*OPEN_STATES, "done", *states}
        codes = [code for code, _label in self._fields["state"].selection]
        return [code for code in codes if code in shown]

    @api.onchange("template_id")
    def _onchange_template_id(self):
        for touchpoint in self.filtered("template_id"):
            touchpoint.stage_id = touchpoint.template_id.stage_id
            touchpoint.is_mot = touchpoint.template_id.is_mot

    @api.constrains("batch_id", "journey_id", "phase_id")
    def _check_subject(self):
        for touchpoint in self:
            for subject in (touchpoint.batch_id, touchpoint.journey_id):
                if subject and subject.phase_id != touchpoint.phase_id:
                    raise ValidationError(
                        self.env._(
                            "%(subject)s does not belong to %(phase)s. Choose one of "
                            "that phase.",
                            subject=subject.display_name,
                            phase=touchpoint.phase_id.display_name,
                        )
                    )

    @api.constrains("date_start", "date_due")
    def _check_window(self):
        for touchpoint in self:
            if touchpoint.date_start and touchpoint.date_start > touchpoint.date_due:
                raise ValidationError(
                    self.env._(
                        "%(touchpoint)s: “From” cannot be later than “Due”.",
                        touchpoint=touchpoint.display_name,
                    )
                )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_engine():
            return super().create(vals_list)
        self._check_hand_create(vals_list)
        touchpoints = super().create([{**vals, "state": "ready"} for vals in vals_list])
        touchpoints._open_todos()
        for touchpoint, vals in zip(touchpoints, vals_list, strict=True):
            if vals.get("state", "planned") not in ("planned", "ready"):
                # meets the same guards as a later change
                how = ("state", "skip_reason", "date_done")
                touchpoint.write({name: vals[name] for name in how if name in vals})
        return touchpoints

    def write(self, vals):
        if self._is_engine():
            return super().write(vals)
        self._check_hand_write(vals)
        entering = self.browse()
        if "state" in vals:
            entering = self.filtered(lambda t: t.state != vals["state"])
            entering._check_move(vals)
        moved = self.browse()
        if vals.get("date_due"):
            due = fields.Date.to_date(vals["date_due"])
            moved = self.filtered(lambda t: t.date_due != due)
            vals = moved._prepare_manual_date(due, vals)
        if entering and vals["state"] == "done":
            today = fields.Date.context_today(self)
            vals = {"date_done": today, "done_by_id": self.env.uid, **vals}
        elif entering:
            vals = {**vals, "date_done": False, "done_by_id": False}
        former_users = {touchpoint: touchpoint.user_id for touchpoint in self}
        result = super().write(vals)
        if entering:
            entering._after_move()
        moved._after_manual_date()
        if "user_id" in vals:
            self.filtered(lambda t: t.user_id != former_users[t])._reassign_todos()
        if vals.get("locked") is False:
            self.env["cx.planner"]._plan_touchpoints(self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        kept = self.filtered(lambda t: t.template_id or t.state in ("done", "skipped"))
        if kept:
            raise UserError(
                self.env._(
                    "%(touchpoint)s is part of the record and cannot be deleted. Skip "
                    "it with a reason instead.",
                    touchpoint=kept[0].display_name,
                )
            )

    # the planner

    @api.model
    def _is_engine(self):
        return self.env.context.get("cx_engine") is ENGINE

    def _engine(self):
        """Self for the planner: no guards, no tracking, no notices to followers."""
        return self.with_context(
            cx_engine=ENGINE,
            tracking_disable=True,
            mail_create_nosubscribe=True,
            mail_activity_quick_update=True,
        )

    # what follows from a change

    def _prepare_manual_date(self, due, vals):
        """A date set by hand is logged, and locked so that the planner respects it."""
        self._log_move(due, "manual", vals.get("lock_reason") or "")
        if self.template_id:
            reason = self.env._("Date set by hand")
            vals = {"locked": True, "lock_reason": reason, **vals}
        if any(start and start > due for start in self.mapped("date_start")):
            vals = {"date_start": due, **vals}
        return vals

    def _after_manual_date(self):
        for touchpoint in self:
            start = touchpoint.date_start or touchpoint.date_due
            lead = timedelta(days=touchpoint.template_id.lead_days)
            touchpoint._engine().date_ready = start - lead
        self._redate_todos()

    def _log_move(self, due, cause, note):
        self.env["cx.reschedule.log"].sudo().create(  # nobody may write the log by hand
            [
                {
                    "touchpoint_id": touchpoint.id,
                    "date_old": touchpoint.date_due,
                    "date_new": due,
                    "cause": cause,
                    "note": note,
                }
                for touchpoint in self
            ]
        )

    # buttons

    def action_start(self):
        self.write({"state": "in_progress"})

    def action_done(self):
        self.write({"state": "done"})

    def action_reopen(self):
        for state, touchpoints in self.grouped("state").items():
            touchpoints.write({"state": "in_progress" if state == "done" else "ready"})

    def action_unlock(self):
        self.write({"locked": False, "lock_reason": False})
