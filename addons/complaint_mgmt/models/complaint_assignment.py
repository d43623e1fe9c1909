"""Orders to units: received, refused, passed on and answered, each hop on its own."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .complaint_sla_target import UNIT_METRICS
from .complaint_stage import FINAL_KINDS

#: What the sender writes; everything else is set by what happens.
ENTERED = {"case_id", "department_id", "instruction", "parent_id"}
#: So many refusals or hops look like buck-passing.
REFUSALS, HOPS = 2, 3


class ComplaintAssignment(models.Model):
    _name = "complaint.assignment"
    _inherit = ["complaint.case.part"]
    _description = "Order to a Unit"
    _order = "case_id, id"

    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id"
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", string="Unit", required=True, index=True
    )
    liaison_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_liaison_id",
        # sudo: who heads a unit is not readable by everybody
        compute_sudo=True,
    )
    parent_id = fields.Many2one(
        comodel_name="complaint.assignment",
        string="Passed on from",
        index="btree_not_null",
    )
    instruction = fields.Text(help="What the unit shall find out or do.")
    state = fields.Selection(
        selection=[
            ("sent", "Sent"),
            ("signed", "Signed for"),
            ("refused", "Refused"),
            ("released", "Refusal accepted"),
            ("answered", "Answered"),
        ],
        required=True,
        default="sent",
        readonly=True,
    )
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    sent_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    signed_at = fields.Datetime(string="Signed for on", readonly=True)
    signed_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    refusal = fields.Text(string="Reason of the Refusal", readonly=True)
    refusal_count = fields.Integer(string="Refusals", readonly=True)
    verdict = fields.Text(string="Verdict on the Refusal", readonly=True)
    answer = fields.Text(readonly=True)
    answered_at = fields.Datetime(string="Answered on", readonly=True)
    answered_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    clock_ids = fields.One2many(
        comodel_name="complaint.clock",
        inverse_name="assignment_id",
        string="Time Limits",
        readonly=True,
    )
    can_act = fields.Boolean(compute="_compute_can_act")
    can_judge = fields.Boolean(compute="_compute_can_act")

    @api.depends("department_id", "case_id")
    def _compute_display_name(self):
        for order in self:
            order.display_name = f"{order.case_id.number} → {order.department_id.name}"

    @api.depends("department_id.manager_id.user_id")
    def _compute_liaison_id(self):
        for order in self:
            order.liaison_id = order.department_id.manager_id.user_id

    @api.depends("department_id", "sent_by_id", "state")
    @api.depends_context("uid")
    def _compute_can_act(self):
        manager = self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_manager")
        own = self.env.user.employee_ids.department_id
        for order in self:
            order.can_act = order.department_id in own or manager
            order.can_judge = order.sent_by_id == self.env.user or manager

    @api.constrains("case_id", "department_id", "parent_id")
    def _check_order(self):
        for order in self:
            if order.case_id.stage_kind in FINAL_KINDS:
                raise ValidationError(
                    self.env._(
                        "“%(case)s” is closed: reopen it before you send an order.",
                        case=order.case_id.display_name,
                    )
                )
            if order.parent_id and order.parent_id.case_id != order.case_id:
                raise ValidationError(
                    self.env._("An order is passed on within the same complaint.")
                )
            # sudo: the lock must know users whoever sends the order
            order = order.sudo()
            respondents = order.case_id.respondent_ids
            liaison = order.department_id.manager_id
            if liaison & respondents:
                raise ValidationError(
                    self.env._(
                        "The head of “%(unit)s” is complained about in this case: "
                        "send the order to the unit above.",
                        unit=order.department_id.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        forged = set().union(*vals_list) - ENTERED if vals_list else set()
        states = {vals.get("state", "sent") for vals in vals_list}
        if forged - {"state"} or states - {"sent"}:
            raise UserError(
                self.env._("An order is sent first; what follows is not entered.")
            )
        self.env["complaint.case"]._check_handler()
        now = fields.Datetime.now()
        for vals in vals_list:
            vals.update(state="sent", sent_at=now, sent_by_id=self.env.uid)
        orders = super().create(vals_list)
        orders.case_id.check_access("write")
        orders._after_sending()
        return orders

    def write(self, vals):
        if set(vals) - {"instruction"} or any(order.state != "sent" for order in self):
            raise UserError(
                self.env._(
                    "An order that was sent is not rewritten: sign it, refuse it, "
                    "answer it or pass it on."
                )
            )
        return super().write(vals)

    def _mark(self, vals):
        """Set what follows from what was done, past the guard of ``write``."""
        # sudo: who may do it was checked before; nobody writes marks by hand
        # pylint: disable-next=super-method-mismatch
        return super(ComplaintAssignment, self.sudo()).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        raise UserError(
            self.env._("An order stays on record. Take it back with a verdict instead.")
        )

    # ------------------------------------------------------------
    # WHAT HAPPENS
    # ------------------------------------------------------------

    def _after_sending(self):
        targets = self.env["complaint.sla.policy"]._targets_of(self.case_id)
        starts = [
            (order.case_id, target, order.sent_at, {"assignment_id": order.id})
            for order in self
            for target in targets[order.case_id.id]
            if target.metric in UNIT_METRICS
        ]
        self.env["complaint.clock"]._start(starts)
        for order in self:
            order.case_id._clock_event("assess", "dispatch")
            order._tell(order.liaison_id, self.env._("Sign for the order"))
        self._notice_passing_on()

    def _tell(self, user, summary):
        case = self.case_id
        # a to-do on what one may not see helps nobody, and would tell too much
        if user and case.with_user(user).has_access("read"):
            # sudo: whom an order concerns is told, whoever acts
            case.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=summary,
                note=self.instruction or "",
            )

    def _notice_passing_on(self):
        """Two refusals or three hops: the case is put under supervision."""
        for case in self.case_id:
            # sudo: every order counts, also those of units one does not see
            orders = case.sudo().assignment_ids
            refusals = sum(orders.mapped("refusal_count"))
            if refusals >= REFUSALS or len(orders) >= HOPS:
                case._supervise("passing", self.env._("passed from unit to unit"))

    def _check_can_act(self, state):
        for order in self:
            if not order.can_act:
                raise AccessError(
                    self.env._(
                        "Only people of “%(unit)s” and supervisors can do this.",
                        unit=order.department_id.name,
                    )
                )
            if order.state not in state:
                raise UserError(
                    self.env._(
                        "The order to “%(unit)s” is not in a state for this.",
                        unit=order.department_id.name,
                    )
                )

    def _stop_clocks(self, *metrics):
        # sudo: clocks are written by their engine only
        clocks = self.sudo().clock_ids
        clocks.filtered(lambda clock: clock.metric in metrics)._stop()

    def action_sign(self):
        """The unit has the order in hand."""
        self.check_access("read")
        self._check_can_act(("sent",))
        self._mark(
            {
                "state": "signed",
                "signed_at": fields.Datetime.now(),
                "signed_by_id": self.env.uid,
            }
        )
        self._stop_clocks("sign")

    def refuse(self, reason):
        """The unit says that it is not its business; its clocks run on."""
        self.check_access("read")
        self._check_can_act(("sent", "signed"))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the order is refused."))
        for order in self:
            order._mark(
                {
                    "state": "refused",
                    "refusal": reason,
                    "refusal_count": order.refusal_count + 1,
                }
            )
            order._tell(order.sent_by_id, self.env._("Judge the refusal of an order"))
        self._notice_passing_on()

    def judge(self, reasonable, verdict):
        """The sender decides whether the refusal was right."""
        self.check_access("read")
        verdict = (verdict or "").strip()
        if not verdict:
            raise UserError(self.env._("Say why the refusal was right or not."))
        for order in self:
            if order.state != "refused":
                raise UserError(self.env._("This order was not refused."))
            if not order.can_judge:
                raise AccessError(
                    self.env._("Only who sent the order or a supervisor can judge.")
                )
            order._mark(
                {"state": "released" if reasonable else "sent", "verdict": verdict}
            )
            if reasonable:
                # sudo: clocks are written by their engine only
                order.sudo().clock_ids._cancel(note=verdict)
            else:
                order._tell(order.liaison_id, self.env._("The refusal was not right"))

    def give_answer(self, answer):
        """The unit answers; that it has the order goes without saying."""
        self.check_access("read")
        self._check_can_act(("sent", "signed"))
        answer = (answer or "").strip()
        if not answer:
            raise UserError(self.env._("Write the answer."))
        now = fields.Datetime.now()
        for order in self:
            order._mark(
                {
                    "state": "answered",
                    "answer": answer,
                    "answered_at": now,
                    "answered_by_id": self.env.uid,
                    "signed_at": order.signed_at or now,
                    "signed_by_id": order.signed_by_id.id or self.env.uid,
                }
            )
            order._tell(
                order.case_id.user_id or order.sent_by_id,
                self.env._("Answer of %(unit)s", unit=order.department_id.name),
            )
        self._stop_clocks("sign", "answer")

    def action_expedite(self):
        """Press the unit for an answer (催办): counted, and told to its head."""
        self.check_access("read")
        for order in self:
            if not order.can_judge:
                raise AccessError(
                    self.env._("Only who sent the order or a supervisor can press.")
                )
            if order.state not in ("sent", "signed"):
                raise UserError(self.env._("There is nothing to press for here."))
            order.case_id._supervise("expedite", order.department_id.name, order)
            order._tell(order.liaison_id, self.env._("Press for an answer"))
