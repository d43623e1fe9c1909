from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

REVIEWER = "group_credit.group_group_credit_reviewer"
MANAGER = "group_credit.group_group_credit_manager"
# (from, to) -> role that may decide it. Identified once, a group is never
# un-identified: it is exempted (and watched) or dissolved (and kept).
TRANSITIONS = {
    ("candidate", "confirmed"): REVIEWER,
    ("candidate", "exempt"): MANAGER,
    ("candidate", "dissolved"): REVIEWER,
    ("confirmed", "exempt"): MANAGER,
    ("confirmed", "dissolved"): MANAGER,
    ("exempt", "confirmed"): MANAGER,
    ("exempt", "dissolved"): MANAGER,
    ("dissolved", "candidate"): MANAGER,
}
# Follows from decisions; people never write it.
COMPUTED_FIELDS = {"version", "flags", "lead_institution_id", "code"}
# Part of what was decided; changes by an accepted proposal.
DECIDED_FIELDS = {"kind", "controller_ids", "root_id", "company_id"}
EXEMPTION_FIELDS = {"exempt_reason", "exempt_note"}


class CreditGroup(models.Model):
    _name = "credit.group"
    _description = "Group Customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "code desc, id desc"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True, translate=False)
    code = fields.Char(readonly=True, copy=False, index="trigram")
    kind = fields.Selection(
        [
            ("ownership", "Control"),
            ("dependence", "Economic Dependence"),
            ("joint_liability", "Joint Liability"),
            ("employee_pool", "Employee Pool"),
            ("supply_chain", "Supply Chain"),
        ],
        required=True,
        default="ownership",
        tracking=True,
        help="A partner is in at most one control group, but may be in several groups "
        "of the other kinds.",
    )
    state = fields.Selection(
        [
            ("candidate", "Candidate"),
            ("confirmed", "Confirmed"),
            ("exempt", "Exempt"),
            ("dissolved", "Dissolved"),
        ],
        required=True,
        default="candidate",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    exempt_reason = fields.Selection(
        [
            ("single_borrower", "Only One Member Has Credit"),
            ("government", "State Owner, Dealings at Arm's Length"),
            ("no_control", "State Siblings Without Actual Control"),
        ],
        copy=False,
        tracking=True,
    )
    exempt_note = fields.Text("Exemption Statement", copy=False)
    root_id = fields.Many2one(
        "res.partner",
        string="Core Company",
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        help="The company at the head of the group, whose name the group usually "
        "bears.",
    )
    controller_ids = fields.Many2many(
        "res.partner",
        string="Ultimate Controllers",
        help="Persons, families or state bodies at the top. Empty: no actual "
        "controller.",
    )
    flags = fields.Json(readonly=True, copy=False)
    flag_text = fields.Text("To Examine", compute="_compute_flag_text")
    manager_id = fields.Many2one(
        "res.users",
        string="Relationship Manager",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    lead_institution_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        tracking=True,
        readonly=True,
        help="The branch that answers for the whole group.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company
    )
    member_ids = fields.One2many("credit.group.member", "group_id", copy=False)
    current_member_ids = fields.One2many(
        "credit.group.member",
        "group_id",
        string="Members",
        domain=lambda self: self.env["credit.group.member"]._current_domain(),
    )
    member_count = fields.Integer("Members Today", compute="_compute_member_count")
    relation_count = fields.Integer("Relations", compute="_compute_relation_count")
    change_ids = fields.One2many("credit.group.change", "group_id", readonly=True)
    open_change_count = fields.Integer(
        "Open Proposals", compute="_compute_open_change_count"
    )
    institution_ids = fields.One2many("credit.institution", "group_id")
    is_submitted = fields.Boolean(
        "Awaits Confirmation", compute="_compute_open_change_count"
    )
    override_ids = fields.One2many("credit.group.override", "group_id", readonly=True)
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Counts accepted changes: a proposal made before another one was accepted "
        "is out of date.",
    )
    color = fields.Integer()
    note = fields.Html("Notes")
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This group code is already in use.")

    @api.depends("name", "code")
    @api.depends_context("formatted_display_name")
    def _compute_display_name(self):
        for group in self:
            if self.env.context.get("formatted_display_name") and group.code:
                group.display_name = f"{group.name} --{group.code}--"
            else:
                group.display_name = group.name

    def _compute_member_count(self):
        Member = self.env["credit.group.member"]
        counts = dict(
            Member._read_group(
                Member._current_domain() & Domain("group_id", "in", self.ids),
                ["group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.member_count = counts.get(group._origin, 0)

    def _compute_open_change_count(self):
        open_states = dict(
            self.env["credit.group.change"]._read_group(
                Domain("group_id", "in", self.ids)
                & Domain("state", "in", ("proposed", "submitted")),
                ["group_id"],
                ["state:array_agg"],
            )
        )
        for group in self:
            states = open_states.get(group._origin, [])
            group.open_change_count = len(states)
            group.is_submitted = "submitted" in states

    def _compute_relation_count(self):
        for group in self:
            group.relation_count = self.env["credit.relation"].search_count(
                group._relation_domain()
            )

    @api.depends("flags")
    @api.depends_context("lang")
    def _compute_flag_text(self):
        texts = self._flag_texts()
        for group in self:
            group.flag_text = "\n".join(
                texts[flag] for flag in group.flags or [] if flag in texts
            )

    @api.model
    def _flag_texts(self):
        """What the engine could not decide, in words a person can act on."""
        return {
            "mutual": self.env._(
                "Members control each other in a circle: no controller stands outside "
                "it."
            ),
            "exactly_half": self.env._(
                "Somebody holds exactly 50 %: examine whether the company is jointly "
                "controlled."
            ),
            "unknown": self.env._(
                "Votes are only known as a range that neither proves nor excludes "
                "control."
            ),
            "joint": self.env._(
                "A company is jointly controlled: it has no single controller."
            ),
            "conflict": self.env._(
                "Different controllers claim the same company on different grounds."
            ),
            "cross_holding": self.env._(
                "Members hold shares in a circle: the same capital may count twice."
            ),
            "overgranted": self.env._(
                "A shareholder has granted more votes than there are: see which "
                "agreement holds."
            ),
            "arms_length": self.env._(
                "State companies are held together by dealings not at arm's length."
            ),
            "large": self.env._(
                "The group is unusually large: check that no link is an error."
            ),
        }

    def _relation_domain(self):
        partners = self.current_member_ids.partner_id | self.controller_ids
        return Domain("state", "!=", "revoked") & (
            Domain("held_id", "in", self.current_member_ids.partner_id.ids)
            & Domain("holder_id", "in", partners.ids)
        )

    @api.constrains("state", "kind", "company_id")
    def _check_members_free(self):
        self.member_ids._check_one_control_group()

    @api.constrains("state", "exempt_reason")
    def _check_exempt_reason(self):
        for group in self:
            if group.state == "exempt" and not group.exempt_reason:
                raise ValidationError(
                    self.env._(
                        "Exempt Reason: choose the reason before you exempt %s.",
                        group.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals)
            if vals.get("state", "candidate") != "candidate" and not self.env.su:
                raise UserError(
                    self.env._(
                        "A new group starts as a candidate, for somebody else to "
                        "confirm."
                    )
                )
            if not vals.get("code"):
                vals["code"] = self.env["ir.sequence"].next_by_code("credit.group")
        return super().create(vals_list)

    def write(self, vals):
        self._check_fields(vals)
        if "state" in vals:
            moving = self.filtered(lambda g: g.state != vals["state"])
            for group in moving:
                group._check_transition(vals["state"])
            if vals["state"] == "confirmed" and not self.env.su:
                # a candidate is confirmed by approving its proposal, however asked for
                asked = moving.filtered(lambda g: g.state == "candidate")
                waiting = asked._approve_proposal()
                rest = {name: vals[name] for name in vals if name != "state"}
                super(CreditGroup, waiting).write(rest)
                self -= waiting
        return super().write(vals)

    def _check_fields(self, vals):
        """Some of a group follows from decisions, whichever door is used."""
        if self.env.su:
            return
        decided = self.filtered(lambda g: g.state != "candidate")
        locked = COMPUTED_FIELDS & set(vals)
        if decided:
            locked |= DECIDED_FIELDS & set(vals)
        if locked:
            raise UserError(
                self.env._(
                    "%(fields)s of a group follow from what was decided. Propose a "
                    "change, or have the lead institution determined.",
                    fields=format_list(
                        self.env,
                        [
                            self._fields[name]._description_string(self.env)
                            for name in sorted(locked)
                        ],
                    ),
                )
            )
        if (
            EXEMPTION_FIELDS & set(vals)
            and decided
            and not self.env.user.has_group(MANAGER)
        ):
            raise UserError(
                self.env._("Only a manager of Group Credit enters an exemption.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for group in self:
            if group.state != "candidate":
                raise UserError(
                    self.env._(
                        "%s has been decided about and stays as history. Dissolve or "
                        "archive it instead.",
                        group.name,
                    )
                )

    def _check_transition(self, state):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        role = TRANSITIONS.get((self.state, state))
        if not role:
            raise UserError(
                self.env._(
                    "%(group)s is %(from)s and cannot become %(to)s.",
                    group=self.name,
                    **{"from": labels[self.state], "to": labels[state]},
                )
            )
        if self.env.su:
            return
        if not self.env.user.has_group(role):
            raise UserError(
                self.env._(
                    "You may not make %(group)s %(to)s: that takes the role Group "
                    "Credit / %(role)s.",
                    group=self.name,
                    to=labels[state],
                    # sudo: users may not read roles, and the name of one is no secret
                    role=self.env.ref(role).sudo().name,
                )
            )

    def action_confirm(self):
        self.write({"state": "confirmed"})

    def action_exempt(self):
        self.write({"state": "exempt"})

    def action_dissolve(self):
        self.write({"state": "dissolved"})

    def action_reopen(self):
        self.filtered(lambda g: g.state == "dissolved").write({"state": "candidate"})

    def action_determine_lead(self):
        """Apply the rule in force to name or hand over the lead institution."""
        Institution = self.env["credit.institution"]
        for group in self:
            company = group.company_id or self.env.company
            rule = self.env["credit.parameter"]._value("lead_rule", company)
            institution, because = Institution._rank(group, rule)
            if not institution:
                raise UserError(
                    self.env._(
                        "Nobody lends to %(group)s yet: enter the handling "
                        "institutions "
                        "with their credit, or name the lead by hand.",
                        group=group.name,
                    )
                )
            Institution._hand_over(group, institution, because)

    def action_view_members(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_group_member_action"
        )
        return {
            **action,
            "domain": [("group_id", "=", self.id)],
            "context": {"default_group_id": self.id, "search_default_current": 1},
            "display_name": self.name,
        }

    def action_view_changes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_group_change_action"
        )
        return {
            **action,
            "domain": [("group_id", "=", self.id)],
            "context": {},
            "display_name": self.name,
        }

    def action_view_relations(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_relation_action"
        )
        return {
            **action,
            "domain": list(self._relation_domain()),
            "context": {},
            "display_name": self.name,
        }

    def action_view_chart(self):
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "group_credit.credit_chart_group_action"
        )
        return {**action, "context": {"active_id": self.id}}
