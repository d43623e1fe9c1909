from odoo import fields, models
from odoo.tools import format_amount


class ApprovalRequest(models.Model):
    """What the panel on a form shows of a request."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "approval.request"

    def _panel(self):
        """The request as the browser draws it, for the current user."""
        self.ensure_one()
        request = self.sudo()  # read access to the request itself was checked
        return {
            "id": self.id,
            "state": self.state,
            "state_label": self._label(self, "state"),
            "round": self.round,
            "rule": self.rule_name,
            "requester": self.requester_name,
            "submitted_on": fields.Datetime.to_string(self.submitted_on),
            "closed_on": fields.Datetime.to_string(self.closed_on),
            "amount": self._panel_amount(),
            "stuck": self.stuck_reason or "",
            "can_decide": self.can_decide,
            "can_withdraw": self.can_withdraw,
            "steps": [self._panel_step(step) for step in request.step_ids],
            "decisions": [
                self._panel_decision(decision) for decision in request.decision_ids
            ],
            "content": [
                {"label": entry["label"], "text": entry["text"]}
                for entry in (self.content or {}).values()
                if entry["text"]
            ],
        }

    def _label(self, record, name):
        field = record._fields[name]
        return dict(field._description_selection(self.env)).get(record[name], "")

    def _panel_amount(self):
        if not self.rule_amount:
            return ""
        amount = format_amount(self.env, self.amount, self.currency_id)
        if self.currency_id == self.rule_currency_id:
            return amount
        converted = format_amount(self.env, self.rule_amount, self.rule_currency_id)
        return f"{amount} = {converted}"

    def _panel_step(self, step):
        now = fields.Datetime.now()
        return {
            "id": step.id,
            "name": step.name,
            "state": step.state,
            "state_label": self._label(step, "state"),
            "override": step.override,
            "needed": step.needed,
            "parties": [
                {
                    "id": party.id,
                    "name": party.name,
                    "state": party.state,
                    "state_label": self._label(party, "state"),
                    "people": party.with_context(active_test=False).user_ids.mapped(
                        "name"
                    ),
                    "deadline": fields.Datetime.to_string(party.deadline),
                    "late": bool(
                        party.state in ("open", "conditional")
                        and party.deadline
                        and party.deadline <= now
                    ),
                }
                for party in step.party_ids
            ],
        }

    def _panel_decision(self, decision):
        return {
            "id": decision.id,
            "verdict": decision.verdict,
            "label": self._label(decision, "verdict"),
            "by": decision.user_name,
            "in_place_of": decision.principal_name or "",
            "step": decision.step_name or "",
            "party": decision.party_name or "",
            "override": decision.override,
            "comment": decision.comment or "",
            "aspects": decision.aspects or [],
            "on": fields.Datetime.to_string(decision.decided_on),
            "attachments": [
                {"id": a.id, "name": a.name} for a in decision.attachment_ids
            ],
        }
