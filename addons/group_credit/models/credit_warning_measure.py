from odoo import api, fields, models
from odoo.exceptions import UserError

from .credit_warning import REVIEWER

STEP_FIELDS = {"state", "done_by_id", "done_on"}


class CreditWarningMeasure(models.Model):
    """What is done about a confirmed warning, by whom and until when."""

    _name = "credit.warning.measure"
    _description = "Measure Against a Warning"
    _order = "date_due, id"
    _rec_name = "kind"

    warning_id = fields.Many2one(
        "credit.warning", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("notice", "Notice to All Institutions"),
            ("inspection", "Joint Inspection"),
            ("freeze", "Freeze the Line"),
            ("no_new", "No New Credit"),
            ("reduce", "Reduce the Line"),
            ("collateral", "More Collateral"),
            ("recall", "Recall Loans"),
            ("other", "Other"),
        ],
        required=True,
        default="inspection",
    )
    note = fields.Char("Details")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date_due = fields.Date(
        "Due", required=True, default=lambda self: fields.Date.context_today(self)
    )
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
        required=True,
        default="open",
        readonly=True,
        copy=False,
    )
    result = fields.Char(copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    done_on = fields.Datetime(readonly=True, copy=False)
    company_id = fields.Many2one(
        related="warning_id.company_id", store=True, index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(STEP_FIELDS & set(vals) for vals in vals_list):
            raise UserError(self.env._("A measure begins open."))
        measures = super().create(vals_list)
        for measure in measures:
            warning = measure.warning_id
            if warning.state not in ("confirmed", "handling"):
                raise UserError(
                    self.env._(
                        "“%(name)s”: measures follow once the signal is confirmed, and "
                        "end when it is closed.",
                        name=warning.name,
                    )
                )
            if warning.state == "confirmed":
                warning.state = "handling"
            warning.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=measure.date_due,
                summary=measure.display_name,
                user_id=measure.user_id.id,
            )
        return measures

    def write(self, vals):
        if not self.env.su:
            if STEP_FIELDS & set(vals):
                raise UserError(
                    self.env._("“Done” or “Drop” ends a measure, nothing else does.")
                )
            self._check_open()
            if "warning_id" in vals:
                raise UserError(self.env._("A measure stays with its warning."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("Measures are history. Drop this one instead."))

    def _check_open(self):
        if self.filtered(lambda measure: measure.state != "open"):
            raise UserError(self.env._("This measure has ended and stays as it was."))

    def action_done(self):
        self.check_access("write")
        for measure in self:
            if measure.user_id != self.env.user and not self.env.user.has_group(
                REVIEWER
            ):
                raise UserError(
                    self.env._("The owner of a measure, or a reviewer, ends it.")
                )
        self._end("done")

    def action_drop(self):
        if not self.env.user.has_group(REVIEWER):
            raise UserError(self.env._("Only a reviewer drops a measure."))
        self._end("dropped")

    def _end(self, state):
        self.check_access("write")
        self._check_open()
        for measure in self:
            if not (measure.result or "").strip():
                raise UserError(
                    self.env._("Result: say what came of the measure, or why not.")
                )
        # sudo: the state is not the user's to write, the checked step is
        self.sudo().write(
            {
                "state": state,
                "done_by_id": self.env.uid,
                "done_on": fields.Datetime.now(),
            }
        )
