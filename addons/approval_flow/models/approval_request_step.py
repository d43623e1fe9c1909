from odoo import fields, models

from ..engine import flow


class ApprovalRequestStep(models.Model):
    """A step of a request, copied from the rule when it was submitted."""

    _name = "approval.request.step"
    _description = "Approval Request Step"
    _inherit = ["approval.sealed"]
    _order = "request_id, sequence, id"

    request_id = fields.Many2one(
        "approval.request", required=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer()
    name = fields.Char(required=True)
    mode = fields.Char()
    needed = fields.Integer()
    wait_all = fields.Boolean()
    parallel = fields.Boolean()
    if_refused = fields.Char()
    override = fields.Boolean(string="Override Level")
    differ_previous = fields.Boolean()
    excluded_user_ids = fields.Many2many(
        "res.users", "approval_request_step_excluded_rel"
    )
    delegate_allowed = fields.Boolean()
    time_limit = fields.Float()
    remind_after = fields.Float()
    escalation_user_ids = fields.Many2many(
        "res.users", "approval_request_step_escalation_rel"
    )
    state = fields.Selection(
        [
            ("waiting", "Not Yet"),
            ("open", "Deciding"),
            ("agreed", "Agreed"),
            ("refused", "Refused"),
        ],
        required=True,
        default="waiting",
    )
    party_ids = fields.One2many("approval.request.party", "step_id")

    def _outcome(self):
        states = self.party_ids.mapped("state")
        pending = sum(state in ("waiting", "open", "conditional") for state in states)
        return flow.outcome(self.needed, states.count("agreed"), pending, self.wait_all)

    def _open_parties(self):
        """Ask the parties whose turn it is."""
        waiting = self.party_ids.filtered(lambda p: p.state == "waiting")
        if not self.parallel:
            busy = self.party_ids.filtered(lambda p: p.state in ("open", "conditional"))
            waiting = waiting[: 0 if busy else 1]
        waiting._open()

    def _close(self, result):
        self._sealed_write({"state": result})
        unanswered = self.party_ids.filtered(
            lambda p: p.state in ("waiting", "open", "conditional")
        )
        unanswered._sealed_write({"state": "closed"})

    def _votes_to_avoid(self):
        """The votes whose people have no say in this step any more."""
        votes = self.request_id.decision_ids.filtered("is_vote")
        if not self.differ_previous:
            # two parties of one step are two people in any case
            votes = votes.filtered(lambda vote: vote.party_id.step_id == self)
        return votes
