from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

SETTLED = ("submitted", "declined", "cancelled")
REMINDERS = 2
REMIND_DAYS = 5


class CxSurveyRequest(models.Model):
    """One customer asked once: by a link, on the phone, or on site."""

    _name = "cx.survey.request"
    _description = "Customer Survey"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["partner_id.name", "survey_id.title"]
    _check_company_auto = True

    survey_id = fields.Many2one(
        comodel_name="survey.survey",
        required=True,
        ondelete="restrict",
        domain="[('cx_kind', '!=', False)]",
        tracking=True,
    )
    cx_kind = fields.Selection(related="survey_id.cx_kind", string="Kind")
    journey_id = fields.Many2one(
        comodel_name="cx.journey",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    touchpoint_id = fields.Many2one(
        comodel_name="cx.touchpoint",
        domain="[('journey_id', '=', journey_id)]",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="journey_id.partner_id", store=True, precompute=True, index=True
    )
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    phase_id = fields.Many2one(
        related="journey_id.phase_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="journey_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked By",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        tracking=True,
    )
    previous_id = fields.Many2one(
        comodel_name="cx.survey.request",
        string="Second Measurement Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    channel = fields.Selection(
        selection=[
            ("link", "Link"),
            ("phone", "Phone"),
            ("onsite", "On site"),
            ("portal", "Owner's portal"),
        ],
        required=True,
        default="link",
        tracking=True,
    )
    status = fields.Selection(
        selection=[
            ("new", "Not Contacted"),
            ("sent", "Link Sent"),
            ("no_answer", "No Answer"),
            ("spoke", "Spoke"),
            ("submitted", "Submitted"),
            ("declined", "Declined"),
            ("expired", "Term Over"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="new",
        copy=False,
        tracking=True,
        group_expand=True,
        index=True,
    )
    note = fields.Text()
    asked_at = fields.Datetime(
        string="Asked", readonly=True, copy=False, default=fields.Datetime.now
    )
    deadline = fields.Datetime(string="Answer By", readonly=True, copy=False)
    sent_at = fields.Datetime(readonly=True, copy=False)
    last_contact_at = fields.Datetime(readonly=True, copy=False)
    reminder_count = fields.Integer(string="Reminders", readonly=True, copy=False)
    answered_at = fields.Datetime(readonly=True, copy=False, index=True)
    user_input_ids = fields.One2many(
        comodel_name="survey.user_input", inverse_name="cx_request_id"
    )
    score_ids = fields.One2many(comodel_name="cx.score", inverse_name="request_id")
    followup_ids = fields.One2many(
        comodel_name="cx.followup", inverse_name="request_id"
    )
    nps = fields.Integer(string="NPS (0–10)", readonly=True, copy=False)
    has_nps = fields.Boolean(readonly=True, copy=False)
    satisfaction = fields.Float(
        string="Satisfaction (%)", readonly=True, copy=False, aggregator="avg"
    )

    # the nightly search for links that were not answered
    _waiting_idx = models.Index("(last_contact_at) WHERE status = 'sent'")

    @api.depends("survey_id.title", "partner_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            # sudo: a title is not secret, surveys are kept by administrators
            title = request.survey_id.sudo().title or ""
            request.display_name = f"{title} {request.partner_id.name or ''}".strip()

    @api.constrains("touchpoint_id", "journey_id")
    def _check_touchpoint(self):
        for request in self:
            journey = request.touchpoint_id.journey_id
            if journey and journey != request.journey_id:
                raise ValidationError(
                    self.env._("The touchpoint is one of another customer.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_hand(vals)
        requests = super().create([{"status": "new", **vals} for vals in vals_list])
        for request in requests:
            request._check_may_ask()
            # sudo: surveys are kept by administrators
            term = request.survey_id.sudo().cx_term_days
            # sudo: the deadline follows from the survey, nobody enters it
            request.sudo().deadline = fields.Datetime.now() + timedelta(days=term)
        requests._create_input()
        return requests

    def write(self, vals):
        self._check_hand(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        for request in self:
            if request.status not in ("new", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(request)s is part of the record and cannot be deleted.",
                        request=request.display_name,
                    )
                )

    def _check_hand(self, vals):
        """What the answer says, nobody enters; what is answered, nobody changes."""
        if self.env.su:
            return
        by_hand = {"note", "user_id", "channel", "status"}
        if not self:
            by_hand |= {"survey_id", "journey_id", "touchpoint_id"}
        names = {
            name
            for name in vals
            if name not in by_hand and not name.startswith(("message_", "activity_"))
        }
        if names or vals.get("status") in ("submitted", "expired"):
            raise UserError(
                self.env._(
                    "Surveys are answered in the survey: these cannot be entered by "
                    "hand: %(fields)s.",
                    fields=", ".join(
                        sorted(
                            self._fields[name]._description_string(self.env)
                            for name in names or {"status"}
                        )
                    ),
                )
            )
        for request in self:
            if "status" in vals and request.status in ("submitted", "expired"):
                raise UserError(
                    self.env._(
                        "%(request)s is over. Make another survey.",
                        request=request.display_name,
                    )
                )

    def _check_may_ask(self):
        """Not too often, and not about how nice we are while a complaint is open."""
        reason = self.journey_id._survey_objection(self)
        if reason:
            raise UserError(
                self.env._(
                    "%(customer)s is not asked now: %(reason)s",
                    customer=self.partner_id.name,
                    reason=reason,
                )
            )

    def _create_input(self):
        for request in self.sudo():  # answers belong to the survey app
            survey = request.survey_id
            values = {"cx_request_id": request.id, "deadline": request.deadline}
            if survey.cx_is_anonymous:
                survey._create_answer(check_attempts=False, **values)
            else:
                survey._create_answer(
                    partner=request.partner_id, check_attempts=False, **values
                )

    def _get_url(self):
        self.ensure_one()
        # sudo: who may see the request may open its form
        user_input = self.sudo().user_input_ids[:1]
        return user_input.get_start_url()

    # asking

    def action_open_form(self):
        """The same form as the customer's, filled in by whoever is on the phone."""
        self.ensure_one()
        self._check_open()
        vals = {"status": "spoke", "last_contact_at": fields.Datetime.now()}
        if self.channel == "link":
            vals["channel"] = "phone"
        self.sudo().write(vals)  # the moment of the call is stamped
        return {"type": "ir.actions.act_url", "url": self._get_url(), "target": "new"}

    def action_send(self):
        template = self.env.ref("customer_experience.mail_template_survey")
        for request in self:
            request._check_open()
            if not request.email:
                raise UserError(
                    self.env._(
                        "%(customer)s has no e-mail address. Call, or copy the link.",
                        customer=request.partner_id.name,
                    )
                )
            now = fields.Datetime.now()
            # sudo: the moment of sending is stamped
            request.sudo().write(
                {
                    "status": "sent",
                    "sent_at": request.sent_at or now,
                    "last_contact_at": now,
                }
            )
            template.sudo().send_mail(request.id)  # templates render as administrator

    def action_no_answer(self):
        self._check_open()
        # sudo: the moment of the call is stamped
        self.sudo().write(
            {"status": "no_answer", "last_contact_at": fields.Datetime.now()}
        )

    def action_decline(self):
        self._check_open()
        self.write({"status": "declined"})

    def action_cancel(self):
        self._check_open()
        self.write({"status": "cancelled"})

    def _check_open(self):
        for request in self:
            over = request.deadline and request.deadline < fields.Datetime.now()
            if over or request.status in (*SETTLED, "expired"):
                raise UserError(
                    self.env._(
                        "%(request)s is over. Make another survey.",
                        request=request.display_name,
                    )
                )

    # answering

    def _after_answer(self):
        """Scores, then whatever low ones ask for."""
        self.ensure_one()
        # sudo: the customer has answered, perhaps without a login
        request = self.sudo()
        # sudo: scores follow from the answer
        scores = self.env["cx.score"].sudo()._record(request)
        request.write(
            {
                "status": "submitted",
                "answered_at": fields.Datetime.now(),
                **scores._summary(),
            }
        )
        request.journey_id._note_nps(request)
        if not request.survey_id.cx_is_anonymous:
            # sudo: whom a low score calls is no decision of the customer
            self.env["cx.followup"].sudo()._open(request, scores)
        request.previous_id.followup_ids._note_second(request)

    def _measure_again(self):
        """A second measurement, linked to this one."""
        self.ensure_one()
        # sudo: who may follow up may ask again
        return self.sudo().create(
            {
                "survey_id": self.survey_id.id,
                "journey_id": self.journey_id.id,
                "touchpoint_id": self.touchpoint_id.id,
                "user_id": self.env.uid,
                "channel": "phone",
                "previous_id": self.id,
            }
        )

    def _is_second(self):
        return bool(self.previous_id)

    def _fill_in(self, values):
        """Answer in one go, as another system or the demo data does.

        :param values: code of the dimension, or measure -> value
        """
        self.ensure_one()
        user_input = self.user_input_ids[:1]
        for question in user_input.survey_id.question_ids.filtered("cx_measure"):
            key = question.cx_dimension_id.code or question.cx_measure
            answer = str(values[key])
            if question.question_type == "simple_choice":
                chosen = question.suggested_answer_ids.filtered(
                    lambda choice, value=answer: str(choice.cx_value) == value
                )
                answer = str(chosen[:1].id)
            user_input._save_lines(question, answer)
        user_input._mark_done()

    # in the background

    @api.model
    def _cron_remind(self):
        """Two reminders five days apart, then a call; what is over is over."""
        Cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        over = self.search(
            [("status", "in", ("new", "sent", "no_answer")), ("deadline", "<", now)]
        )
        over.write({"status": "expired"})
        waiting = self.search(
            [
                ("status", "=", "sent"),
                ("last_contact_at", "<=", now - timedelta(days=REMIND_DAYS)),
            ],
            order="last_contact_at, id",
        )
        Cron._commit_progress(remaining=len(waiting))
        for request in waiting:
            request._remind(now)
            if not Cron._commit_progress(1):
                return

    def _remind(self, now):
        if self.reminder_count < REMINDERS and self.email:
            self.env.ref("customer_experience.mail_template_survey").send_mail(self.id)
            self.write(
                {"reminder_count": self.reminder_count + 1, "last_contact_at": now}
            )
        elif self.reminder_count <= REMINDERS:
            # one call, once the reminders have brought nothing
            self.activity_schedule(
                "mail.mail_activity_data_call",
                user_id=(self.user_id or self.journey_id.manager_id).id or self.env.uid,
                summary=self.env._("Ask on the phone: the link was not answered"),
            )
            self.write({"reminder_count": REMINDERS + 1, "last_contact_at": now})
