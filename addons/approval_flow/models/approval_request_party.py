from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine import flow


class ApprovalRequestParty(models.Model):
    """One voice in a step: the people who may raise it, and whether they did."""

    _name = "approval.request.party"
    _description = "Approval Request Party"
    _inherit = ["approval.sealed"]
    _order = "request_id, step_id, sequence, id"

    request_id = fields.Many2one(
        "approval.request", required=True, ondelete="restrict", index=True
    )
    step_id = fields.Many2one(
        "approval.request.step", required=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer()
    name = fields.Char(required=True)
    user_ids = fields.Many2many(
        "res.users", "approval_request_party_user_rel", string="People"
    )
    aspects = fields.Json()
    state = fields.Selection(
        [
            ("waiting", "Not Yet"),
            ("open", "To Decide"),
            ("conditional", "Conditional"),
            ("agreed", "Agreed"),
            ("refused", "Refused"),
            ("closed", "Not Needed"),
        ],
        required=True,
        default="waiting",
    )
    deadline = fields.Datetime()
    remind_on = fields.Datetime()
    reminded = fields.Boolean()
    escalated = fields.Boolean()
    decision_ids = fields.One2many("approval.decision", "party_id")

    # serves the hourly look for reminders and escalations, and "My approvals"
    _open_idx = models.Index("(deadline) WHERE state IN ('open', 'conditional')")

    def _open_for(self, user):
        """Open parties of ``user`` and of those whom ``user`` stands in for."""
        substitute = Domain("delegate_id", "=", user.id)
        substitute &= self.env["approval.delegation"]._in_force()
        return self.search(
            Domain("state", "in", ("open", "conditional"))
            & (
                Domain("user_ids", "in", user.ids)
                | Domain("user_ids.approval_delegation_ids", "any", substitute)
            )
        )

    def _open(self):
        now = fields.Datetime.now()
        for party in self:
            step = party.step_id
            party._sealed_write(
                {
                    "state": "open",
                    "deadline": party.request_id._work_time(now, step.time_limit),
                    "remind_on": party.request_id._work_time(now, step.remind_after),
                }
            )

    def _deciders(self):
        """Who may answer for this party now, each with the person in whose place."""
        self.ensure_one()
        step = self.step_id
        # whoever set a condition is the one to tick it
        votes = step._votes_to_avoid().filtered(lambda vote: vote.party_id != self)
        barred = step.excluded_user_ids | votes.user_id | votes.principal_id
        # an archived user leaves the choice to the substitute
        people = self.with_context(active_test=False).user_ids - barred
        deciders = {user: user for user in people if user.active}
        if step.delegate_allowed:
            for delegation in people.approval_delegation_ids.filtered("in_force"):
                delegate = delegation.delegate_id
                at_home = self.request_id.company_id in delegate.company_ids
                if delegate.active and at_home and delegate not in barred:
                    deciders.setdefault(delegate, delegation.user_id)
        return deciders

    def _judge(self, verdict, aspects):
        """The verdict that the answers on the aspects amount to."""
        if not self.aspects:
            return verdict, None
        answers = {answer.get("aspect"): answer for answer in aspects or []}
        if set(answers) != set(self.aspects):
            raise UserError(
                self.env._(
                    "Answer on each aspect of “%(party)s”: %(aspects)s.",
                    party=self.name,
                    aspects=", ".join(self.aspects),
                )
            )
        clean = []
        for name in self.aspects:
            answer = answers[name]
            condition = (answer.get("condition") or "").strip()
            if answer.get("verdict") not in ("yes", "no", "conditional") or (
                answer["verdict"] == "conditional" and not condition
            ):
                raise UserError(
                    self.env._(
                        "Aspect “%(aspect)s”: answer yes, no or conditional, and name "
                        "the condition in the field “Condition”.",
                        aspect=name,
                    )
                )
            clean.append(
                {
                    "aspect": name,
                    "verdict": answer["verdict"],
                    "condition": condition,
                    "met": bool(condition and answer.get("met")),
                }
            )
        return flow.matrix_verdict(clean), clean

    def _escalate(self):
        """Let the escalation people decide as well, and say so in the record."""
        self.ensure_one()
        people = self.step_id.escalation_user_ids.filtered("active") - self.user_ids
        values = {"escalated": True}
        if people:
            values["user_ids"] = [fields.Command.link(user.id) for user in people]
        self._sealed_write(values)
        if people:
            self.request_id._record_decision(
                "escalated", ", ".join(people.mapped("name")), party=self
            )
        return people
