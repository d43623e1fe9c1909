"""The time limits of a complaint: which hold, what starts and what stops them."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from .complaint_clock import OPEN_STATES
from .complaint_pause_reason import METRICS
from .complaint_sla_target import UNIT_METRICS
from .complaint_stage import FINAL_KINDS, STAGE_KINDS

#: What decides which limits hold.
DECISIVE = {
    "channel",
    "company_id",
    "injury",
    "media",
    "process_id",
    "severity",
    "team_id",
    "type_id",
}
ORDER = [key for key, _label in STAGE_KINDS]


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    clock_ids = fields.One2many(
        comodel_name="complaint.clock",
        inverse_name="case_id",
        string="Time Limits",
        copy=False,
    )
    escalation_ids = fields.One2many(
        comodel_name="complaint.escalation",
        inverse_name="case_id",
        string="Escalations",
        copy=False,
    )
    next_deadline = fields.Datetime(
        compute="_compute_sla",
        store=True,
        # sudo: the same for everybody who sees the complaint
        compute_sudo=True,
        copy=False,
        help="The earliest time limit that is still open.",
    )
    next_metric = fields.Selection(
        selection=METRICS,
        string="Next Time Limit",
        compute="_compute_sla",
        store=True,
        compute_sudo=True,
        copy=False,
    )
    sla_state = fields.Selection(
        selection=[
            ("breached", "Overdue"),
            ("near", "Due soon"),
            ("running", "In time"),
            ("paused", "Paused"),
            ("done", "Done"),
        ],
        string="Time Limits Are",
        compute="_compute_sla",
        store=True,
        compute_sudo=True,
        copy=False,
        index="btree_not_null",
    )
    sla_missed = fields.Integer(
        string="Limits Missed",
        compute="_compute_sla",
        store=True,
        compute_sudo=True,
        copy=False,
    )
    can_pause = fields.Boolean(compute="_compute_can_pause")
    is_paused = fields.Boolean(compute="_compute_can_pause")
    awaits_management = fields.Boolean(compute="_compute_can_pause")

    # the board of what is due next: open complaints of a company by deadline
    _deadline_idx = models.Index(
        "(company_id, next_deadline, id) WHERE closed_at IS NULL AND active IS TRUE"
    )

    @api.depends("clock_ids.state", "clock_ids.near", "clock_ids.deadline")
    def _compute_sla(self):
        for case in self:
            clocks = case.clock_ids
            ticking = clocks.filtered(
                lambda clock: clock.state in ("running", "breached") and clock.deadline
            ).sorted(lambda clock: (clock.deadline, clock.id))[:1]
            case.next_deadline = ticking.deadline
            case.next_metric = ticking.metric
            case.sla_missed = len(clocks.filtered("breached_at"))
            states = set(clocks.mapped("state"))
            if "breached" in states:
                case.sla_state = "breached"
            elif any(clocks.mapped("near")):
                case.sla_state = "near"
            else:
                case.sla_state = next(
                    (state for state in ("running", "paused") if state in states),
                    "done" if clocks else False,
                )

    @api.depends("clock_ids.state", "clock_ids.pausable")
    def _compute_can_pause(self):
        for case in self:
            states = [(clock.state, clock.pausable) for clock in case.clock_ids]
            case.can_pause = ("running", True) in states
            case.is_paused = any(state == "paused" for state, _pausable in states)
            case.awaits_management = any(
                clock.metric in ("injury", "media") and clock.state in OPEN_STATES
                for clock in case.clock_ids
            )

    # ------------------------------------------------------------
    # WHICH LIMITS HOLD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._start_clocks()
        return cases

    def write(self, vals):
        received, before = {}, {}
        if "received_at" in vals:
            received = {case: case.received_at for case in self}
        if "stage_id" in vals:
            before = {case: case.stage_kind for case in self}
        result = super().write(vals)
        for case, former in received.items():
            if case.received_at != former:
                # sudo: the clocks of a case follow it, whoever changes it
                case.sudo().clock_ids.filtered(
                    lambda clock, former=former: (
                        clock.started_at == former and clock.cycle == 1
                    )
                )._restate(case.received_at)
        if DECISIVE.intersection(vals):
            self._rematch_clocks()
        if "stage_id" in vals:
            self._stages_reached(before)
        if replied_at := fields.Datetime.to_datetime(vals.get("replied_at")):
            self._clock_event("reply", "statutory", at=replied_at)
        return result

    def _write_marks(self, vals):
        result = super()._write_marks(vals)
        if vals.get("acknowledged_at"):
            self._clock_event("acknowledge")
        return result

    def _start_clocks(self):
        """Start what holds for new complaints, all at once."""
        if not self:
            return
        targets = self.env["complaint.sla.policy"]._targets_of(self)
        starts = [
            (case, target, self._clock_start(case, target), {})
            for case in self.filtered(lambda case: not case.closed_at)
            for target in targets[case.id]
            if target.metric not in UNIT_METRICS
            and target.start_basis != "interim"
            and target.metric not in case._done_before()
        ]
        if starts:
            self.env["complaint.clock"]._start(starts)
        answered = self.filtered("replied_at")
        for case in answered:
            case._clock_event("reply", "statutory", at=case.replied_at)

    def _done_before(self):
        """What a complaint that comes in from an old register is past already."""
        rank = ORDER.index(self.stage_kind)
        return {"assess", "dispatch"} if rank >= ORDER.index("investigate") else ()

    @api.model
    def _clock_start(self, case, target):
        if target.start_basis == "received":
            return case.received_at
        return fields.Datetime.now()

    def _rematch_clocks(self):
        """Severity, type or channel changed: other limits may hold now."""
        cases = self.filtered(lambda case: not case.closed_at)
        if not cases:
            return
        targets = self.env["complaint.sla.policy"]._targets_of(cases)
        starts = []
        for case in cases:
            # sudo: the clocks of a case follow it, whoever changes it
            clocks = case.sudo().clock_ids.filtered("target_id")
            wanted = {
                target.metric: target
                for target in targets[case.id]
                if target.metric not in UNIT_METRICS
            }
            clocks.filtered(
                lambda clock, wanted=wanted: (
                    clock.metric not in wanted and clock.metric not in UNIT_METRICS
                )
            )._cancel()
            alive = clocks.filtered(lambda clock: clock.state != "cancelled")
            for metric, target in wanted.items():
                clock = alive.filtered(lambda clock, m=metric: clock.metric == m)[-1:]
                if not clock and target.start_basis != "interim":
                    start = self._clock_start(case, target)
                    starts.append((case, target, start, {}))
                elif clock.state in OPEN_STATES and clock.target_id != target:
                    clock._regrade(target)
        self.env["complaint.clock"]._start(starts)

    # ------------------------------------------------------------
    # WHAT HAPPENS TO THEM
    # ------------------------------------------------------------

    def _clock_event(self, *metrics, at=None):
        """Something was done: its clocks stop. Meant to be called by what does it."""
        # sudo: who does something need not be able to write clocks, nobody is
        clocks = self.sudo().clock_ids
        clocks.filtered(lambda clock: clock.metric in metrics)._stop(at)

    def _stages_reached(self, before):
        """A stage reached is something done."""
        for case in self:
            kind, former = case.stage_kind, before[case]
            if kind == former:
                continue
            if former in FINAL_KINDS and kind not in FINAL_KINDS:
                # sudo: as in _clock_event
                case.sudo().clock_ids._reopen(case.reopen_reason)
                continue
            if kind == "ended":
                # sudo: as in _clock_event
                case.sudo().clock_ids._cancel(note=case.end_note)
                continue
            rank = ORDER.index(kind)
            if rank >= ORDER.index("investigate"):
                case._clock_event("assess", "dispatch")
            if rank >= ORDER.index("callback"):
                case._clock_event(
                    "reply",
                    "statutory",
                    "permanent",
                    "promise",
                    at=case.replied_at or None,
                )
            if kind == "closed":
                # sudo: as in _clock_event
                case.sudo().clock_ids._stop(case.closed_at or None)

    def _supervisors(self):
        """Who supervises the complaints of this company."""
        group = self.env.ref("complaint_mgmt.group_complaint_mgmt_manager")
        return (
            self.env["res.users"]
            # sudo: who is a supervisor is not readable by everybody
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", group.ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                    ("id", "!=", self.env.ref("base.user_root").id),
                ]
            )
        )

    def message_update(self, msg_dict, update_vals=None):
        """An answer of the customer is what the clocks were waiting for."""
        result = super().message_update(msg_dict, update_vals)
        sender = email_normalize(msg_dict.get("email_from"))
        # an absence note is no answer
        if not sender or self.env.context.get("complaint_mail_of_machine"):
            return result
        for case in self:
            if sender == case.email_normalized:
                # sudo: the mail gateway acts for the customer
                case.sudo().clock_ids._resume(
                    note=self.env._("the customer has answered")
                )
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_resume_clocks(self):
        self.check_access("write")
        self._check_handler()
        # sudo: clocks are written by their engine only
        self.sudo().clock_ids._resume()

    def _check_handler(self):
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_handler"):
            raise AccessError(
                self.env._("Only handlers and supervisors can do this. Ask yours.")
            )

    def action_notified(self):
        """The management says that it knows of the injury or of the press."""
        self.check_access("write")
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_manager"):
            raise AccessError(
                self.env._("Only a supervisor can confirm that the management knows.")
            )
        if any(case.injury != "yes" and case.media != "yes" for case in self):
            raise UserError(
                self.env._("Nobody was hurt and the press is not involved here.")
            )
        self._clock_event("injury", "media")

    def action_open_clocks(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_mgmt.complaint_clock_action"
        )
        action["domain"] = Domain("case_id", "=", self.id)
        action["context"] = {}
        return action
