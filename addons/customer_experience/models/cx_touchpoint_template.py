from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.schedule import Offset, Rule
from .cx_journey import EVENTS

UNITS = [
    ("d", "days"),
    ("bd", "working days"),
    ("w", "weeks"),
    ("m", "months"),
    ("y", "years"),
]
DIRECTIONS = [("before", "before"), ("after", "after")]


class CxTouchpointTemplate(models.Model):
    """A rule of the touchpoint library: what to do, by whom, and when."""

    _name = "cx.touchpoint.template"
    _description = "Touchpoint Template"
    _inherit = ["mail.thread"]
    _order = "code, id"
    _rec_names_search = ["code", "name"]

    active = fields.Boolean(default=True, tracking=True)
    code = fields.Char(required=True, copy=False, tracking=True)
    name = fields.Char(required=True, translate=True, tracking=True)
    description = fields.Html(translate=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: for every company."
    )
    # classification
    stage_id = fields.Many2one(
        comodel_name="cx.stage", required=True, ondelete="restrict", tracking=True
    )
    contact = fields.Selection(
        selection=[
            ("internal", "Preparation"),
            ("publicity", "Publicity and showroom"),
            ("sale", "Sale and signing"),
            ("care", "Information and care"),
            ("handover", "Handover"),
            ("repair", "Repair"),
            ("residence", "Living there"),
        ],
        string="Point of Contact",
        required=True,
        default="internal",
    )
    customer_type = fields.Selection(
        selection=[
            ("natural", "Natural person"),
            ("company", "Company"),
            ("investor", "Investor"),
        ],
        help="Only for customers of this type. Empty: for all.",
    )
    fit_out = fields.Selection(
        selection=[("shell", "Bare shell"), ("fitted", "Fitted out")],
        help="Only for phases of this kind. Empty: for all.",
    )
    is_mot = fields.Boolean(string="Moment of Truth", tracking=True)
    is_mandatory = fields.Boolean(string="Mandatory", default=True, tracking=True)
    # who
    role_id = fields.Many2one(
        comodel_name="cx.role",
        string="Owner",
        compute="_compute_role_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
    )
    support_role_ids = fields.Many2many(comodel_name="cx.role", string="Supported By")
    responsible = fields.Selection(
        selection=[
            ("manager", "Customer manager of the phase"),
            ("department", "Head of the owner department"),
        ],
        default="manager",
        required=True,
    )
    # when
    scope = fields.Selection(
        selection=[
            ("phase", "Each phase"),
            ("batch", "Each batch"),
            ("journey", "Each customer"),
        ],
        required=True,
        default="phase",
        tracking=True,
    )
    anchor = fields.Selection(
        selection=[("milestone", "Milestone"), ("event", "Customer event")],
        required=True,
        default="milestone",
        tracking=True,
    )
    milestone_type_id = fields.Many2one(
        comodel_name="cx.milestone.type", ondelete="restrict", tracking=True
    )
    event = fields.Selection(selection=EVENTS, tracking=True)
    due_offset = fields.Integer(default=0, tracking=True)
    due_unit = fields.Selection(
        selection=UNITS, required=True, default="d", tracking=True
    )
    due_direction = fields.Selection(
        selection=DIRECTIONS, required=True, default="after", tracking=True
    )
    has_window = fields.Boolean(string="Window", tracking=True)
    start_offset = fields.Integer(default=0, tracking=True)
    start_unit = fields.Selection(
        selection=UNITS, required=True, default="d", tracking=True
    )
    start_direction = fields.Selection(
        selection=DIRECTIONS, required=True, default="after", tracking=True
    )
    roll = fields.Selection(
        selection=[
            ("none", "Keep"),
            ("next", "Next working day"),
            ("prev", "Previous working day"),
        ],
        string="On a Rest Day",
        required=True,
        default="none",
        tracking=True,
    )
    lead_days = fields.Integer(
        string="Ready Ahead (days)",
        default=7,
        help="So many days before it may start, the touchpoint becomes a to-do.",
    )
    horizon_days = fields.Integer(
        string="Horizon (days)",
        default=60,
        help="Touchpoints of customers are generated so many days before they are due.",
    )
    skip_if_past = fields.Boolean(
        help="What is already past when it is generated is skipped, not overdue."
    )
    rule_text = fields.Char(string="Rule", compute="_compute_rule_text")
    # what it leaves behind
    deliverable_ids = fields.One2many(
        comodel_name="cx.deliverable", inverse_name="template_id", copy=True
    )
    # where it comes from
    basis = fields.Selection(
        selection=[
            ("procedure", "Company procedure"),
            ("law", "Law or regulation"),
            ("practice", "Industry practice"),
            ("default", "Default to review"),
        ],
        required=True,
        default="default",
    )
    source = fields.Char(help="Clause or publication that the rule is taken from.")
    touchpoint_ids = fields.One2many(
        comodel_name="cx.touchpoint", inverse_name="template_id"
    )
    touchpoint_count = fields.Integer(compute="_compute_touchpoint_count")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Another template has this code."
    )
    _offset_check = models.Constraint(
        "CHECK(due_offset BETWEEN 0 AND 3650 AND start_offset BETWEEN 0 AND 3650)",
        "Offsets are between 0 and 3650; choose before or after instead of a sign.",
    )
    _ahead_check = models.Constraint(
        "CHECK(lead_days >= 0 AND horizon_days >= 0)",
        "“Ready ahead” and “Horizon” cannot be negative.",
    )

    @api.depends("stage_id")
    def _compute_role_id(self):
        for template in self:
            template.role_id = template.stage_id.role_id or template.role_id

    @api.depends("code", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for template in self:
            template.display_name = f"{template.code or ''} {template.name or ''}"

    @api.depends(
        "anchor",
        "milestone_type_id.name",
        "event",
        "due_offset",
        "due_unit",
        "due_direction",
        "has_window",
        "start_offset",
        "start_unit",
        "start_direction",
    )
    @api.depends_context("lang")
    def _compute_rule_text(self):
        for template in self:
            due = template._describe_offset("due")
            if template.has_window:
                due = self.env._(
                    "%(start)s until %(end)s",
                    start=template._describe_offset("start"),
                    end=due,
                )
            template.rule_text = due

    def _describe_offset(self, which):
        """In words: “3 working days before Sales site opening”."""
        count = self[f"{which}_offset"]
        anchor = self._anchor_label()
        if not count:
            return self.env._("on %(anchor)s", anchor=anchor)
        units = dict(self._fields["due_unit"]._description_selection(self.env))
        values = {
            "count": count,
            "unit": units[self[f"{which}_unit"]],
            "anchor": anchor,
        }
        if self[f"{which}_direction"] == "before":
            return self.env._("%(count)s %(unit)s before %(anchor)s", **values)
        return self.env._("%(count)s %(unit)s after %(anchor)s", **values)

    def _anchor_label(self):
        if self.anchor == "milestone":
            return self.milestone_type_id.name or ""
        return dict(self._fields["event"]._description_selection(self.env)).get(
            self.event, ""
        )

    @api.depends("touchpoint_ids")
    def _compute_touchpoint_count(self):
        counts = dict(
            self.env["cx.touchpoint"]._read_group(
                [("template_id", "in", self.ids)], ["template_id"], ["__count"]
            )
        )
        for template in self:
            template.touchpoint_count = counts.get(template, 0)

    @api.constrains("scope", "anchor", "milestone_type_id", "event")
    def _check_anchor(self):
        for template in self:
            if template.anchor == "event" and template.scope != "journey":
                raise ValidationError(
                    self.env._(
                        "Template %(code)s: customer events date touchpoints of “Each "
                        "customer” only. Choose that scope, or a milestone.",
                        code=template.code,
                    )
                )
            if not (
                template.milestone_type_id
                if template.anchor == "milestone"
                else template.event
            ):
                raise ValidationError(
                    self.env._(
                        "Template %(code)s: choose the milestone or the customer event "
                        "that it is dated by.",
                        code=template.code,
                    )
                )
            level = template.milestone_type_id.level
            if template.scope == "batch" and level == "phase":
                raise ValidationError(
                    self.env._(
                        "Template %(code)s is for each batch, but %(milestone)s is a "
                        "milestone of the phase. Choose a milestone of a batch.",
                        code=template.code,
                        milestone=template.milestone_type_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        templates._plan_soon()
        return templates

    def write(self, vals):
        self._check_anchor_kept(vals)
        result = super().write(vals)
        if self._planning_fields() & vals.keys():
            self._plan_soon()
        return result

    @api.model
    def _planning_fields(self):
        return {
            *("active", "company_id", "customer_type", "fit_out", "roll"),
            *("due_offset", "due_unit", "due_direction"),
            *("has_window", "start_offset", "start_unit", "start_direction"),
            *("lead_days", "horizon_days"),
        }

    def _check_anchor_kept(self, vals):
        fixed = {"scope", "anchor", "milestone_type_id", "event"} & vals.keys()
        for template in self.filtered("touchpoint_ids") if fixed else ():
            if any(
                (template[name].id if name.endswith("_id") else template[name])
                != vals[name]
                for name in fixed
            ):
                raise ValidationError(
                    self.env._(
                        "Template %(code)s has touchpoints, so what it is dated by is "
                        "fixed. Archive it and create another template.",
                        code=template.code,
                    )
                )

    def _plan_soon(self):
        """Every phase is compared with the changed rule in the background."""
        self.env["cx.planner"]._request_run()

    def _rule(self):
        """The rule as the engine takes it."""
        self.ensure_one()
        start = None
        if self.has_window:
            start = Offset(
                self.start_offset, self.start_unit, self.start_direction == "before"
            )
        return Rule(
            due=Offset(self.due_offset, self.due_unit, self.due_direction == "before"),
            start=start,
            roll=self.roll,
        )

    def action_view_touchpoints(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_touchpoint_action"
        )
        return action | {"domain": [("template_id", "=", self.id)], "context": {}}
