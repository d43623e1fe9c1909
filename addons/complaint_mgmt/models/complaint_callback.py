from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

#: Attempts after which a customer counts as not reached.
ATTEMPTS = 3


class ComplaintCallback(models.Model):
    """A call to the customer after the answer, by somebody who did not give it (回访).

    Every attempt stays on record; the last one tells how content the customer is.
    """

    _name = "complaint.callback"
    _inherit = ["complaint.case.part", "system.fields.mixin"]
    _description = "Call-back"
    _order = "called_at desc, id desc"

    _system_fields = ("user_id",)

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
    called_at = fields.Datetime(
        string="Called on", required=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Called by",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    means = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "Visit"),
            ("questionnaire", "Questionnaire"),
            ("message", "Message"),
        ],
        string="By",
        required=True,
        default="phone",
    )
    spoke_with = fields.Char(help="Empty: the complainant.")
    result = fields.Selection(
        selection=[
            ("satisfied", "Satisfied"),
            ("accepted", "Accepts the result"),
            ("unsatisfied", "Not satisfied"),
            ("unreachable", "Not reached"),
        ],
        required=True,
    )
    process_score = fields.Selection(
        selection=[("1", "Bad"), ("2", "Poor"), ("3", "Fair"), ("4", "Good")]
        + [("5", "Excellent")],
        string="How It Was Handled",
        help="Courtesy and speed, whatever the customer thinks of the result.",
    )
    note = fields.Text(string="What the Customer Said")
    next_call_at = fields.Datetime(string="Call Again on")

    @api.depends("called_at", "result")
    def _compute_display_name(self):
        results = dict(self._fields["result"]._description_selection(self.env))
        for call in self:
            day = fields.Datetime.context_timestamp(call, call.called_at).date()
            call.display_name = f"{fields.Date.to_string(day)} {results[call.result]}"

    @api.constrains("called_at", "next_call_at", "result", "note")
    def _check_call(self):
        for call in self:
            if call.called_at > fields.Datetime.now():
                raise ValidationError(
                    self.env._("Called on: enter a call once it was made.")
                )
            if call.next_call_at and call.next_call_at <= call.called_at:
                raise ValidationError(
                    self.env._("Call Again on: it has to be later than this call.")
                )
            if call.result == "unsatisfied" and not (call.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "What the Customer Said: say why the customer is not satisfied."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        entered = self._entered(vals_list)
        self.env["complaint.case"]._check_handler()
        calls = super(ComplaintCallback, entered).create(vals_list)
        for call in calls:
            call._check_case()
            call._tell_case()
        return calls

    # pylint: disable-next=method-required-super
    def write(self, vals):
        raise UserError(
            self.env._("A call-back stays as it was recorded: record another one.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("A call-back stays on record."))

    def _check_case(self):
        # sudo: the caller may see the complaint without seeing who works where
        case = self.case_id.sudo()
        if case.stage_kind != "callback":
            raise UserError(
                self.env._(
                    "“%(case)s” is called back in the stage for it: answer the "
                    "customer first, and reopen what is closed.",
                    case=case.display_name,
                )
            )
        if case.replied_at and self.called_at < case.replied_at:
            raise ValidationError(
                self.env._("Called on: the customer had no answer yet at that time.")
            )
        if case._needs_other_caller() and not case._may_call_back(self.env.user):
            raise AccessError(
                self.env._(
                    "You handle “%(case)s” or work in the same unit as who does: "
                    "somebody of another unit calls back.",
                    case=case.display_name,
                )
            )

    def _tell_case(self):
        """The complaint shows the last result; three vain attempts are one, too."""
        # sudo: the caller need not be able to write the complaint
        case = self.case_id.sudo()
        case._close_callback_todo()
        if self.result == "unreachable":
            vain = case.callback_ids.filtered(lambda call: call.result == self.result)
            if len(vain) < ATTEMPTS:
                case._plan_callback(self.user_id, self.next_call_at)
                return
        words = [case.callback_note or "", self.note or ""]
        case.write(
            {
                "callback_result": self.result,
                "callback_note": "\n".join(filter(None, words)) or False,
            }
        )
