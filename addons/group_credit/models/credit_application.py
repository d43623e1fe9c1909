from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare, format_amount

STAGES = [
    ("investigation", "Investigation"),
    ("review", "Review"),
    ("deliberation", "Deliberation"),
    ("approval", "Approval"),
    ("signing", "Signing and Registration"),
    ("usage", "Drawing"),
    ("follow_up", "Follow-Up"),
]
# Follows from what people do at the stages; nobody enters it.
DECIDED_FIELDS = {
    "state",
    "round",
    "reviewer_id",
    "snapshot",
    "snapshot_hash",
    "credit_line_ids",
    "applied_on",
}
# Said by the investigation; changing it takes a return to that stage.
REQUEST_FIELDS = {
    "group_id",
    "kind",
    "company_id",
    "currency_id",
    "investigator_id",
    "publicity",
    "allocation",
    "date_start",
    "date_end",
    "purpose",
    "repayment",
    "guarantee",
}
# Said by the reviewers, until the application is put to the vote.
TERM_FIELDS = {"group_limit", "group_net_limit", "conditions"}


class CreditApplication(models.Model):
    """授信申请: what a group asks for, examined, decided and put into lines."""

    _name = "credit.application"
    _description = "Credit Application"
    _inherit = ["mail.thread", "mail.activity.mixin", "approval.mixin"]
    _order = "priority desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    _approval_fields = (
        "group_id",
        "kind",
        "publicity",
        "allocation",
        "date_start",
        "date_end",
        "group_limit",
        "group_net_limit",
        "group_exposure",
        "line_ids",
        "purpose",
        "repayment",
        "guarantee",
        "conditions",
    )
    _approval_unlocked_fields = (
        *DECIDED_FIELDS,
        "stage",
        "priority",
        "color",
        "kanban_state",
        "contract_no",
        "signed_on",
        "conditions_met",
        "close_reason",
        "opinion_ids",
        "active",
    )

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    group_id = fields.Many2one(
        "credit.group",
        string="Group Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('state', 'in', ('confirmed', 'exempt'))]",
    )
    kind = fields.Selection(
        [
            ("new", "New"),
            ("renew", "Renewal"),
            ("increase", "Increase"),
            ("decrease", "Decrease"),
            ("temporary", "Temporary Increase"),
        ],
        required=True,
        default="new",
        tracking=True,
    )
    stage = fields.Selection(
        STAGES,
        required=True,
        default="investigation",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    state = fields.Selection(
        [
            ("open", "In Progress"),
            ("effective", "In Effect"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        string="Status",
        required=True,
        default="open",
        readonly=True,
        copy=False,
        tracking=True,
    )
    round = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Grows whenever the application is returned: opinions are given anew.",
    )
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )

    # who
    investigator_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False)]",
        help="Answers for the truth of the investigation; neither reviews nor decides.",
    )
    reviewer_id = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    lead_institution_id = fields.Many2one(related="group_id.lead_institution_id")

    # what
    publicity = fields.Selection(
        [("internal", "Internal Line"), ("public", "Public Line")],
        required=True,
        default="internal",
        help="An internal line is for the institution's own control. A public one is "
        "told to the client and agreed by contract.",
    )
    allocation = fields.Selection(
        [
            ("dedicated", "Dedicated to Members"),
            ("shared", "Shared by Members"),
            ("carve_out", "Carved Out of the Group"),
            ("roll_up", "Rolled Up to the Group"),
        ],
        required=True,
        default="dedicated",
    )
    date_start = fields.Date(
        "Valid From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        "Valid To",
        required=True,
        tracking=True,
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
    )
    line_ids = fields.One2many("credit.application.line", "application_id", copy=True)
    purpose = fields.Text(help="What the credit is used for.")
    repayment = fields.Text("Sources of Repayment")
    guarantee = fields.Text("Guarantees and Collateral")
    conditions = fields.Text(help="To be met before the lines are opened.")

    # how much
    requested_limit = fields.Monetary(compute="_compute_totals", store=True)
    group_limit = fields.Monetary(
        compute="_compute_group_limit",
        store=True,
        readonly=False,
        help="Of all members together, nominal, once the application is in effect.",
    )
    group_net_limit = fields.Monetary(
        "Group Net Exposure Limit",
        compute="_compute_group_limit",
        store=True,
        readonly=False,
        help="Margin deposits and pledged deposits and bonds deducted.",
    )
    previous_limit = fields.Monetary("Group Limit Before", compute="_compute_previous")
    group_exposure = fields.Monetary(
        "Consolidated Exposure",
        compute="_compute_group_exposure",
        store=True,
        help="Net exposure of the whole group once the application is in effect; "
        "decides who approves.",
    )
    is_incremental = fields.Boolean(
        "Incremental Credit", compute="_compute_totals", store=True
    )

    # after the decision
    contract_no = fields.Char("Contract No.", copy=False, tracking=True)
    signed_on = fields.Date(copy=False, tracking=True)
    conditions_met = fields.Boolean(copy=False, tracking=True)
    applied_on = fields.Datetime("In Effect Since", readonly=True, copy=False)
    close_reason = fields.Char(copy=False, tracking=True)
    snapshot = fields.Json(readonly=True, copy=False)
    snapshot_hash = fields.Char("Fingerprint", readonly=True, copy=False)

    # Serves "the open application of a group" and keeps two of them out.
    _one_open = models.UniqueIndex(
        "(group_id) WHERE state = 'open'",
        "This group has an application in progress already: one at a time.",
    )
    _dates_check = models.Constraint(
        "CHECK(date_end >= date_start)", "Valid To: the end lies before the beginning."
    )

    @api.depends("name", "group_id.name")
    def _compute_display_name(self):
        for application in self:
            name = application.name if application.name != "/" else ""
            application.display_name = " ".join(
                filter(None, [name, application.group_id.name])
            )

    @api.depends("date_start")
    def _compute_date_end(self):
        for application in self:
            if application.date_start and not application.date_end:
                months = application._parameter("max_validity_months")
                application.date_end = application.date_start + relativedelta(
                    months=months, days=-1
                )

    @api.depends(
        "line_ids.requested_limit",
        "line_ids.partner_id",
        "line_ids.product_id",
        "line_ids.is_incremental",
    )
    def _compute_totals(self):
        for application in self:
            totals = application.line_ids._member_totals("requested_limit")
            application.requested_limit = sum(totals.values())
            application.is_incremental = any(
                application.line_ids.mapped("is_incremental")
            )

    @api.depends("line_ids.limit", "line_ids.net_limit", "line_ids.partner_id")
    def _compute_group_limit(self):
        for application in self:
            for total, name in (
                ("group_limit", "limit"),
                ("group_net_limit", "net_limit"),
            ):
                members = application._kept_lines(name)
                members |= application.line_ids._member_totals(name)
                application[total] = sum(members.values())

    @api.depends("group_net_limit", "group_id")
    def _compute_group_exposure(self):
        for application in self:
            application.group_exposure = max(
                application.group_net_limit, application._current_exposure()
            )

    @api.depends("group_id")
    def _compute_previous(self):
        for application in self:
            application.previous_limit = sum(
                application._group_lines()
                .filtered(lambda line: line.level == "group")
                .mapped(lambda line, a=application: a._in_currency(line, line.limit))
            )

    def _parameter(self, code):
        company = self.company_id or self.env.company
        return self.env["credit.parameter"]._value(code, company)

    def _format(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _compare(self, left, right):
        return float_compare(left, right, precision_rounding=self.currency_id.rounding)

    @api.constrains("date_start", "date_end")
    def _check_validity(self):
        for application in self:
            months = application._parameter("max_validity_months")
            last = application.date_start + relativedelta(months=months)
            if application.date_end > last:
                raise ValidationError(
                    self.env._(
                        "Valid To: a line is valid for %(months)s months at most, here "
                        "until %(day)s; then it is approved anew.",
                        months=months,
                        day=fields.Date.to_string(last),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_entered(vals)
            if (
                vals.get("stage", "investigation") != "investigation"
                and not self.env.su
            ):
                raise UserError(
                    self.env._("An application starts with the investigation.")
                )
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].next_by_code(
                    "credit.application"
                )
        applications = super().create(vals_list)
        for application in applications.filtered(lambda a: not a.check_ids):
            application._fill_checks()
        return applications

    def write(self, vals):
        self._check_entered(vals)
        return super().write(vals)

    def _check_entered(self, vals):
        """What may be entered at which stage, whichever door is used."""
        if self.env.su:
            return
        if forged := DECIDED_FIELDS & set(vals):
            raise UserError(
                self.env._(
                    "%(fields)s of an application follow from opinions and decisions.",
                    fields=self._labels(forged),
                )
            )
        for application in self:
            names = REQUEST_FIELDS & set(vals)
            if names and application.stage != "investigation":
                raise UserError(
                    self.env._(
                        "%(application)s is past the investigation, so %(fields)s "
                        "cannot be changed. Return it to the investigation first.",
                        application=application.display_name,
                        fields=application._labels(names),
                    )
                )
            names = TERM_FIELDS & set(vals)
            if names and application.stage not in (
                "investigation",
                "review",
                "deliberation",
            ):
                raise UserError(
                    self.env._(
                        "%(application)s has been put to the vote: %(fields)s stay as "
                        "they are.",
                        application=application.display_name,
                        fields=application._labels(names),
                    )
                )

    def _labels(self, names):
        return ", ".join(
            self._fields[name]._description_string(self.env) for name in sorted(names)
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_examined(self):
        for application in self:
            if application.opinion_ids or application.stage != "investigation":
                raise UserError(
                    self.env._(
                        "%s has been examined and stays as history. Withdraw it "
                        "instead.",
                        application.display_name,
                    )
                )
