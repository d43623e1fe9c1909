from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [
    ("touchpoint", "Touchpoint done"),
    ("check", "Check passed"),
    ("milestone", "Milestone reached"),
    ("defects", "Defects mended"),
]


class CxGate(models.Model):
    """What must be true before a milestone of a project may be reported.

    A project is guarded by the gates it names; whoever reports the milestone meets
    them, by form, list, import or RPC.
    """

    _name = "cx.gate"
    _description = "Gate"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: for all companies."
    )
    milestone_type_id = fields.Many2one(
        comodel_name="cx.milestone.type",
        string="Guards",
        required=True,
        ondelete="restrict",
        index=True,
    )
    requirement_ids = fields.One2many(
        comodel_name="cx.gate.requirement", inverse_name="gate_id", copy=True
    )
    project_ids = fields.Many2many(
        comodel_name="cx.project", relation="cx_project_gate_rel", string="Projects"
    )


class CxGateRequirement(models.Model):
    _name = "cx.gate.requirement"
    _description = "Requirement of a Gate"
    _order = "gate_id, sequence, id"

    gate_id = fields.Many2one(
        comodel_name="cx.gate", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(selection=KINDS, required=True, default="touchpoint")
    template_id = fields.Many2one(
        comodel_name="cx.touchpoint.template", string="Touchpoint", ondelete="restrict"
    )
    milestone_type_id = fields.Many2one(
        comodel_name="cx.milestone.type", string="Milestone", ondelete="restrict"
    )
    sheet_id = fields.Many2one(
        comodel_name="cx.check.sheet",
        ondelete="restrict",
        help="A newer version of the sheet counts as well.",
    )
    validity_days = fields.Integer(
        default=30, help="How old the check may be. Zero: any age."
    )
    slip_days = fields.Integer(
        string="Recheck after a Slip of (days)",
        default=30,
        help="If the milestone has moved this far since the check, it is repeated.",
    )
    min_rate = fields.Float(
        string="Mended at Least (%)",
        default=95,
        help="Share of the defects of the batch that are mended; of severity 1 none "
        "may be open.",
    )

    _rate_range = models.Constraint(
        "CHECK(min_rate BETWEEN 0 AND 100)", "Mended at Least (%): enter 0 to 100."
    )
    _days_positive = models.Constraint(
        "CHECK(validity_days >= 0 AND slip_days >= 0)",
        "Days of a requirement cannot be negative.",
    )

    @api.depends("kind", "template_id", "milestone_type_id", "sheet_id")
    @api.depends_context("lang")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for requirement in self:
            target = (
                requirement.template_id
                or requirement.milestone_type_id
                or requirement.sheet_id
            )
            requirement.name = target.display_name or kinds.get(requirement.kind)

    @api.depends("name")
    def _compute_display_name(self):
        for requirement in self:
            requirement.display_name = requirement.name

    @api.constrains("kind", "template_id", "milestone_type_id", "sheet_id")
    def _check_target(self):
        needed = {
            "touchpoint": "template_id",
            "check": "sheet_id",
            "milestone": "milestone_type_id",
        }
        for requirement in self:
            field = needed.get(requirement.kind)
            if field and not requirement[field]:
                raise ValidationError(
                    self.env._(
                        "%(field)s: say which one the requirement “%(kind)s” means.",
                        field=self._fields[field]._description_string(self.env),
                        kind=dict(KINDS)[requirement.kind],
                    )
                )

    # ------------------------------------------------------------
    # LIGHTS
    # ------------------------------------------------------------

    def _unmet(self, milestone):
        """Why the requirement is not met for ``milestone`` in words, or ``""``."""
        self.ensure_one()
        return getattr(self, f"_unmet_{self.kind}")(milestone)

    def _unmet_touchpoint(self, milestone):
        if self.template_id.fit_out not in (False, milestone.phase_id.fit_out):
            return ""  # meant for homes of another fit-out
        touchpoints = self.env["cx.touchpoint"].search(
            [
                ("phase_id", "=", milestone.phase_id.id),
                ("template_id", "=", self.template_id.id),
                ("batch_id", "in", [False, milestone.batch_id.id]),
                ("journey_id", "=", False),
            ]
        )
        if not touchpoints:
            return self.env._("not planned yet")
        left = touchpoints.filtered(lambda touchpoint: touchpoint.state != "done")
        if not left:
            return ""
        return self.env._("%(count)s not done", count=len(left))

    def _unmet_milestone(self, milestone):
        found = self.env["cx.milestone"].search(
            [
                ("phase_id", "=", milestone.phase_id.id),
                ("type_id", "=", self.milestone_type_id.id),
                ("batch_id", "in", [False, milestone.batch_id.id]),
            ]
        )
        return "" if any(found.mapped("date_actual")) else self.env._("not reached")

    def _unmet_check(self, milestone):
        origin = self.sheet_id.origin_id or self.sheet_id
        check = self.env["cx.check"].search(
            [
                ("batch_id", "=", milestone.batch_id.id),
                ("submitted_at", "!=", False),
                "|",
                ("sheet_id", "=", origin.id),
                ("sheet_id.origin_id", "=", origin.id),
            ],
            order="id desc",
            limit=1,
        )
        if not check:
            return self.env._("not checked")
        if check.state == "failed":
            return self.env._(
                "%(score)s points, %(mark)s needed",
                score=f"{check.score:g}",
                mark=f"{check.pass_mark:g}",
            )
        if check.state != "passed":
            blocking = check.line_ids.filtered("is_blocking")
            return self.env._("%(count)s findings to be mended", count=len(blocking))
        today = self.env["cx.planner"]._today(milestone.company_id)
        if self.validity_days and (today - check.date).days > self.validity_days:
            return self.env._("older than %(days)s days", days=self.validity_days)
        target, now = check.date_target, milestone.date_effective
        if self.slip_days and target and now and (now - target).days > self.slip_days:
            return self.env._(
                "to be repeated: postponed by %(days)s days since",
                days=(now - target).days,
            )
        return ""

    def _unmet_defects(self, milestone):
        groups = self.env["cx.defect"]._read_group(
            [
                ("unit_id.delivery_batch_id", "=", milestone.batch_id.id),
                ("state", "!=", "refused"),
            ],
            ["state", "severity"],
            ["__count"],
        )
        total = sum(count for _state, _severity, count in groups)
        done = sum(
            count
            for state, _severity, count in groups
            if state in ("accepted", "closed")
        )
        severe = sum(
            count
            for state, severity, count in groups
            if severity == "1" and state not in ("accepted", "closed")
        )
        if severe:
            return self.env._("%(count)s severe defects are open", count=severe)
        if total and 100 * done < self.min_rate * total:
            return self.env._(
                "%(done)s of %(total)s mended, %(rate)s %% needed",
                done=done,
                total=total,
                rate=f"{self.min_rate:g}",
            )
        return ""
