from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.work_calendar.engine.worktime import NoWorkingTimeError

from ..engine.signal import RANK
from .credit_warning_rule import LEVEL_SELECTION

REVIEWER = "group_credit.group_group_credit_reviewer"
OFFICER = "group_credit.group_group_credit_officer"
OPEN = ("signal", "confirmed", "handling")
NEXT = {
    "signal": ("confirmed", "false"),
    "confirmed": ("handling", "closed"),
    "handling": ("closed",),
}
VERIFY_WORKDAYS = 3
# Follow from the steps; people never write them.
STEP_FIELDS = {
    "verified_by_id",
    "verified_on",
    "closed_by_id",
    "closed_on",
    "automatic",
    "basis",
    "verify_by",
}
SUBJECT_FIELDS = {"rule_id", "group_id", "partner_id", "company_id", "found_on"}


class CreditWarning(models.Model):
    _name = "credit.warning"
    _description = "Early Warning"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "found_on desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char("Title", compute="_compute_name", store=True)
    rule_id = fields.Many2one(
        "credit.warning.rule", string="Signal", required=True, ondelete="restrict"
    )
    family = fields.Selection(related="rule_id.family", store=True)
    group_id = fields.Many2one(
        "credit.group", index="btree_not_null", ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: the signal is of the group as a whole.",
    )
    level = fields.Selection(
        LEVEL_SELECTION,
        string="Warning Level",
        compute="_compute_level",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    state = fields.Selection(
        [
            ("signal", "To Verify"),
            ("confirmed", "Confirmed"),
            ("handling", "In Hand"),
            ("closed", "Closed"),
            ("false", "False Alarm"),
        ],
        required=True,
        default="signal",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    found_on = fields.Date(required=True, default=fields.Date.context_today)
    automatic = fields.Boolean("Found by the Nightly Check", readonly=True, copy=False)
    basis = fields.Char(readonly=True, copy=False)
    note = fields.Text("What Was Seen", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Handled By",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index=True,
        tracking=True,
    )
    verify_by = fields.Date(
        compute="_compute_verify_by",
        store=True,
        help="Three working days after the signal.",
    )
    verify_note = fields.Text("Result of the Verification", copy=False)
    verified_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    verified_on = fields.Datetime(readonly=True, copy=False)
    measure_ids = fields.One2many("credit.warning.measure", "warning_id", copy=False)
    close_note = fields.Text("Why It Can Be Closed", copy=False)
    evidence_ids = fields.Many2many("ir.attachment", copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    # Serves the nightly check: one open signal of a kind per subject.
    _open_uniq = models.UniqueIndex(
        "(rule_id, COALESCE(group_id, 0), COALESCE(partner_id, 0), company_id)"
        " WHERE state IN ('signal', 'confirmed', 'handling')",
        "This signal of this subject is open already: add to that one.",
    )

    @api.depends("rule_id.name", "group_id.name", "partner_id.name")
    def _compute_name(self):
        for warning in self:
            subject = warning.partner_id.name or warning.group_id.name
            warning.name = " · ".join(filter(None, (subject, warning.rule_id.name)))

    @api.depends("rule_id")
    def _compute_level(self):
        for warning in self:
            warning.level = warning.level or warning.rule_id.level or "yellow"

    @api.depends("found_on", "company_id")
    def _compute_verify_by(self):
        for warning in self:
            calendar = warning.company_id.resource_calendar_id
            warning.verify_by = False
            if not (calendar and warning.found_on):
                continue
            try:
                work = calendar._get_worktime(warning.company_id)
                warning.verify_by = work.shift_workdays(
                    warning.found_on, VERIFY_WORKDAYS
                )
            except (NoWorkingTimeError, UserError):
                continue  # without working hours there is no deadline to state

    @api.constrains("group_id", "partner_id")
    def _check_subject(self):
        for warning in self:
            if not warning.group_id and not warning.partner_id:
                raise ValidationError(
                    self.env._("Choose the group or the client that the signal is of.")
                )

    # Guards

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_steps(vals)
                if vals.get("state", "signal") != "signal":
                    raise UserError(
                        self.env._("A signal begins with “To Verify”, not further on.")
                    )
        warnings = super().create(vals_list)
        warnings._call_handler()
        return warnings

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_steps(vals)
        vals = dict(vals)
        state = vals.pop("state", None)
        if {name for name in vals if not name.startswith(("message_", "activity_"))}:
            self._check_open(vals)
        result = super().write(vals) if vals else True
        if state:
            self.check_access("write")
            for warning in self.filtered(lambda w: w.state != state):
                warning._move(state)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("Signals are history. Verify this one as a false alarm instead.")
        )

    def _check_steps(self, vals):
        if STEP_FIELDS & set(vals):
            raise UserError(
                self.env._("Who verified or closed a signal is recorded by the step.")
            )

    def _check_open(self, vals):
        for warning in self:
            if warning.state not in OPEN:
                raise UserError(
                    self.env._(
                        "“%(name)s” is closed and stays as it was decided. Record a "
                        "new signal if there is news.",
                        name=warning.name,
                    )
                )
            if warning.automatic or warning.state != "signal":
                changed = SUBJECT_FIELDS & set(vals)
                if changed or (warning.state != "signal" and "verify_note" in vals):
                    raise UserError(
                        self.env._(
                            "What was seen of whom, and the result of its "
                            "verification, do not change. Verify the signal as a false "
                            "alarm and record the right one."
                        )
                    )
            level = vals.get("level")
            if (
                level
                and RANK[level] < RANK[warning.level]
                and not self.env.user.has_group(REVIEWER)
            ):
                raise UserError(
                    self.env._("Only a reviewer lowers the level of a signal.")
                )

    # Steps

    def action_confirm(self):
        self.write({"state": "confirmed"})

    def action_false(self):
        self.write({"state": "false"})

    def action_close(self):
        self.write({"state": "closed"})

    def _move(self, state):
        """Take the step to ``state``, naming everything that is still missing."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        if state not in NEXT.get(self.state, ()):
            raise UserError(
                self.env._(
                    "“%(name)s” cannot go from %(before)s to %(after)s.",
                    name=self.name,
                    before=labels[self.state],
                    after=labels[state],
                )
            )
        missing = self._missing(state)
        if missing:
            raise UserError("\n".join([self.name, *missing]))
        vals = {"state": state}
        if state in ("confirmed", "false"):
            vals |= {
                "verified_by_id": self.env.uid,
                "verified_on": fields.Datetime.now(),
            }
        if state in ("closed", "false"):
            vals |= {"closed_by_id": self.env.uid, "closed_on": fields.Datetime.now()}
        # sudo: the state is not the user's to write, the checked step is
        self.sudo().write(vals)
        self.activity_unlink(["group_credit.mail_activity_type_warning"])
        if state == "confirmed":
            self._notify_institutions()

    def _missing(self, state):
        if state in ("confirmed", "false"):
            return (
                []
                if (self.verify_note or "").strip()
                else [self.env._("Result of the Verification: say what you found.")]
            )
        if state == "handling":
            return (
                []
                if self.measure_ids
                else [
                    self.env._("Measures: enter what is done, by whom and until when.")
                ]
            )
        return self._missing_to_close()

    def _missing_to_close(self):
        missing = []
        if not self.env.user.has_group(REVIEWER):
            missing.append(self.env._("A reviewer closes warnings."))
        if self.verified_by_id == self.env.user:
            missing.append(
                self.env._("You verified this signal: somebody else closes it.")
            )
        if self.level != "yellow" and not self.measure_ids:
            missing.append(self.env._("Measures: orange and red take at least one."))
        if self.measure_ids.filtered(lambda m: m.state == "open"):
            missing.append(self.env._("Measures: some are not finished yet."))
        if not (self.close_note or "").strip():
            missing.append(self.env._("Why It Can Be Closed: give the reason."))
        if not self.evidence_ids:
            missing.append(self.env._("Evidence: attach at least one document."))
        return missing

    def _call_handler(self):
        for warning in self.filtered(lambda w: w.user_id.active):
            warning.activity_schedule(
                "group_credit.mail_activity_type_warning",
                date_deadline=warning.verify_by or warning.found_on,
                summary=self.with_context(lang=warning.user_id.lang).env._(
                    "Verify the signal"
                ),
                user_id=warning.user_id.id,
            )

    def _notify_institutions(self):
        """Tell every institution that handles the group, and the group's manager."""
        labels = dict(self._fields["level"]._description_selection(self.env))
        # sudo: who works where is not for every officer to read
        staff = self.env.ref(OFFICER).sudo().all_user_ids
        for warning in self.filtered("group_id"):
            rows = warning.group_id.institution_ids.filtered(lambda r: not r.date_to)
            users = staff.filtered(
                lambda u, rows=rows: u.company_id in rows.institution_id
            )
            # sudo: only the addresses of the notice are taken
            users |= warning.group_id.manager_id.sudo()
            warning.message_post(
                body=self.env._(
                    "%(level)s warning confirmed: %(name)s. %(note)s",
                    level=labels[warning.level],
                    name=warning.name,
                    note=warning.verify_note,
                ),
                partner_ids=(users.partner_id - self.env.user.partner_id).ids,
                subtype_xmlid="mail.mt_comment",
            )
