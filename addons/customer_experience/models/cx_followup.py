from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import score as engine

TODO_TYPE = "customer_experience.mail_activity_type_followup"
HOURS = "customer_experience.followup_hours"


class CxFollowup(models.Model):
    """A dissatisfied customer is called within 48 hours, and measured once more."""

    _name = "cx.followup"
    _description = "Follow-up"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state desc, deadline, id"
    _check_company_auto = True

    request_id = fields.Many2one(
        comodel_name="cx.survey.request",
        string="Survey",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    journey_id = fields.Many2one(
        related="request_id.journey_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        related="journey_id.partner_id", string="Customer", store=True, precompute=True
    )
    phone = fields.Char(related="partner_id.phone")
    phase_id = fields.Many2one(
        related="journey_id.phase_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="journey_id.company_id", store=True, precompute=True, index=True
    )
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        tracking=True,
        index=True,
    )
    deadline = fields.Datetime(string="Call By", required=True, readonly=True)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    state = fields.Selection(
        selection=[("open", "Open"), ("contacted", "Contacted"), ("done", "Done")],
        required=True,
        default="open",
        readonly=True,
        tracking=True,
    )
    contacted_at = fields.Datetime(readonly=True)
    cause = fields.Text(tracking=True, help="What the customer is dissatisfied with.")
    outcome = fields.Selection(
        selection=[
            ("solved", "Solved on the phone"),
            ("repair", "Repair ordered"),
            ("improvement", "Improvement agreed"),
            ("complaint", "Became a complaint"),
            ("none", "Nothing to be done"),
        ],
        tracking=True,
    )
    action_taken = fields.Text(string="What Was Done", tracking=True)
    defect_id = fields.Many2one(
        comodel_name="cx.defect",
        domain="[('journey_id', '=', journey_id)]",
        check_company=True,
    )
    second_id = fields.Many2one(
        comodel_name="cx.survey.request",
        string="Second Measurement",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    satisfied_after = fields.Selection(
        selection=[("yes", "Satisfied"), ("no", "Still Dissatisfied")], readonly=True
    )
    done_at = fields.Datetime(readonly=True)

    @api.depends("partner_id.name", "reason")
    def _compute_display_name(self):
        for followup in self:
            followup.display_name = (
                f"{followup.partner_id.name or ''} {followup.reason or ''}".strip()
            )

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for followup in self:
            followup.is_late = followup.state == "open" and followup.deadline < now

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "open"), ("deadline", "<", fields.Datetime.now())]

    @api.model
    def _open(self, request, scores):
        """Open a follow-up when a score asks for one."""
        values = {
            score: score.value
            for score in scores
            if score.measure == "dimension" and not score.is_na
        }
        nps = request.nps if request.has_nps else None
        if not engine.asks_for_followup(nps, values.values()):
            return self.browse()
        journey = request.journey_id
        user = journey.manager_id or request.user_id
        lang = user.lang or self.env.lang
        hours = int(self.env["ir.config_parameter"].get_param(HOURS, 48))
        followup = self.with_context(lang=lang).create(
            {
                "request_id": request.id,
                "reason": self.with_context(lang=lang)._reason(nps, values),
                "user_id": user.id,
                "deadline": fields.Datetime.now() + timedelta(hours=hours),
            }
        )
        followup._open_todo()
        followup._after_open()
        return followup

    def _reason(self, nps, values):
        lines = []
        if nps is not None and nps <= engine.DETRACTOR:
            lines.append(self.env._("Would recommend: %(value)s of 10", value=nps))
        for score, value in values.items():
            if value <= engine.LOW_DIMENSION:
                name = score.dimension_id.with_context(lang=self.env.lang).name
                lines.append(
                    self.env._("%(name)s: %(value)s of 5", name=name, value=value)
                )
        return "; ".join(lines)

    def _open_todo(self):
        if self.user_id:
            self.activity_schedule(
                TODO_TYPE,
                date_deadline=self.deadline.date(),
                user_id=self.user_id.id,
                summary=self.reason,
            )

    def _after_open(self):
        """What else a low score sets off. Made to be extended."""

    def write(self, vals):
        if not self.env.su:
            allowed = {"user_id", "cause", "outcome", "action_taken", "defect_id"}
            stamped = {
                name
                for name in vals
                if name not in allowed
                and not name.startswith(("message_", "activity_"))
            }
            if stamped or any(f.state == "done" for f in self):
                raise UserError(
                    self.env._(
                        "Use “Contacted” and “Done”: a follow-up is not changed by "
                        "hand, and not once it is done."
                    )
                )
        result = super().write(vals)
        if vals.get("user_id"):
            for followup in self.filtered(lambda f: f.state != "done"):
                followup.activity_unlink([TODO_TYPE])
                followup._open_todo()
        return result

    def action_contacted(self):
        self.check_access("write")
        for followup in self:
            if followup.state == "open":
                # sudo: the moment of the call is stamped
                followup.sudo().write(
                    {"state": "contacted", "contacted_at": fields.Datetime.now()}
                )

    def action_done(self):
        self.check_access("write")
        for followup in self.filtered(lambda f: f.state != "done"):
            missing = [
                followup._fields[name]._description_string(self.env)
                for name in ("cause", "outcome", "action_taken")
                if not followup[name]
            ]
            if followup.state == "open":
                missing.insert(0, self.env._("the call (button “Contacted”)"))
            if missing:
                raise UserError(
                    self.env._(
                        "%(followup)s cannot be closed yet. Missing: %(missing)s.",
                        followup=followup.display_name,
                        missing=", ".join(missing),
                    )
                )
            # sudo: the moment of closing is stamped
            followup.sudo().write({"state": "done", "done_at": fields.Datetime.now()})
            followup.activity_feedback([TODO_TYPE])

    def action_measure_again(self):
        self.ensure_one()
        self.check_access("write")
        if self.state != "done":
            raise UserError(
                self.env._(
                    "Close the follow-up first: then the customer is asked again."
                )
            )
        if not self.second_id:
            # sudo: the link between the two measurements is not made by hand
            self.sudo().second_id = self.request_id._measure_again()
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.survey.request",
            "res_id": self.second_id.id,
            "view_mode": "form",
        }

    def _note_second(self, request):
        for followup in self:
            low = engine.asks_for_followup(
                request.nps if request.has_nps else None,
                request.score_ids.filtered(
                    lambda score: score.measure == "dimension" and not score.is_na
                ).mapped("value"),
            )
            # sudo: what the second measurement says is not entered by hand
            followup.sudo().satisfied_after = "no" if low else "yes"
