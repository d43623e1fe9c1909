from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from .complaint_cause import LIABILITIES
from .complaint_stage import FINAL_KINDS
from .complaint_type import SEVERITIES

CHANNELS = [
    ("phone", "Phone"),
    ("counter", "Counter or in person"),
    ("letter", "Letter or fax"),
    ("mail", "Mail"),
    ("portal", "Customer portal"),
    ("web", "Web form"),
    ("partner", "Partner company"),
    ("regulator", "Regulator or 12345 / 12315 hotline"),
    ("media", "Press and broadcast"),
    ("social", "Social media"),
    ("survey", "Survey or call-back"),
]
YES_NO = [("no", "No"), ("yes", "Yes")]


class ComplaintCase(models.Model):
    _name = "complaint.case"
    _description = "Complaint"
    _inherit = ["mail.tracking.duration.mixin", "mail.activity.mixin", "hr.mixin"]
    _order = "received_at desc, id desc"
    _check_company_auto = True
    _primary_email = "partner_email"
    _mail_post_access = "read"
    _track_duration_field = "stage_id"
    _rec_names_search = ["number", "name", "partner_name", "partner_phone"]

    # identity
    name = fields.Char(string="Subject", required=True, tracking=True)
    number = fields.Char(readonly=True, copy=False, index="trigram")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(
        comodel_name="complaint.team",
        check_company=True,
        index=True,
        tracking=True,
        default=lambda self: self._default_team_id(),
    )
    previous_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Follows",
        check_company=True,
        copy=False,
        index="btree_not_null",
        help="An earlier complaint that this one takes up again.",
    )

    # classification
    type_id = fields.Many2one(
        comodel_name="complaint.type", index=True, tracking=True, ondelete="restrict"
    )
    severity = fields.Selection(
        selection=SEVERITIES,
        compute="_compute_severity",
        store=True,
        readonly=False,
        tracking=True,
    )
    color = fields.Integer(compute="_compute_color", export_string_translation=False)
    channel = fields.Selection(
        selection=CHANNELS, required=True, default="phone", tracking=True
    )
    tag_ids = fields.Many2many(comodel_name="complaint.tag", string="Tags")

    # progress
    stage_id = fields.Many2one(
        comodel_name="complaint.stage",
        required=True,
        copy=False,
        index=True,
        tracking=True,
        ondelete="restrict",
        default=lambda self: self._default_stage_id(),
        group_expand="_read_group_stage_ids",
    )
    stage_kind = fields.Selection(related="stage_id.kind", string="Stage Meaning")
    date_last_stage_update = fields.Datetime(
        string="In This Stage since",
        compute="_compute_date_last_stage_update",
        store=True,
        copy=False,
    )
    received_at = fields.Datetime(
        string="Received",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        tracking=True,
        help="When the customer complained, not when it was entered. Time limits count "
        "from here.",
    )
    closed_at = fields.Datetime(string="Closed on", readonly=True, copy=False)
    age_days = fields.Integer(string="Age (Days)", compute="_compute_age_days")
    reopen_count = fields.Integer(string="Times Reopened", readonly=True, copy=False)
    reopen_reason = fields.Text(
        string="Reason for Reopening", copy=False, tracking=True
    )

    # complainant
    is_anonymous = fields.Boolean(string="Anonymous")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        check_company=True,
        index="btree_not_null",
        tracking=True,
    )
    partner_name = fields.Char(
        string="Complainant",
        compute="_compute_partner_contact",
        store=True,
        readonly=False,
        tracking=True,
    )
    partner_phone = fields.Char(
        string="Phone", compute="_compute_partner_contact", store=True, readonly=False
    )
    partner_email = fields.Char(
        string="E-mail", compute="_compute_partner_contact", store=True, readonly=False
    )
    email_normalized = fields.Char(
        string="Normalized E-mail",
        compute="_compute_email_normalized",
        store=True,
        # the loop detection of the mail gateway counts the cases of one sender at every
        # mail
        index="btree_not_null",
    )
    emotion = fields.Selection(
        selection=[("calm", "Calm"), ("upset", "Upset"), ("furious", "Furious")],
        string="Mood",
        help="How the customer spoke, so that the next colleague is prepared.",
    )

    # what it is about
    product_id = fields.Many2one(
        comodel_name="product.product", check_company=True, index="btree_not_null"
    )
    lot_ref = fields.Char(string="Lot / Serial Number")
    order_ref = fields.Char(string="Order / Contract / Room")
    description = fields.Html(help="What happened, in the customer's words.")
    remedy_ids = fields.Many2many(
        comodel_name="complaint.remedy",
        relation="complaint_case_remedy_wanted_rel",
        string="Customer Asks for",
    )
    amount_claimed = fields.Monetary(tracking=True)
    injury = fields.Selection(
        selection=YES_NO,
        string="Anyone Hurt?",
        tracking=True,
        help="To be asked, never guessed.",
    )
    media = fields.Selection(
        selection=YES_NO,
        string="Press Involved?",
        tracking=True,
        help="Has the customer gone, or threatened to go, to the press or to social "
        "media?",
    )
    readback_at = fields.Datetime(
        string="Read Back on", readonly=True, copy=False, tracking=True
    )
    readback_user_id = fields.Many2one(
        comodel_name="res.users", string="Read Back by", readonly=True, copy=False
    )

    # people
    first_contact_user_id = fields.Many2one(
        comodel_name="res.users",
        string="First Contact",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="Whoever took the complaint stays answerable for it until a handler has "
        "it.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Handler",
        domain=lambda self: [
            ("share", "=", False),
            (
                "all_group_ids",
                "in",
                self.env.ref("complaint_mgmt.group_complaint_mgmt_handler").ids,
            ),
        ],
        check_company=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Responsible Department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        check_company=True,
        tracking=True,
        index="btree_not_null",
    )
    confidential = fields.Boolean(
        compute="_compute_confidential",
        store=True,
        readonly=False,
        tracking=True,
        help="Only the handler, the first contact, the team leader and the people "
        "named here see the complaint.",
    )
    confidant_ids = fields.Many2many(
        comodel_name="res.users",
        relation="complaint_case_confidant_rel",
        string="Also Visible to",
        domain="[('share', '=', False)]",
    )

    # outcome
    resolved_first_contact = fields.Boolean(
        string="Settled at Once",
        help="The first contact could answer and the customer agreed: no handler is "
        "needed.",
    )
    cause_id = fields.Many2one(
        comodel_name="complaint.cause",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
    )
    cause_note = fields.Text(string="Findings", copy=False)
    liability = fields.Selection(
        selection=LIABILITIES,
        compute="_compute_liability",
        store=True,
        readonly=False,
        tracking=True,
    )
    reply = fields.Html(string="Answer to the Customer", copy=False)
    remedy_given_ids = fields.Many2many(
        comodel_name="complaint.remedy",
        relation="complaint_case_remedy_given_rel",
        string="Customer Gets",
        copy=False,
    )
    replied_at = fields.Datetime(string="Answered on", copy=False, tracking=True)
    callback_result = fields.Selection(
        selection=[
            ("satisfied", "Satisfied"),
            ("accepted", "Accepts the result"),
            ("unsatisfied", "Not satisfied"),
            ("unreachable", "Not reached"),
            ("waived", "No call-back"),
        ],
        copy=False,
        tracking=True,
    )
    callback_note = fields.Text(copy=False)
    end_reason = fields.Selection(
        selection=[
            ("withdrawn", "Withdrawn by the customer"),
            ("rejected", "Not accepted"),
            ("unfounded", "Not substantiated"),
            ("duplicate", "Duplicate of another complaint"),
            ("external", "Taken to a regulator, arbitration or court"),
            ("no_complaint", "Not a complaint"),
        ],
        string="Ended Because",
        copy=False,
        tracking=True,
    )
    end_note = fields.Text(string="Explanation", copy=False)

    _number_unique = models.UniqueIndex(
        "(company_id, number)", "This complaint number exists already."
    )
    # the kanban and list of open complaints: company, grouped by stage, newest first
    _open_idx = models.Index(
        "(company_id, stage_id, received_at DESC, id DESC) WHERE closed_at IS NULL AND "
        "active IS TRUE"
    )
    # the default order over all complaints of a company, closed ones included
    _received_idx = models.Index("(company_id, received_at DESC, id DESC)")
    # the timeline of a customer
    _partner_idx = models.Index(
        "(partner_id, received_at) WHERE partner_id IS NOT NULL"
    )

    # ------------------------------------------------------------
    # DEFAULTS AND COMPUTES
    # ------------------------------------------------------------

    @api.model
    def _default_team_id(self):
        """The user's own team in this company, else its first one."""
        teams = self.env["complaint.team"].search(
            [("company_id", "=", self.env.company.id)]
        )
        return (
            teams.filtered(lambda team: self.env.user in team.member_ids)[:1]
            or teams[:1]
        )

    @api.model
    def _default_stage_id(self):
        return self.env["complaint.stage"].search([], limit=1)

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        # pylint: disable-next=no-search-all
        return stages.search([])

    @api.depends("number", "name")
    def _compute_display_name(self):
        for case in self:
            case.display_name = (
                f"[{case.number}] {case.name}" if case.number else case.name
            )

    @api.depends("type_id", "injury")
    def _compute_severity(self):
        for case in self:
            if case.injury == "yes":
                case.severity = "critical"
            elif not case.severity:
                case.severity = case.type_id.default_severity

    @api.depends("severity")
    def _compute_color(self):
        colors = {"major": 2, "critical": 1}
        for case in self:
            case.color = colors.get(case.severity, 0)

    @api.depends("stage_id")
    def _compute_date_last_stage_update(self):
        self.date_last_stage_update = fields.Datetime.now()

    @api.depends("received_at", "closed_at")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for case in self:
            end = case.closed_at or now
            case.age_days = (end - case.received_at).days if case.received_at else 0

    @api.depends("partner_id", "is_anonymous")
    def _compute_partner_contact(self):
        """What the customer left this time is kept: it may differ from the card."""
        for case in self:
            partner = case.partner_id
            case.partner_name = partner.name or case.partner_name
            case.partner_phone = case.partner_phone or partner.phone
            case.partner_email = case.partner_email or partner.email

    @api.depends("partner_email")
    def _compute_email_normalized(self):
        for case in self:
            case.email_normalized = email_normalize(case.partner_email)

    @api.depends("type_id", "company_id")
    def _compute_department_id(self):
        for case in self:
            if not case.department_id:
                case.department_id = case.type_id.with_company(
                    case.company_id
                ).department_id

    @api.depends("type_id")
    def _compute_confidential(self):
        for case in self:
            case.confidential = case.confidential or case.type_id.confidential

    @api.depends("cause_id")
    def _compute_liability(self):
        for case in self:
            case.liability = case.liability or case.cause_id.default_liability

    def _get_rotting_depends_fields(self):
        return super()._get_rotting_depends_fields() + ["closed_at"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("closed_at", "=", False)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        stage = self.env.context.get("default_stage_id") or self._default_stage_id().id
        teams = (
            self.env["complaint.team"]
            # sudo: the company of a team is no secret, and mail comes in by aliases
            .sudo()
            .browse({vals["team_id"] for vals in vals_list if vals.get("team_id")})
        )
        company_of = {team.id: team.company_id.id for team in teams}
        defaults = {}  # company -> the team that takes its complaints
        for vals in vals_list:
            self._check_backdating(vals)
            self._check_may_assign(vals)
            self._check_marks_on_create(vals)
            vals.setdefault("stage_id", stage)
            if not vals.get("company_id"):
                vals["company_id"] = (
                    company_of.get(vals.get("team_id")) or self.env.company.id
                )
            company = self.env["res.company"].browse(vals["company_id"])
            if "team_id" not in vals and "default_team_id" not in self.env.context:
                if company not in defaults:
                    defaults[company] = self.with_company(company)._default_team_id().id
                vals["team_id"] = defaults[company]
        self._fill_numbers(vals_list)
        cases = super().create(vals_list)
        cases._after_move(self.browse())
        return cases

    def write(self, vals):
        self._check_marks(vals)
        self._check_backdating(vals)
        self._check_may_assign(vals)
        moving = self.browse()
        if vals.get("stage_id"):
            moving = self.filtered(lambda case: case.stage_id.id != vals["stage_id"])
        (self - moving)._check_not_closed(vals)
        reopened = moving._check_reopening(vals)
        result = super().write(vals)
        if moving:
            moving._after_move(reopened)
        return result

    def _after_move(self, reopened):
        """Set what follows from having reached the stage: times and counter."""
        self._check_may_settle()
        now = fields.Datetime.now()
        for case in self:
            vals = {}
            if case.stage_kind in FINAL_KINDS:
                vals["closed_at"] = case.closed_at or now
            elif case in reopened:
                vals.update(closed_at=False, reopen_count=case.reopen_count + 1)
            if case.stage_kind in ("callback", "closed") and not case.replied_at:
                vals["replied_at"] = now
            if vals:
                case._write_marks(vals)

    def _write_marks(self, vals):
        """Write what only the system may say, past the guards of ``write``."""
        # pylint: disable-next=super-method-mismatch
        return super().write(vals)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_readback(self):
        """The record was read to the customer, who confirmed it."""
        self.check_access("write")
        self._write_marks(
            {"readback_at": fields.Datetime.now(), "readback_user_id": self.env.uid}
        )

    def action_assign_to_me(self):
        self.write({"user_id": self.env.uid})

    @api.model
    def get_import_templates(self):
        # the headings are the labels of the fields, so there is one template a language
        language = "_zh_CN" if self.env.lang == "zh_CN" else ""
        return [
            {
                "label": self.env._("Import Template for Complaints"),
                "template": f"/complaint_mgmt/static/xls/complaint_case{language}.xlsx",
            }
        ]
