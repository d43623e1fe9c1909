from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .complaint_sla_target import NEVER_PAUSED

#: Days by which a limit set by law is extended at most, one step after the other.
STATUTORY_STEPS = (15, 30)
ENTERED = {"case_id", "clock_id", "consent", "deadline", "reason", "told_at"}


class ComplaintExtension(models.Model):
    """More time, with the customer's consent and the word of a supervisor."""

    _name = "complaint.extension"
    _inherit = ["complaint.case.part"]
    _description = "Extension of a Time Limit"
    _order = "id desc"
    _rec_name = "reason"

    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    clock_id = fields.Many2one(
        comodel_name="complaint.clock",
        string="Time Limit",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('case_id', '=', case_id), ('state', '=', 'running')]",
    )
    deadline = fields.Datetime(string="New Deadline", required=True)
    reason = fields.Text(required=True, help="Why more time is needed.")
    told_at = fields.Datetime(string="Customer Told on", required=True)
    consent = fields.Selection(
        selection=[("yes", "Agrees"), ("no", "Does not agree")],
        string="The Customer",
        required=True,
    )
    requested_by_id = fields.Many2one(
        comodel_name="res.users", string="Asked for by", readonly=True
    )
    state = fields.Selection(
        selection=[
            ("asked", "Asked for"),
            ("granted", "Granted"),
            ("refused", "Refused"),
        ],
        required=True,
        default="asked",
        readonly=True,
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users", string="Decided by", readonly=True
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if set().union(*vals_list) - ENTERED:
            raise UserError(self.env._("The verdict on an extension is not entered."))
        self.env["complaint.case"]._check_handler()
        for vals in vals_list:
            # sudo: whose clock it is decides, and that must be readable to decide
            clock = self.env["complaint.clock"].sudo().browse(vals.get("clock_id"))
            vals["case_id"] = clock.case_id.id
        extensions = super().create(
            [dict(vals, requested_by_id=self.env.uid) for vals in vals_list]
        )
        extensions.case_id.check_access("write")
        for extension in extensions:
            extension._check_asked()
            if extension.consent == "no":
                extension._press()
        return extensions

    # pylint: disable-next=method-required-super
    def write(self, vals):
        raise UserError(
            self.env._("What was asked for stands: ask for another extension.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        raise UserError(self.env._("An extension that was asked for stays on record."))

    def _check_asked(self):
        clock = self.clock_id
        if clock.metric in NEVER_PAUSED or clock.state != "running":
            raise UserError(
                self.env._(
                    "“%(clock)s” cannot be extended: it is a first reaction, is "
                    "overdue or does not run.",
                    clock=clock.display_name,
                )
            )
        if self.deadline <= clock.deadline:
            raise UserError(
                self.env._("The new deadline has to be later than the present one.")
            )
        if clock.metric == "statutory":
            self._check_statutory()

    def _check_statutory(self):
        granted = self.search_count(
            [("clock_id", "=", self.clock_id.id), ("state", "=", "granted")]
        )
        days = STATUTORY_STEPS[granted] if granted < len(STATUTORY_STEPS) else 0
        if self.deadline > self.clock_id.deadline + timedelta(days=days):
            raise UserError(
                self.env._(
                    "By law this limit can be extended by %(days)s more days at most.",
                    days=days,
                )
            )

    def _press(self):
        """The customer does not agree: the unit is pressed instead."""
        self._decide("refused")
        self.case_id._supervise("expedite", self.reason)

    def _decide(self, state):
        # sudo: who may decide was checked before; nobody writes it by hand
        # pylint: disable-next=super-method-mismatch
        return super(ComplaintExtension, self.sudo()).write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _check_may_decide(self):
        self.check_access("read")
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_manager"):
            raise AccessError(self.env._("Only supervisors decide on extensions."))
        if any(extension.state != "asked" for extension in self):
            raise UserError(self.env._("It is decided already."))
        if self.env.user in self.requested_by_id:
            raise UserError(
                self.env._("You asked for it yourself: another supervisor decides.")
            )

    def action_grant(self):
        self._check_may_decide()
        for extension in self:
            # sudo: clocks are written by their engine only
            extension.clock_id.sudo()._add(
                "extend",
                note=extension.reason,
                data={"due": fields.Datetime.to_string(extension.deadline)},
            )
            extension._decide("granted")

    def action_refuse(self):
        self._check_may_decide()
        self._decide("refused")
