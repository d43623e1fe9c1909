from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .cx_defect_guard import OPEN_STATES

SOURCES = [
    ("inspection", "One-house-one-inspection"),
    ("handover", "Handover"),
    ("call", "Call of the owner"),
    ("portal", "Owner's portal"),
    ("visit", "Home visit"),
    ("survey", "Survey"),
    ("complaint", "Complaint"),
]


class CxDefect(models.Model):
    """Something broken in a home: reported, repaired, accepted by the owner, called
    back. Two clocks run: until somebody is on site, and until it is repaired."""

    _name = "cx.defect"
    _description = "Defect"
    _inherit = [
        "cx.defect.flow",  # before the thread, which then follows a finished record
        "cx.defect.guard",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "is_urgent desc, reported_at desc, id desc"
    _rec_names_search = ["name", "title", "unit_id.name"]
    _check_company_auto = True

    # what
    name = fields.Char(string="No.", readonly=True, copy=False, default="/")
    title = fields.Char(string="Defect", required=True, tracking=True)
    description = fields.Text()
    unit_id = fields.Many2one(
        comodel_name="cx.unit",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    phase_id = fields.Many2one(
        related="unit_id.phase_id", store=True, precompute=True, index=True
    )
    project_id = fields.Many2one(
        related="phase_id.project_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="unit_id.company_id", store=True, precompute=True, index=True
    )
    room = fields.Char(help="Where in the home: kitchen, main bedroom…")
    component_id = fields.Many2one(
        comodel_name="cx.component", index=True, ondelete="restrict", tracking=True
    )
    source = fields.Selection(
        selection=SOURCES, required=True, default="call", tracking=True
    )
    severity = fields.Selection(
        selection=[("1", "1 Severe"), ("2", "2 Moderate"), ("3", "3 Slight")],
        required=True,
        default="3",
        tracking=True,
    )
    is_urgent = fields.Boolean(
        string="Urgent",
        tracking=True,
        help="Water, electricity, gas or danger: somebody is on site at once.",
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Photos", bypass_search_access=True
    )
    # for whom
    journey_id = fields.Many2one(
        comodel_name="cx.journey",
        string="Owner's Journey",
        compute="_compute_journey_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('unit_id', '=', unit_id)]",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Owner",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    phone = fields.Char(related="partner_id.phone")
    # by whom
    engineer_dept_id = fields.Many2one(
        comodel_name="hr.department",
        string="Repaired By",
        compute="_compute_departments",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Engineering answers for the repair.",
    )
    dispatch_dept_id = fields.Many2one(
        comodel_name="hr.department",
        string="Dispatched By",
        compute="_compute_departments",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Property service takes the call and sends somebody.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Repairer",
        domain="[('share', '=', False)]",
        check_company=True,
        tracking=True,
        index="btree_not_null",
    )
    builder_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_builder_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    # when
    reported_at = fields.Datetime(
        required=True, default=fields.Datetime.now, tracking=True, index=True
    )
    respond_by = fields.Datetime(readonly=True, copy=False)
    fix_by = fields.Datetime(string="Repair By", readonly=True, copy=False)
    callback_by = fields.Datetime(string="Call Back By", readonly=True, copy=False)
    dispatched_at = fields.Datetime(readonly=True, copy=False)
    responded_at = fields.Datetime(string="On Site At", readonly=True, copy=False)
    fixed_at = fields.Datetime(string="Repaired At", readonly=True, copy=False)
    accepted_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    due_at = fields.Datetime(
        string="Next Limit", compute="_compute_due_at", store=True, precompute=True
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )
    in_time_rate = fields.Float(
        string="On Site in Time (%)",
        compute="_compute_in_time_rate",
        store=True,
        precompute=True,
        aggregator="avg",
        help="100 when somebody was on site within the limit, else 0.",
    )
    # warranty, as it stood when the defect was reported
    cover = fields.Selection(
        selection=[
            ("builder", "Builder"),
            ("developer", "Developer"),
            ("none", "Out of Warranty"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
    )
    warranty_builder_until = fields.Date(
        string="Builder Until", readonly=True, copy=False
    )
    warranty_owner_until = fields.Date(string="Owner Until", readonly=True, copy=False)
    # how it went
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("dispatched", "Dispatched"),
            ("onsite", "On Site"),
            ("owner_check", "Owner's Check"),
            ("accepted", "Accepted"),
            ("closed", "Closed"),
            ("refused", "Refused"),
        ],
        required=True,
        default="new",
        copy=False,
        tracking=True,
        group_expand="_group_expand_state",
        index=True,
    )
    opinion = fields.Text(
        string="Opinion on Site", copy=False, help="Cause, and what will be done."
    )
    repair_note = fields.Text(string="What Was Repaired", copy=False)
    refusal = fields.Selection(
        selection=[
            ("misuse", "Improper use or own alteration"),
            ("force_majeure", "Force majeure"),
            ("expired", "Out of warranty"),
            ("duplicate", "Reported twice"),
            ("no_defect", "No defect found"),
        ],
        string="Refused Because",
        copy=False,
        tracking=True,
    )
    refusal_note = fields.Text(copy=False)
    accepted_by = fields.Char(copy=False, help="Name of who accepted the repair.")
    owner_signature = fields.Binary(attachment=True, copy=False)
    reject_count = fields.Integer(
        string="Sent Back", readonly=True, copy=False, help="By the owner."
    )
    callback_result = fields.Selection(
        selection=[
            ("reached", "Spoke with the owner"),
            ("no_answer", "No answer after three calls"),
            ("declined", "Declined"),
        ],
        copy=False,
    )
    callback_rating = fields.Selection(
        selection=[(str(n), str(n)) for n in range(1, 6)],
        string="Satisfaction (1–5)",
        copy=False,
    )
    callback_note = fields.Text(copy=False)
    repeat_of_id = fields.Many2one(
        comodel_name="cx.defect",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The same component of the same home was repaired shortly before.",
    )
    is_repeat = fields.Boolean(compute="_compute_is_repeat", store=True)
    # money
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost = fields.Monetary(tracking=True, copy=False)
    by_third_party = fields.Boolean(
        copy=False,
        tracking=True,
        help="The builder did not repair in time, somebody else did.",
    )
    chargeback_id = fields.Many2one(
        comodel_name="cx.chargeback",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _cost_check = models.Constraint("CHECK(cost >= 0)", "Costs cannot be negative.")
    # what the boards and the list of late repairs ask for
    _open_due_idx = models.Index(
        "(due_at) WHERE state IN"
        " ('new', 'dispatched', 'onsite', 'owner_check', 'accepted')"
    )
    # the search for an earlier repair of the same component
    _unit_component_idx = models.Index("(unit_id, component_id, reported_at)")
    # the timeline of a customer
    _partner_idx = models.Index(
        "(partner_id, reported_at) WHERE partner_id IS NOT NULL"
    )

    @api.depends("name", "title", "unit_id.name")
    def _compute_display_name(self):
        for defect in self:
            parts = (defect.name, defect.unit_id.name, defect.title)
            defect.display_name = " ".join(part for part in parts if part)

    def _compute_access_url(self):
        for defect in self:
            defect.access_url = f"/my/defects/{defect.id}"

    @api.depends("unit_id")
    def _compute_journey_id(self):
        for defect in self:
            if defect.journey_id.unit_id != defect.unit_id:
                defect.journey_id = defect.unit_id._current_journey()

    @api.depends("journey_id.partner_id")
    def _compute_partner_id(self):
        for defect in self:
            defect.partner_id = defect.journey_id.partner_id

    @api.depends("unit_id")
    def _compute_departments(self):
        for defect in self:
            project = defect.unit_id.phase_id.project_id
            for field, role in (("engineer", "en"), ("dispatch", "pm")):
                defect[f"{field}_dept_id"] = project and project._department_for(
                    self.env.ref(f"customer_experience.cx_role_{role}")
                )

    @api.depends("unit_id")
    def _compute_builder_id(self):
        for defect in self:
            defect.builder_id = defect.unit_id.phase_id.builder_id

    @api.depends("state", "respond_by", "fix_by", "callback_by")
    def _compute_due_at(self):
        fields_by_state = {
            **dict.fromkeys(("new", "dispatched"), "respond_by"),
            **dict.fromkeys(("onsite", "owner_check"), "fix_by"),
            "accepted": "callback_by",
        }
        for defect in self:
            field = fields_by_state.get(defect.state)
            defect.due_at = defect[field] if field else False

    @api.depends("due_at", "state", "fixed_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for defect in self:
            # the builder's clock stands while the owner looks at the repair
            end = defect.fixed_at if defect.state == "owner_check" else now
            defect.is_late = bool(defect.due_at and end and end > defect.due_at)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = [state for state in OPEN_STATES if state != "owner_check"]
        return Domain("state", "in", waiting) & Domain(
            "due_at", "<", fields.Datetime.now()
        )

    @api.depends("responded_at", "respond_by")
    def _compute_in_time_rate(self):
        for defect in self:
            at, by = defect.responded_at, defect.respond_by
            defect.in_time_rate = 100 if at and by and at <= by else 0

    @api.depends("repeat_of_id")
    def _compute_is_repeat(self):
        for defect in self:
            defect.is_repeat = bool(defect.repeat_of_id)

    @api.model
    def _group_expand_state(self, states, domain):
        shown = {*OPEN_STATES, *states}
        codes = [code for code, _label in self._fields["state"].selection]
        return [code for code in codes if code in shown]

    @api.constrains("journey_id", "unit_id")
    def _check_journey(self):
        for defect in self:
            if defect.journey_id and defect.journey_id.unit_id != defect.unit_id:
                raise ValidationError(
                    self.env._(
                        "%(journey)s is a journey of another unit than %(unit)s.",
                        journey=defect.journey_id.display_name,
                        unit=defect.unit_id.name,
                    )
                )

    def action_charge(self):
        """Charge these repairs to their builders."""
        chargebacks = self.env["cx.chargeback"]._charge(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_chargeback_action"
        )
        return action | {"domain": [("id", "in", chargebacks.ids)], "context": {}}

    def action_view_chargeback(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.chargeback",
            "res_id": self.chargeback_id.id,
            "view_mode": "form",
        }
