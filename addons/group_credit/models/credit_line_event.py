from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .credit_line import DOOR
from .credit_line_terms import KINDS, REQUESTED, TERMS_KINDS

REVIEWER = "group_credit.group_group_credit_reviewer"


class CreditLineEvent(models.Model):
    """What happened to a line, when, why and by whose decision.

    People request events, which wait for approval; what was approved elsewhere (an
    application) or follows from facts (expiry) is recorded by ``_record_event``.
    """

    _name = "credit.line.event"
    _description = "Credit Line Event"
    _inherit = ["mail.thread", "mail.activity.mixin", "approval.mixin"]
    _order = "date desc, id desc"
    _rec_name = "display_name"

    _approval_fields = (
        "line_id",
        "kind",
        "date",
        "reason",
        "limit",
        "net_limit",
        "low_risk_limit",
        "date_start",
        "date_end",
        "cut_below",
        "renew_below",
    )

    line_id = fields.Many2one(
        "credit.line",
        string="Credit Line",
        required=True,
        index=True,
        ondelete="restrict",
    )
    group_id = fields.Many2one(related="line_id.group_id", store=True, index=True)
    partner_id = fields.Many2one(related="line_id.partner_id", store=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    line_state = fields.Selection(related="line_id.state", string="State of the Line")
    kind = fields.Selection(
        [
            ("grant", "Grant"),
            ("increase", "Increase"),
            ("decrease", "Reduction"),
            ("renew", "Renewal"),
            ("freeze", "Freeze"),
            ("unfreeze", "Unfreeze"),
            ("expire", "Expiry"),
            ("terminate", "Termination"),
            ("default", "Event of Default"),
            ("member_join", "Member Joins"),
            ("member_leave", "Member Leaves"),
        ],
        required=True,
        index=True,
        tracking=True,
    )
    date = fields.Date(
        "In Effect From", required=True, default=fields.Date.context_today
    )
    reason = fields.Text(required=True)
    limit = fields.Monetary("New Limit")
    net_limit = fields.Monetary("New Exposure Limit")
    low_risk_limit = fields.Monetary("New Low-Risk Limit")
    date_start = fields.Date("Valid From")
    date_end = fields.Date("Valid Until")
    cut_below = fields.Boolean(
        "Cut the Lines Below",
        help="In proportion, so that they fit under the new limit.",
    )
    renew_below = fields.Boolean(
        "Renew the Lines Below",
        help="With the same dates. What is frozen or in default stays as it is.",
    )
    values = fields.Json(readonly=True, help="What the event sets.")
    before = fields.Json(readonly=True, help="What it was before.")
    effect = fields.Text(compute="_compute_effect")
    state = fields.Selection(
        [
            ("draft", "Requested"),
            ("scheduled", "Approved"),
            ("applied", "In Effect"),
            ("refused", "Refused"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
    )
    applied_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    source_model = fields.Char("Document Model", readonly=True)
    source_id = fields.Many2oneReference(
        "Document", model_field="source_model", readonly=True
    )

    # Serves the daily look for approved events whose day has come.
    _due_idx = models.Index("(date) WHERE state = 'scheduled'")

    @api.depends("line_id.name", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            event.display_name = (
                f"{event.line_id.name or ''} · {kinds.get(event.kind, '')}"
            )

    @api.depends("values", "before", "state", "kind", *REQUESTED)
    @api.depends_context("lang")
    def _compute_effect(self):
        """What changes: before an event is in effect, against the line of today."""
        line = self.env["credit.line"]
        for event in self:
            values, before = event.values or {}, event.before or {}
            if event.state == "draft":
                values = event._requested_values()
            if event.state in ("draft", "scheduled"):
                before = line._plain_values(
                    {n: event.line_id[n] for n in values if n in line._fields}
                )
            names = [n for n in line._fields if n in values and n != "state"]
            event.effect = "\n".join(
                event._effect_on(name, before.get(name), values) for name in names
            )

    def _effect_on(self, name, before, values):
        label = self.env["credit.line"]._fields[name]._description_string(self.env)
        value = self._shown(name, values[name])
        if self.kind == "grant":
            return f"{label}: {value}"
        return f"{label}: {self._shown(name, before)} → {value}"

    def _shown(self, name, value):
        field = self.env["credit.line"]._fields[name]
        if field.type == "monetary":
            return f"{value or 0:,.2f}".removesuffix(".00")
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return labels.get(value, value or "–")
        if field.type == "many2one":
            # sudo: the name of what is named in a record that the reader may see
            record = self.env[field.comodel_name].sudo().browse(value or [])
            return record.display_name or "–"
        return str(value or "–")

    @api.onchange("line_id", "kind")
    def _onchange_line(self):
        """Start from what the line is."""
        for event in self:
            for name in REQUESTED:
                event[name] = event.line_id[name]

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    def _is_door_open(self):
        return self.env.context.get("credit_door") is DOOR

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_door_open():
            for vals in vals_list:
                self._check_entered(vals)
                self._complete(vals)
        return super().create(vals_list)

    @api.model
    def _complete(self, vals):
        """What a request does not name stays as it is on the line."""
        line = self.env["credit.line"].browse(vals.get("line_id") or [])
        if line and vals.get("kind") in TERMS_KINDS:
            for name in REQUESTED:
                vals.setdefault(name, line[name])

    def write(self, vals):
        if not self._is_door_open():
            self._check_entered(vals)
            decided = self.filtered(lambda event: event.state != "draft")
            if decided and not self.env.su and set(vals) - self._mail_names():
                raise UserError(
                    self.env._(
                        "%(event)s is decided and stays as it is. Request another "
                        "event to change the line again.",
                        event=decided[0].display_name,
                    )
                )
        return super().write(vals)

    def _mail_names(self):
        return {n for n in self._fields if n.startswith(("message_", "activity_"))}

    def _check_entered(self, vals):
        decided = {
            "state",
            "values",
            "before",
            "applied_on",
            "decided_by_id",
            "source_model",
            "source_id",
        } & set(vals)
        if decided:
            raise UserError(
                self.env._(
                    "What an event does follows from its approval: request it, and "
                    "submit it for approval."
                )
            )
        if vals.get("kind") in ("expire", "member_join", "member_leave"):
            raise UserError(
                self.env._(
                    "Expiry and membership follow from dates and from the group; they "
                    "are recorded when they happen."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for event in self:
            if event.state != "draft":
                raise UserError(
                    self.env._(
                        "%(event)s is part of the history of the line and is kept.",
                        event=event.display_name,
                    )
                )

    # ------------------------------------------------------------
    # APPROVAL
    # ------------------------------------------------------------

    def _approval_before_submit(self):
        if self.state != "draft":
            raise UserError(
                self.env._("%(event)s is decided already.", event=self.display_name)
            )
        allowed = KINDS[self.kind][0]
        if self.line_id.state not in allowed:
            raise UserError(
                self.env._(
                    "%(line)s is not in a state for this event: see its state and "
                    "earlier events.",
                    line=self.line_id.name,
                )
            )
        if self.kind == "freeze" and self.env.user.has_group(REVIEWER):
            # protective measures do not wait: the approval confirms or undoes them
            self._take_effect()

    def _approval_approved(self, request):
        if self.state == "draft":
            self._take_effect()

    def _approval_refused(self, request):
        if self.state == "applied":
            self.line_id._record_event(
                "unfreeze",
                reason=self.env._("The freeze was not confirmed by approval."),
                source=self,
            )
            return
        self.with_context(credit_door=DOOR).state = "refused"

    def _take_effect(self):
        """Approved: now, or on the day that it is dated."""
        # sudo: who decided has no right to write events, nobody has
        self.sudo().with_context(credit_door=DOOR).write(
            {
                "state": "scheduled",
                "values": self._requested_values(),
                "decided_by_id": self.env.uid,
            }
        )
        self._apply_due()

    def _requested_values(self):
        if self.kind not in TERMS_KINDS:
            return {}
        values = {}
        for name in REQUESTED:
            changed = self.kind == "grant" or self[name] != self.line_id[name]
            if changed and (self[name] or "date" not in name):
                values[name] = self[name]
        return self.line_id._plain_values(values)

    # ------------------------------------------------------------
    # EFFECT
    # ------------------------------------------------------------

    def _apply_due(self):
        """Put approved events into effect whose day has come."""
        today = fields.Date.context_today(self)
        for event in self:
            if event.state != "scheduled" or event.date > today:
                continue
            # sudo: only an event writes a line, and this is the event
            event = event.sudo().with_context(credit_door=DOOR)
            line = event.line_id
            names = [n for n in event.values or {} if n in line._fields]
            event.before = line._plain_values({n: line[n] for n in names})
            line._apply_event(event)
            event.write({"state": "applied", "applied_on": fields.Datetime.now()})

    def _each(self, work):
        return self.env["credit.line"]._each_of(self, work)

    @api.model
    def _due_domain(self):
        return Domain("state", "=", "scheduled") & Domain(
            "date", "<=", fields.Date.context_today(self)
        )

    def action_view_source(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.source_model,
            "res_id": self.source_id,
            "views": [(False, "form")],
        }
