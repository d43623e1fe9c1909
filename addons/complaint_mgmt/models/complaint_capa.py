from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class ComplaintCapa(models.Model):
    """Corrective and preventive action after a complaint, told as an 8D report.

    It outlives its complaint: the customer has the answer long before anybody knows
    whether the measures hold.
    """

    _name = "complaint.capa"
    _inherit = [
        "complaint.case.part",
        "system.fields.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "approval.mixin",
    ]
    _description = "Corrective Action"
    _order = "id desc"
    _rec_name = "number"
    _check_company_auto = True

    _system_fields = (
        "number",
        "state",
        "carried_out_on",
        "effective",
        "checked_by_id",
        "checked_on",
        "check_note",
        "recurrence_ids",
    )
    # the leader as well: whoever leads does not judge
    _approval_fields = (
        "case_id",
        "user_id",
        "decision",
        "waiver",
        "problem",
        "root_cause",
        "escape_cause",
        "prevention",
        "check_due",
    )

    number = fields.Char(readonly=True, copy=False, index="trigram")
    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id", store=True
    )
    product_id = fields.Many2one(related="case_id.product_id", store=True)
    cause_id = fields.Many2one(related="case_id.cause_id", store=True)
    respondent_ids = fields.Many2many(related="case_id.respondent_ids")
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Responsible Department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Leader",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        index=True,
    )
    member_ids = fields.Many2many(
        comodel_name="res.users",
        relation="complaint_capa_member_rel",
        string="D1 Team",
        domain="[('share', '=', False)]",
    )
    decision = fields.Selection(
        selection=[("needed", "Measures needed"), ("none", "No measures needed")],
        required=True,
        default="needed",
        tracking=True,
    )
    waiver = fields.Text(string="Why None Are Needed")
    problem = fields.Text(string="D2 Problem", help="What, where, when, how many.")
    root_cause = fields.Text(
        string="D4 Root Cause", help="Why it came about, asked until no why is left."
    )
    escape_cause = fields.Text(
        string="D4 Why It Escaped", help="Why nobody found it before the customer did."
    )
    measure_ids = fields.One2many(
        comodel_name="complaint.capa.measure", inverse_name="capa_id", string="Measures"
    )
    prevention = fields.Text(
        string="D7 Prevention",
        help="Which drawings, rules, inspections and trainings change, so that it "
        "cannot happen elsewhere either.",
    )
    closing_note = fields.Text(string="D8 Conclusion")
    check_due = fields.Date(
        string="Effectiveness Check on",
        help="When the measures have been in force long enough to judge them.",
    )
    checked_on = fields.Date(string="Checked on", readonly=True, copy=False)
    checked_by_id = fields.Many2one(
        comodel_name="res.users", string="Checked by", readonly=True, copy=False
    )
    effective = fields.Selection(
        selection=[("yes", "Effective"), ("no", "Not effective")],
        string="Result of the Check",
        readonly=True,
        copy=False,
        tracking=True,
    )
    check_note = fields.Text(string="How It Was Checked", readonly=True, copy=False)
    recurrence_ids = fields.Many2many(
        comodel_name="complaint.case",
        relation="complaint_capa_recurrence_rel",
        string="Came Back In",
        readonly=True,
        copy=False,
        help="Later complaints about the same product from the same cause.",
    )
    carried_out_on = fields.Date(
        string="Carried out on",
        compute="_compute_carried_out_on",
        store=True,
        help="The day on which the last measure was done.",
    )
    return_count = fields.Integer(
        string="Times Returned", compute="_compute_return_count", compute_sudo=True
    )
    state = fields.Selection(
        selection=[
            ("plan", "Plan"),
            ("approval", "Under Approval"),
            ("measures", "Measures"),
            ("check", "To Be Checked"),
            ("done", "Done"),
            ("failed", "Not Effective"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
        group_expand="_read_group_state",
    )

    @api.depends("case_id")
    def _compute_department_id(self):
        for capa in self:
            capa.department_id = capa.department_id or capa.case_id.department_id

    @api.depends("measure_ids.done_on")
    def _compute_carried_out_on(self):
        for capa in self:
            days = capa.measure_ids.mapped("done_on")
            capa.carried_out_on = max(days) if days and all(days) else False

    @api.depends("approval_request_ids.state")
    def _compute_return_count(self):
        for capa in self:
            capa.return_count = len(
                capa.approval_request_ids.filtered(
                    lambda request: request.state in ("refused", "returned")
                )
            )

    @api.depends("approval_state", "decision", "effective", "measure_ids.done_on")
    def _compute_state(self):
        for capa in self:
            if capa.approval_state == "pending":
                capa.state = "approval"
            elif capa.approval_state != "approved":
                capa.state = "plan"
            elif capa.effective == "no":
                capa.state = "failed"
            elif capa.effective == "yes" or capa.decision == "none":
                capa.state = "done"
            elif all(measure.done_on for measure in capa.measure_ids):
                capa.state = "check"
            else:
                capa.state = "measures"

    @api.model
    def _read_group_state(self, states, domain):
        return [key for key, _label in self._fields["state"].selection]

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        entered = self._entered(vals_list)
        for vals in vals_list:
            vals["number"] = self.env["ir.sequence"].next_by_code("complaint.capa")
        capas = super(ComplaintCapa, entered).create(vals_list)
        # whoever plans what follows must be allowed to work on the complaint
        capas.case_id.check_access("write")
        return capas

    def write(self, vals):
        if not self.env.su:
            self._check_may_plan()
        if "case_id" in vals and any(
            capa.case_id.id != vals["case_id"] for capa in self
        ):
            raise UserError(
                self.env._(
                    "A corrective action stays with its complaint: make another."
                )
            )
        return super().write(vals)

    def _check_may_plan(self):
        """The team works on it, and whoever may work on the complaint."""
        user = self.env.user
        for capa in self:
            if user in capa.user_id | capa.member_ids:
                continue
            if not capa.case_id.has_access("write"):
                raise AccessError(
                    self.env._(
                        "“%(capa)s” is worked on by its leader and team, and by "
                        "whoever handles the complaint. Ask its leader to add you to "
                        "the team.",
                        capa=capa.number,
                    )
                )

    # ------------------------------------------------------------
    # APPROVAL
    # ------------------------------------------------------------

    def _approval_before_submit(self):
        unmet = self._unmet_plan()
        if unmet:
            raise UserError(
                self.env._(
                    "Before “%(capa)s” can be approved it needs: %(unmet)s.",
                    capa=self.number,
                    unmet=", ".join(unmet),
                )
            )

    def _unmet_plan(self):
        if self.decision == "none":
            missing = not (self.waiver or "").strip()
            return [self.env._("the reason why no measures are needed")] * missing
        unmet = []
        if not (self.problem or "").strip():
            unmet.append(self.env._("the problem (D2)"))
        if not (self.root_cause or "").strip():
            unmet.append(self.env._("the root cause (D4)"))
        if "corrective" not in self.measure_ids.mapped("kind"):
            unmet.append(self.env._("a permanent measure (D5)"))
        if not self.check_due:
            unmet.append(self.env._("the day of the effectiveness check"))
        elif any(measure.due_on > self.check_due for measure in self.measure_ids):
            unmet.append(
                self.env._("an effectiveness check after the last measure is due")
            )
        return unmet

    # ------------------------------------------------------------
    # EFFECTIVENESS
    # ------------------------------------------------------------

    def _check_judge(self, effective, note):
        """Record whether the measures hold; ``note`` says how it was found out.

        Nobody judges their own measures, and what has come back is not effective.
        """
        self.ensure_one()
        # whoever sees the complaint may judge: a good judge does not work on it
        self.check_access("read")
        self.case_id._check_handler()
        if self.state != "check":
            raise UserError(
                self.env._(
                    "“%(capa)s” is checked once its plan is approved and every measure "
                    "is done.",
                    capa=self.number,
                )
            )
        measures = self.measure_ids
        if self.env.user in (
            self.create_uid | self.user_id | measures.user_id | measures.done_by_id
        ):
            raise UserError(
                self.env._(
                    "You lead these measures or carried one out: somebody else checks "
                    "whether they are effective."
                )
            )
        if effective == "yes" and self.recurrence_ids:
            raise ValidationError(
                self.env._(
                    "It has come back: %(cases)s. Measures after which the same "
                    "happened again are not effective.",
                    cases=", ".join(self.recurrence_ids.mapped("number")),
                )
            )
        if not (note or "").strip():
            raise ValidationError(self.env._("Say how it was checked."))
        self._mark(
            effective=effective,
            check_note=note,
            checked_on=fields.Date.context_today(self),
            checked_by_id=self.env.uid,
        )

    def _mark(self, **vals):
        # sudo: what happened is written by the system only
        self.sudo().write(vals)

    def _came_back(self, case):
        """``case`` is about the same product and cause after the measures were done."""
        for capa in self:
            number = case.number or case.display_name
            vals = {"recurrence_ids": [fields.Command.link(case.id)]}
            if capa.state == "done":
                # what the check had found stays beside it
                note = self.env._("Came back in complaint %(number)s.", number=number)
                notes = "\n".join(filter(None, [capa.check_note, note]))
                vals.update(effective="no", check_note=notes)
            capa._mark(**vals)
            capa.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=capa.user_id.id,
                summary=self.env._(
                    "Came back in complaint %(number)s: the measures do not hold",
                    number=number,
                ),
            )

    def action_check(self):
        """Ask for the result of the effectiveness check."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Effectiveness Check"),
            "res_model": "complaint.capa.check",
            "view_mode": "form",
            "target": "new",
            "context": {"default_capa_id": self.id},
        }

    def action_new_round(self):
        """Measures that did not hold: a new report takes the problem up again."""
        self.ensure_one()
        if self.state != "failed":
            raise UserError(
                self.env._("Only measures that did not hold need a new round.")
            )
        capa = self.copy({"user_id": self.env.uid, "check_due": False})
        return {
            "type": "ir.actions.act_window",
            "res_model": "complaint.capa",
            "res_id": capa.id,
            "view_mode": "form",
        }
