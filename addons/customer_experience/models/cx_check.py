from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.check import evaluate
from .cx_touchpoint_guard import MANAGER


class CxCheck(models.Model):
    """One round of a check of a batch by a deduction sheet (开盘风险评估检查)."""

    _name = "cx.check"
    _description = "Check"
    _inherit = ["system.fields.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    _system_fields = (
        *("round", "previous_id", "submitted_at", "submitted_by_id", "date_target"),
        *("countersigned_by_id", "score", "section_losses", "open_count", "state"),
    )

    sheet_id = fields.Many2one(
        comodel_name="cx.check.sheet", required=True, index=True, ondelete="restrict"
    )
    batch_id = fields.Many2one(
        comodel_name="cx.batch",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    phase_id = fields.Many2one(related="batch_id.phase_id", store=True, index=True)
    project_id = fields.Many2one(related="phase_id.project_id", store=True)
    company_id = fields.Many2one(related="phase_id.company_id", store=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    round = fields.Integer(readonly=True, default=1, copy=False)
    previous_id = fields.Many2one(
        comodel_name="cx.check", string="Round Before", readonly=True, copy=False
    )
    inspector_ids = fields.Many2many(
        comodel_name="res.users",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    line_ids = fields.One2many(
        comodel_name="cx.check.line", inverse_name="check_id", string="Findings"
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    submitted_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    countersigned_by_id = fields.Many2one(
        comodel_name="res.users", string="Cross-checked By", readonly=True, copy=False
    )
    date_target = fields.Date(
        string="Planned Then For",
        readonly=True,
        copy=False,
        help="Date of the milestone when the check was submitted: if it slips far, the "
        "check has to be repeated.",
    )
    score = fields.Float(compute="_compute_score", store=True, digits=(5, 1))
    section_losses = fields.Json(compute="_compute_score", store=True)
    section_text = fields.Text(string="By Section", compute="_compute_section_text")
    pass_mark = fields.Float(related="sheet_id.pass_mark")
    open_count = fields.Integer(
        string="Open Findings", compute="_compute_state", store=True
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("rectifying", "Being Mended"),
            ("passed", "Passed"),
            ("failed", "Failed"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
        index=True,
    )

    @api.depends("sheet_id", "batch_id", "round")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._(
                "%(sheet)s, %(batch)s, round %(round)s",
                sheet=check.sheet_id.display_name or "",
                batch=check.batch_id.display_name or "",
                round=check.round,
            )

    @api.depends(
        "line_ids.deduction",
        "line_ids.cause_key",
        "line_ids.section_id",
        "sheet_id",
        "countersigned_by_id",
    )
    def _compute_score(self):
        for check in self:
            sections = check.sheet_id.section_ids
            findings = [
                (line.section_id.id, Decimal(line.deduction), line.cause_key or "")
                for line in check.line_ids
            ]
            score, losses, _counted = evaluate(
                {section.id: Decimal(str(section.weight)) for section in sections},
                findings,
                bool(check.countersigned_by_id),
            )
            check.score = float(score)
            check.section_losses = {str(k): float(v) for k, v in losses.items()}

    @api.depends("section_losses")
    @api.depends_context("lang")
    def _compute_section_text(self):
        for check in self:
            losses = check.section_losses or {}
            check.section_text = "\n".join(
                f"{section.name}: −{losses.get(str(section.id), 0):g}"
                f" / {section.weight:g}"
                for section in check.sheet_id.section_ids
            )

    @api.depends("submitted_at", "score", "line_ids.state", "line_ids.deduction")
    def _compute_state(self):
        for check in self:
            lines = check.line_ids.filtered("is_blocking")
            check.open_count = len(
                check.line_ids.filtered(lambda line: line.state in ("open", "fixed"))
            )
            if not check.submitted_at:
                check.state = "draft"
            elif check.score < check.pass_mark:
                check.state = "failed"
            else:
                check.state = "rectifying" if lines else "passed"

    @api.constrains("sheet_id", "batch_id")
    def _check_kind(self):
        for check in self:
            if check.batch_id.kind != check.sheet_id.milestone_type_id.level:
                raise ValidationError(
                    self.env._(
                        "Batch: “%(sheet)s” checks another kind of batch than "
                        "%(batch)s.",
                        sheet=check.sheet_id.display_name,
                        batch=check.batch_id.display_name,
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        for check in self:
            if check.date > fields.Date.context_today(check):
                raise ValidationError(
                    self.env._("Date: a check is entered once it took place.")
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        checks = super(CxCheck, self._entered(vals_list)).create(vals_list)
        for check in checks:
            before = check._rounds_before()
            # sudo: rounds are counted by the system
            check.sudo().write({"round": len(before) + 1, "previous_id": before[:1].id})
        return checks

    def write(self, vals):
        settled = {"sheet_id", "batch_id", "date", "inspector_ids"} & set(vals)
        if settled and not self.env.su:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_draft()

    def _rounds_before(self):
        return self.search(
            [
                ("sheet_id", "=", self.sheet_id.id),
                ("batch_id", "=", self.batch_id.id),
                ("id", "<", self.id),
            ],
            order="id desc",
        )

    def _check_draft(self):
        for check in self:
            if check.submitted_at:
                raise UserError(
                    self.env._(
                        "“%(check)s” is submitted and stays on record. Start another "
                        "round.",
                        check=check.display_name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_submit(self):
        """The findings are complete; from now on they are mended, not changed."""
        self.check_access("write")
        self._check_draft()
        for check in self:
            if not check.inspector_ids:
                raise UserError(self.env._("Inspectors: say who checked."))
            target = check.batch_id.milestone_ids.filtered(
                lambda milestone, check=check: (
                    milestone.type_id == check.sheet_id.milestone_type_id
                )
            )
            # sudo: marks are set by the system
            check.sudo().write(
                {
                    "submitted_at": fields.Datetime.now(),
                    "submitted_by_id": self.env.uid,
                    "date_target": target.date_effective,
                }
            )
            check.line_ids._plan_mending()

    def action_countersign(self):
        """Somebody who did not inspect confirms the check (交叉检查)."""
        self.check_access("write")
        for check in self:
            if self.env.user in (
                check.create_uid | check.inspector_ids | check.submitted_by_id
            ):
                raise UserError(
                    self.env._(
                        "You inspected “%(check)s” yourself: somebody else "
                        "cross-checks it.",
                        check=check.display_name,
                    )
                )
            if not check.submitted_at:
                raise UserError(
                    self.env._(
                        "Submit “%(check)s” first: a cross-check holds for findings "
                        "that stand.",
                        check=check.display_name,
                    )
                )
            # sudo: marks are set by the system
            check.sudo().countersigned_by_id = self.env.user

    def action_new_round(self):
        """Check again, beginning with what is still open."""
        self.ensure_one()
        if not self.submitted_at:
            raise UserError(self.env._("Submit this round before the next one."))
        check = self.create(
            {"sheet_id": self.sheet_id.id, "batch_id": self.batch_id.id}
        )
        for line in self.line_ids.filtered(
            lambda line: line.state in ("open", "fixed")
        ):
            line.copy({"check_id": check.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.check",
            "res_id": check.id,
            "view_mode": "form",
        }

    def _is_manager(self):
        return self.env.su or self.env.user.has_group(MANAGER)
