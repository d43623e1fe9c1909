from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

STATES = [
    ("pending", "Pending"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("returned", "Returned for Change"),
    ("withdrawn", "Withdrawn"),
]


class ApprovalRequest(models.Model):
    """One round of approval of one document: a snapshot of what was asked of whom."""

    _name = "approval.request"
    _description = "Approval Request"
    _inherit = ["approval.sealed"]
    _order = "id desc"
    _rec_name = "record_name"

    # document
    res_model = fields.Char(string="Document Model", required=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, index=True
    )
    record_name = fields.Char(string="Document Name", required=True)
    model_name = fields.Char(string="Kind of Document", compute="_compute_model_name")
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", index=True
    )
    content = fields.Json(help="The fields under approval as they were on submission.")
    content_digest = fields.Char(string="Fingerprint")

    # rule, frozen
    rule_id = fields.Many2one(
        "approval.rule",
        string="Live Rule",
        ondelete="set null",
        index="btree_not_null",
        groups="approval_flow.group_approval_flow_auditor",
    )
    rule_name = fields.Char(string="Rule", required=True)
    amount = fields.Monetary(currency_field="currency_id")
    currency_id = fields.Many2one("res.currency", ondelete="restrict")
    rule_amount = fields.Monetary(
        string="Amount in Rule Currency", currency_field="rule_currency_id"
    )
    rule_currency_id = fields.Many2one("res.currency", ondelete="restrict")

    # course
    requester_id = fields.Many2one(
        "res.users", required=True, ondelete="restrict", index=True
    )
    requester_name = fields.Char(required=True)
    round = fields.Integer(required=True)
    state = fields.Selection(STATES, required=True, default="pending", index=True)
    submitted_on = fields.Datetime(required=True)
    closed_on = fields.Datetime()
    decision_count = fields.Integer(required=True, default=0)
    stuck_reason = fields.Char(string="Stuck")
    step_ids = fields.One2many("approval.request.step", "request_id", string="Steps")
    party_ids = fields.One2many(
        "approval.request.party", "request_id", string="Parties"
    )
    decision_ids = fields.One2many(
        "approval.decision", "request_id", string="Decisions"
    )
    current_step = fields.Char(compute="_compute_current_step")
    deadline = fields.Datetime(compute="_compute_current_step")

    # the reader
    is_visible = fields.Boolean(
        compute="_compute_is_visible", search="_search_is_visible"
    )
    can_decide = fields.Boolean(compute="_compute_can", search="_search_can_decide")
    can_withdraw = fields.Boolean(compute="_compute_can")
    approval_panel = fields.Json(compute="_compute_approval_panel")

    # serves the panel of a document and the recomputation of its approval state
    _record_idx = models.Index("(res_model, res_id)")
    # two rounds never run at once, whoever submits at the same moment
    _one_pending = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'pending'",
        "This document is under approval already.",
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("res_model")
    def _compute_model_name(self):
        for request in self:
            model = self.env["ir.model"]._get(request.res_model)
            request.model_name = model.sudo().name  # names of models are no secret

    @api.depends("step_ids.state", "party_ids.state", "party_ids.deadline")
    def _compute_current_step(self):
        for request in self:
            request.current_step = request.step_ids.filtered(
                lambda s: s.state == "open"
            ).name
            deadlines = request.party_ids.filtered(
                lambda p: p.state in ("open", "conditional") and p.deadline
            ).mapped("deadline")
            request.deadline = min(deadlines, default=False)

    @api.depends("state", "party_ids.state")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        manager = user.has_group("approval_flow.group_approval_flow_manager")
        for request in self:
            pending = request.state == "pending"
            # four eyes look at decisions and substitutes of others
            party = pending and request.sudo()._party_of(user)[0]
            request.can_decide = bool(party)
            request.can_withdraw = pending and (manager or request.requester_id == user)

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        user = self.env.user
        # narrowed by index to the open parties of the user, then judged one by one
        parties = self.env["approval.request.party"].sudo()._open_for(user)
        requests = parties.request_id.filtered(
            lambda request: request._party_of(user)[0]
        )
        return Domain("id", "in", requests.ids)

    @api.depends_context("uid")
    def _compute_is_visible(self):
        # evaluated inside record rules, so without them
        visible = self.sudo().search(
            [("id", "in", self.ids), ("is_visible", "=", True)]
        )
        for request in self:
            request.is_visible = request in visible

    def _search_is_visible(self, operator, value):
        if operator != "in":
            return NotImplemented
        uid = self.env.uid
        substitute = (
            Domain("delegate_id", "=", uid)
            & self.env["approval.delegation"]._in_force()
        )
        return Domain.OR(
            [
                Domain("requester_id", "=", uid),
                Domain("party_ids.user_ids", "in", [uid]),
                Domain("decision_ids.user_id", "=", uid),
                Domain(
                    "party_ids.user_ids.approval_delegation_ids", "any!", substitute
                ),
            ]
        )

    @api.depends("state", "decision_count")
    @api.depends_context("uid")
    def _compute_approval_panel(self):
        for request in self:
            request.approval_panel = {"requests": [request._panel()]}

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # SUBMITTING
    # ------------------------------------------------------------

    @api.model
    def _submit(self, record):
        """Freeze the rule that applies to ``record`` into a request and start it."""
        requester = self.env.user
        # rules and roles are not the submitter's to read
        system = self.sudo()
        # sudo: nor need the fields that a rule asks of the record be
        target = record.sudo()
        rule = system.env["approval.rule"]._find_for(record)
        # roles, departments and managers are looked up for the requester
        steps = self._resolve_steps(rule, target, requester.sudo())
        content = target._approval_content()
        amount, currency = False, rule.currency_id
        if rule.amount_field_id:
            amount, currency = target._approval_amount(rule.amount_field_id.name)
        earlier = system.search_count(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
        request = system._sealed_create(
            {
                "res_model": record._name,
                "res_id": record.id,
                "record_name": target.display_name,
                "company_id": record._approval_company().id,
                "content": content,
                "content_digest": self._digest(content),
                "rule_id": rule.id,
                "rule_name": rule.name,
                "amount": amount,
                "currency_id": currency.id,
                "rule_amount": rule.amount_field_id and rule._amount_of(record),
                "rule_currency_id": rule.currency_id.id,
                "requester_id": requester.id,
                "requester_name": requester.name,
                "round": earlier + 1,
                "submitted_on": fields.Datetime.now(),
            }
        )
        request._create_steps(steps)
        request._record_decision("submitted")
        request._open_step(request.step_ids[:1])
        return request

    @api.model
    def _resolve_steps(self, rule, record, requester):
        if not rule.step_ids:
            raise UserError(
                self.env._(
                    "Rule “%(rule)s” has no steps. Add one first.", rule=rule.name
                )
            )
        steps, spent = [], rule.env["res.users"]
        for step in rule.step_ids:
            values = step._resolve(record, requester, spent)
            steps.append(values)
            if values["mode"] == "all":
                # the only person of a party is certain to have decided by then
                for party in values["parties"]:
                    ids = party["user_ids"][0][2]
                    spent |= spent.browse(ids if len(ids) == 1 else [])
        return steps

    def _create_steps(self, steps):
        parties = []
        for number, values in enumerate(steps, 1):
            seats = values.pop("parties")
            step = self.env["approval.request.step"]._sealed_create(
                {**values, "request_id": self.id, "sequence": number}
            )
            parties += [
                {**seat, "request_id": self.id, "step_id": step.id} for seat in seats
            ]
        self.env["approval.request.party"]._sealed_create(parties)
