from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import is_html_empty

from .complaint_case import YES_NO

#: With one of these liabilities the company can tell that it is its turn to pay.
AFFIRMED = ("company", "supplier", "carrier", "shared")
#: Days within which the insurer's written opinion is expected.
OPINION_DAYS = 3
DECISION = ("accompany", "accompany_ground", "advance", "advance_ground")
OPINION = ("insurer_id", "policy_ref", "opinion", "opinion_note", "opinion_file")


class ComplaintInjury(models.Model):
    """What a complaint with somebody hurt needs beside its answer: two decisions,
    witnesses, the scene, the insurer's word and an accident report.
    """

    _name = "complaint.injury"
    _inherit = [
        "complaint.case.part",
        "system.fields.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Injury"
    _with_case = True
    _order = "id desc"

    _system_fields = (
        "decided_at",
        "decided_by_id",
        "insurer_told_at",
        "opinion_at",
        "reported_at",
        "reported_by_id",
    )

    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id", store=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    liability = fields.Selection(related="case_id.liability")
    kind = fields.Selection(
        selection=[
            ("premises", "While shopping or on our premises"),
            ("product", "By a product that we sold"),
        ],
        string="Hurt",
        tracking=True,
    )
    person = fields.Char(string="Injured Person", tracking=True)
    consent = fields.Boolean(
        string="Agrees to Medical Data",
        help="The injured person, or who stands for them, agreed that we keep what is "
        "medical: the law asks for a consent of its own.",
    )
    medical = fields.Text(string="Injury and Treatment")
    hospital = fields.Char()
    department_ids = fields.Many2many(
        comodel_name="hr.department", string="Departments Told"
    )
    # the two decisions of the duty manager
    accompany = fields.Selection(
        selection=YES_NO, string="Accompany to Hospital?", tracking=True
    )
    accompany_ground = fields.Text(string="Why (Company)")
    advance = fields.Selection(
        selection=YES_NO, string="Advance Medical Fees?", tracking=True
    )
    advance_ground = fields.Text(string="Why (Fees)")
    advance_amount = fields.Monetary(string="Up to", tracking=True)
    exception_reason = fields.Text(
        string="Exception Because",
        help="As long as nobody can say that we are liable, both answers are No. Only "
        "the management decides otherwise, with its reason.",
    )
    decided_at = fields.Datetime(string="Decision Taken on", readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        comodel_name="res.users", string="Decision Taken by", readonly=True, copy=False
    )
    # the scene
    witness_ids = fields.One2many(
        comodel_name="complaint.injury.witness",
        inverse_name="injury_id",
        string="Witnesses",
    )
    scene = fields.Selection(selection=YES_NO, string="Scene Protected?")
    evidence = fields.Text(help="What was secured, by whom, and where it is kept.")
    # the insurer
    insured = fields.Selection(
        selection=YES_NO, string="Report to the Insurer?", tracking=True
    )
    insurer_id = fields.Many2one(comodel_name="res.partner", tracking=True)
    policy_ref = fields.Char(string="Policy Number")
    insurer_told_at = fields.Datetime(string="Insurer Told on", readonly=True)
    opinion = fields.Selection(
        selection=[
            ("covered", "Covered in full"),
            ("partly", "Covered in part"),
            ("refused", "Not covered"),
        ],
        string="Insurer's Opinion",
        tracking=True,
    )
    opinion_note = fields.Text(string="What the Insurer Asks for")
    opinion_file = fields.Binary(
        string="Opinion in Writing",
        attachment=True,
        help="What the insurer said on the phone is no opinion.",
    )
    opinion_filename = fields.Char(string="Name of the File")
    opinion_at = fields.Datetime(string="Opinion Received on", readonly=True)
    # the accident report
    report = fields.Html(string="Accident Report")
    reported_at = fields.Datetime(string="Report Finished on", readonly=True)
    reported_by_id = fields.Many2one(
        comodel_name="res.users", string="Report by", readonly=True
    )

    _case_unique = models.UniqueIndex(
        "(case_id)", "This complaint has an injury record already."
    )
    _advance_positive = models.Constraint(
        "CHECK(advance_amount >= 0)", "The amount to advance cannot be negative."
    )

    @api.depends("case_id")
    def _compute_display_name(self):
        for injury in self:
            injury.display_name = self.env._(
                "Injury: %(case)s", case=injury.case_id.display_name or ""
            )

    @api.constrains("medical", "hospital", "consent")
    def _check_consent(self):
        for injury in self:
            if (injury.medical or injury.hospital) and not injury.consent:
                raise ValidationError(
                    self.env._(
                        "“%(injury)s”: medical details are kept only if the injured "
                        "person agrees. Tick “Agrees to Medical Data”, or leave them "
                        "out.",
                        injury=injury.display_name,
                    )
                )

    @api.constrains("opinion_file")
    def _check_file(self):
        self._check_harmless("opinion_file", "opinion_filename")

    @api.model_create_multi
    def create(self, vals_list):
        return super(ComplaintInjury, self._entered(vals_list)).create(vals_list)

    def write(self, vals):
        if "case_id" in vals and any(one.case_id.id != vals["case_id"] for one in self):
            raise UserError(self.env._("An injury stays with its complaint."))
        self._check_decision_stands(vals)
        result = super().write(vals)
        if not self.env.su and {"report", "scene", "evidence"} & set(vals):
            # sudo: a report that changes is no longer the one that was finished
            self.filtered("reported_at").sudo().write(
                {"reported_at": False, "reported_by_id": False}
            )
        return result

    def _check_decision_stands(self, vals):
        frozen = {*DECISION, "advance_amount", "exception_reason"} & set(vals)
        if not self.env.su and frozen and any(injury.decided_at for injury in self):
            raise UserError(
                self.env._(
                    "The duty manager has decided. To change that press “Decide Anew”: "
                    "the first decision stays on record."
                )
            )
        told = {*OPINION} & set(vals)
        if not self.env.su and told and any(injury.opinion_at for injury in self):
            raise UserError(
                self.env._("The insurer's opinion is on record and is not changed.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self:
            raise UserError(
                self.env._("A record of an injury is evidence and is not deleted.")
            )

    # ------------------------------------------------------------
    # DECISIONS
    # ------------------------------------------------------------

    def action_decide(self):
        """The duty manager decides: accompany, advance fees, and why.

        :raise AccessError: for who is no supervisor
        :raise UserError: if an answer or its ground is missing, or if it is Yes while
            nobody can say that we are liable (R42)
        """
        self._check_supervisor()
        for injury in self:
            if injury.decided_at:
                raise UserError(self.env._("This is decided already."))
            unmet = injury._missing_for_decision()
            if unmet:
                raise UserError(
                    self.env._("Before it is decided, enter: %s.", ", ".join(unmet))
                )
            injury._check_liability()
        # sudo: a decision is recorded by deciding
        self.sudo().write(
            {"decided_at": fields.Datetime.now(), "decided_by_id": self.env.uid}
        )
        for injury in self:
            injury._tell_decision()

    def _missing_for_decision(self):
        missing = [
            self._fields[name]._description_string(self.env)
            for name in DECISION
            if not (self[name] or "").strip()
        ]
        if self.advance == "yes" and not self.advance_amount:
            missing.append(self._fields["advance_amount"]._description_string(self.env))
        return missing

    def _check_liability(self):
        """Nobody is sent along and nothing is paid while liability is uncertain (R42);
        the management may, with a reason."""
        if "yes" not in (self.accompany, self.advance):
            return
        if self.liability in AFFIRMED:
            return
        if not (self.exception_reason or "").strip():
            raise UserError(
                self.env._(
                    "As long as nobody can say that we are liable, nobody is sent "
                    "along and no fees are advanced: answer No twice, or enter the "
                    "liability on the complaint. The management may decide "
                    "otherwise under “Exception Because”."
                )
            )
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_admin"):
            raise AccessError(
                self.env._(
                    "Only the management decides against the rule that nothing is paid "
                    "while liability is uncertain."
                )
            )

    def _check_supervisor(self):
        self.check_access("write")
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_manager"):
            raise AccessError(
                self.env._("Only a supervisor, as duty manager, decides on this.")
            )

    def _tell_decision(self):
        labels = dict(self._fields["accompany"]._description_selection(self.env))
        self.message_post(
            body=self.env._(
                "Decided: accompany to hospital: %(accompany)s (%(why)s). Advance "
                "medical fees: %(advance)s (%(reason)s).",
                accompany=labels[self.accompany],
                why=self.accompany_ground,
                advance=labels[self.advance],
                reason=self.advance_ground,
            )
        )
        if "yes" not in (self.accompany, self.advance):
            return
        managers = self._management()
        if managers:
            self._todo(
                managers[0], self.env._("Report the injury upwards, by your rules")
            )
        if self.advance == "yes":
            finance = self.company_id.complaint_finance_id or self.decided_by_id
            self._todo(
                finance,
                self.env._(
                    "Urgent funds: medical fees up to %(amount)s",
                    amount=self.currency_id.format(self.advance_amount),
                ),
            )

    def _management(self):
        # sudo: who is who in the company
        group = self.env.ref("complaint_mgmt.group_complaint_mgmt_admin").sudo()
        return group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        ).sudo(False)

    def _todo(self, user, summary, days=0):
        if not self.with_user(user).sudo(False).has_access("read"):
            # who is to pay or to report need not see the complaint to be told of it
            user = self.case_id.user_id or self.env.user
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            fields.Date.context_today(self) + timedelta(days=days),
            summary,
            user_id=user.id,
        )

    def action_decide_anew(self):
        """Take a decision back; what it was stays in the chatter."""
        self._check_supervisor()
        decided = self.filtered("decided_at")
        for injury in decided:
            injury.message_post(
                body=self.env._("The decision of %s is taken back.", injury.decided_at)
            )
        # sudo: the mark of a decision goes with it
        decided.sudo().write({"decided_at": False, "decided_by_id": False})

    # ------------------------------------------------------------
    # INSURER AND REPORT
    # ------------------------------------------------------------

    def action_tell_insurer(self):
        self.check_access("write")
        for injury in self:
            if not injury.insurer_id:
                raise UserError(self.env._("Enter the insurer that was told."))
            if injury.insurer_told_at:
                raise UserError(self.env._("The insurer was told already."))
        # sudo: the moment is the system's
        self.sudo().write({"insurer_told_at": fields.Datetime.now(), "insured": "yes"})
        self._chase_opinion()

    def _chase_opinion(self):
        for injury in self:
            injury._todo(
                injury.case_id.user_id or self.env.user,
                self._opinion_summary(),
                days=OPINION_DAYS,
            )

    def _opinion_summary(self):
        return self.env._("Written opinion of the insurer")

    def action_take_opinion(self):
        """The insurer's opinion is there: in writing (R45)."""
        self.check_access("write")
        for injury in self:
            if not injury.insurer_told_at:
                raise UserError(self.env._("First record when the insurer was told."))
            if not injury.opinion or not injury.opinion_file:
                raise UserError(
                    self.env._(
                        "Enter the insurer's opinion and attach it: it has to be in "
                        "writing."
                    )
                )
        # sudo: the moment is the system's
        self.sudo().write({"opinion_at": fields.Datetime.now()})
        self.activity_ids.filtered(
            lambda todo: todo.summary == self._opinion_summary()
        ).action_feedback()

    def action_finish_report(self):
        """The accident report is complete; changed later, it is to be done again."""
        self.check_access("write")
        for injury in self:
            missing = []
            if not injury.kind:
                missing.append(injury._fields["kind"]._description_string(self.env))
            if not injury.scene:
                missing.append(injury._fields["scene"]._description_string(self.env))
            if is_html_empty(injury.report):
                missing.append(injury._fields["report"]._description_string(self.env))
            if missing:
                raise UserError(
                    self.env._("The report still misses: %s.", ", ".join(missing))
                )
        # sudo: the mark of a finished report is the system's
        self.sudo().write(
            {"reported_at": fields.Datetime.now(), "reported_by_id": self.env.uid}
        )

    def _unmet(self):
        """What keeps the complaint from being answered, in words."""
        unmet = []
        if not self.decided_at:
            unmet.append(
                self.env._("Injury: the duty manager's decisions on company and fees")
            )
        if not self.reported_at:
            unmet.append(self.env._("Injury: the accident report"))
        if not self.insured:
            unmet.append(self.env._("Injury: whether the insurer is told"))
        elif self.insured == "yes" and not self.opinion_at:
            unmet.append(self.env._("Injury: the insurer's opinion in writing"))
        return unmet

    @api.model
    def _cron_chase(self):
        """A to-do that was ticked off without the opinion comes back (R45)."""
        late = fields.Datetime.now() - timedelta(days=OPINION_DAYS)
        waiting = self.search(
            [
                ("insurer_told_at", "<", late),
                ("opinion_at", "=", False),
                ("case_id.closed_at", "=", False),
            ]
        )
        waiting.filtered(
            lambda injury: (
                self._opinion_summary() not in injury.activity_ids.mapped("summary")
            )
        )._chase_opinion()
