from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import flow


class ApprovalRequest(models.Model):
    """Deciding on a request, and its course from step to step."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "approval.request"

    def _decide(self, verdict, comment=False, attachments=None, aspects=None):
        """Record the verdict of the current user and move on.

        :param verdict: ``agreed``, ``refused`` or ``returned``
        :param aspects: for a matrix review, one ``{"aspect", "verdict", "condition",
            "met"}`` each; they make the verdict
        :return: False when someone else has closed the question in the meantime
        """
        self.ensure_one()
        # the rows are written by the engine only, after the checks below
        request = self.sudo()
        request._serialize()
        party, principal = request._party_of(self.env.user)
        if not party:
            if request._answered_or_closed(self.env.user):
                return False
            raise request._not_entitled(self.env.user)
        if not request._has_document():
            raise UserError(request._why_stuck())
        self._document().check_access("read")
        if verdict != "returned":
            verdict, aspects = party._judge(verdict, aspects)
        self._check_comment(verdict, comment)
        if verdict in ("agreed", "conditional"):
            request._check_unchanged()
        request._record_decision(
            verdict, comment, party, principal, attachments, aspects
        )
        request._done_activity(self.env.user, verdict, comment)
        if verdict == "returned":
            request._finish("returned")
        else:
            party._sealed_write({"state": verdict})
            request._advance()
        return True

    def _withdraw(self, comment=False):
        """Take the request back; the requester or an approvals manager may.

        An approval is taken back where the document lets the user revoke it.
        """
        self.ensure_one()
        request = self.sudo()  # see _decide
        request._serialize()
        may = self.can_withdraw
        if request.state == "approved":
            may = self._document()._approval_may_revoke(request)
        elif request.state != "pending":
            return False
        if not may:
            raise AccessError(
                self.env._(
                    "Only %(requester)s or an approvals manager may withdraw the "
                    "request for “%(record)s”, and an approval only where the "
                    "document allows it.",
                    requester=request.requester_name,
                    record=request.record_name,
                )
            )
        if self.env.user != request.requester_id:
            self._check_comment("refused", comment)
        request._record_decision("withdrawn", comment)
        request._finish("withdrawn")
        return True

    def _serialize(self):
        """Let decisions on one request happen one after the other.

        Each decision counts up a column of this row. Under REPEATABLE READ the later
        of two transactions therefore fails here and is run again by the server, then
        seeing what the earlier one decided.
        """
        self.flush_recordset()
        self.env.cr.execute(
            "SELECT 1 FROM approval_request WHERE id = %s FOR UPDATE", [self.id]
        )
        self.invalidate_recordset()

    def _party_of(self, user):
        """The open party that ``user`` may answer for, and in whose place."""
        self.ensure_one()
        for party in self.party_ids.filtered(
            lambda p: p.state in ("open", "conditional")
        ):
            deciders = party._deciders()
            if user in deciders:
                return party, deciders[user]
        return self.env["approval.request.party"], user

    def _answered_or_closed(self, user):
        """Whether ``user`` had a say, but the question is closed by now."""
        asked = user in self.party_ids.filtered(lambda p: p.state != "waiting").user_ids
        return asked or user in self.decision_ids.filtered("is_vote").user_id

    def _not_entitled(self, user):
        waiting = self.party_ids.filtered(lambda p: p.state in ("open", "conditional"))
        return AccessError(
            self.env._(
                "%(user)s has no say on “%(record)s” now. The request waits for: "
                "%(parties)s.",
                user=user.name,
                record=self.record_name,
                parties=", ".join(waiting.mapped("name")) or self.env._("nobody"),
            )
        )

    def _check_comment(self, verdict, comment):
        if verdict in ("refused", "returned") and not (comment or "").strip():
            raise UserError(
                self.env._(
                    "Give the reason in the field “Comment”: whoever submitted "
                    "“%(record)s” has to know what to do next.",
                    record=self.record_name,
                )
            )

    def _check_unchanged(self):
        record = self._document()
        current = record._approval_content()
        if self._digest(current) == self.content_digest:
            return
        names = flow.changed(self._values(self.content), self._values(current))
        raise UserError(
            self.env._(
                "“%(record)s” is no longer what was submitted: %(fields)s changed. "
                "Return it for change, or have it withdrawn and submitted again.",
                record=self.record_name,
                fields=", ".join(
                    record._fields[n]._description_string(self.env) for n in names
                ),
            )
        )

    @api.model
    def _values(self, content):
        return {name: entry["value"] for name, entry in content.items()}

    @api.model
    def _digest(self, content):
        # over the values only: renaming a customer changes no document
        return flow.digest(self._values(content))

    def _record_decision(
        self,
        verdict,
        comment=False,
        party=None,
        principal=None,
        attachments=None,
        aspects=None,
    ):
        self._sealed_write({"decision_count": self.decision_count + 1})
        user = self.env.user
        substituted = principal and principal != user
        step = party.step_id if party else self.env["approval.request.step"]
        self.env["approval.decision"]._append(
            {
                "request_id": self.id,
                "party_id": party and party.id,
                "step_name": step.name,
                "party_name": party and party.name,
                "override": step.override,
                "user_id": user.id,
                "user_name": user.name,
                "principal_id": substituted and principal.id,
                "principal_name": substituted and principal.name,
                "verdict": verdict,
                "comment": comment,
                "aspects": aspects or False,
                "content_digest": self.content_digest,
                "decided_on": fields.Datetime.now(),
            },
            attachments,
        )

    # ------------------------------------------------------------
    # COURSE
    # ------------------------------------------------------------

    def _document(self):
        """The document under approval, as the current user."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _has_document(self):
        """Whether the document is still there, with the model that it belongs to."""
        return self.res_model in self.env and bool(self._document().exists())

    def _advance(self):
        """Go as far as the votes allow."""
        step = self.step_ids.filtered(lambda s: s.state == "open")
        result = step._outcome()
        if result == "open":
            step._open_parties()
            self._refresh()
            return
        step._close(result)
        steps = self.step_ids.filtered(lambda s: s.state == "waiting")
        regular = steps.filtered(lambda s: not s.override)[:1]
        if step.override:
            regular = regular.browse()
        if regular and (result == "agreed" or step.if_refused == "next"):
            self._open_step(regular)
        elif result == "refused" and steps.filtered("override"):
            self._open_step(steps.filtered("override"))
        else:
            self._finish("approved" if result == "agreed" else "refused")

    def _open_step(self, step):
        step._sealed_write({"state": "open"})
        step._open_parties()
        self._refresh()

    def _finish(self, state):
        """Close the request and tell the document and the requester."""
        self._sealed_write(
            {"state": state, "closed_on": fields.Datetime.now(), "stuck_reason": False}
        )
        open_parties = self.party_ids.filtered(
            lambda p: p.state in ("open", "conditional")
        )
        open_parties._sealed_write({"state": "closed"})
        if not self._has_document():
            return
        record = self._document()
        self._sync_activities()
        hook = {
            "approved": record._approval_approved,
            "refused": record._approval_refused,
            "returned": record._approval_returned,
            "withdrawn": record._approval_returned,
        }[state]
        hook(self)
        self._notify(
            self.requester_id,
            self.env._(
                "%(record)s: %(state)s",
                record=self.record_name,
                state=dict(self._fields["state"]._description_selection(self.env))[
                    state
                ],
            ),
            self.decision_ids[-1:].comment,
        )

    def _refresh(self):
        """Bring to-dos and the report of a stuck request up to date."""
        for request in self:
            parties = request.party_ids.filtered(
                lambda p: p.state in ("open", "conditional")
            )
            for party in parties.filtered(
                lambda p: not p.escalated and not p._deciders()
            ):
                party._escalate()
            reason = request._why_stuck()
            if reason != (request.stuck_reason or ""):
                request._sealed_write({"stuck_reason": reason})
            if request._has_document():
                request._sync_activities()

    def _why_stuck(self):
        if not self._has_document():
            return self.env._(
                "“%(record)s” no longer exists, so there is nothing to decide on. "
                "%(requester)s or an approvals manager may withdraw the request.",
                record=self.record_name,
                requester=self.requester_name,
            )
        step = self.step_ids.filtered(lambda s: s.state == "open")
        asked = step.party_ids.filtered(
            lambda p: p.state in ("waiting", "open", "conditional")
        )
        idle = asked.filtered(lambda p: not p._deciders())
        agreed = len(step.party_ids.filtered(lambda p: p.state == "agreed"))
        if not idle or agreed + len(asked - idle) >= step.needed:
            return ""
        group = self.env.ref("approval_flow.group_approval_flow_manager")
        managers = group.all_user_ids.filtered(
            lambda u: self.company_id in u.company_ids
        )
        return self.env._(
            "Step “%(step)s”: nobody is left who may decide for %(parties)s. "
            "%(managers)s may mend rule “%(rule)s”; then withdraw the request and "
            "submit again, or enter a substitute under Approvals / Substitutes.",
            step=step.name,
            parties=", ".join(f"“{party.name}”" for party in idle),
            managers=", ".join(managers.mapped("name"))
            or self.env._("An approvals manager"),
            rule=self.rule_name,
        )
