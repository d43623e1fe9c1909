from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .credit_group_change import OPEN


class CreditGroupChange(models.Model):
    """Deciding on a proposal: examined by an officer, confirmed under approval."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.group.change"

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_approval_can(self):
        """What a newer computation replaced, or an officer rejected, is not asked."""
        result = super()._compute_approval_can()
        for change in self.filtered(lambda c: c.state not in OPEN):
            change.approval_can_submit = False
        return result

    def approval_submit(self):
        """The officer has examined the proposal and asks for confirmation."""
        result = super().approval_submit()
        # sudo: the state is not the officer's to write, submitting is
        self.sudo().write(
            {
                "state": "submitted",
                "submitted_by_id": self.env.user.id,
                "submitted_on": fields.Datetime.now(),
            }
        )
        return result

    def _approval_before_submit(self):
        self._check_open()
        self._check_overrides()

    def _approval_approved(self, request):
        self._apply(self.env.user)

    def _approval_refused(self, request):
        refusals = request.decision_ids.filtered(lambda d: d.verdict == "refused")
        self.reject_reason = refusals[-1:].comment
        self._close("rejected", self.env.user)

    def _approval_returned(self, request):
        if self.state == "submitted":
            self.write(
                {"state": "proposed", "submitted_by_id": False, "submitted_on": False}
            )

    def _withdraw_superseded(self):
        """Nobody is asked any more about what a newer computation replaced."""
        for change in self.filtered(lambda c: c.approval_state == "pending"):
            # the computation withdraws it, whoever happened to start it
            change.with_user(SUPERUSER_ID).approval_withdraw(
                self.env._("Replaced by a newer computation.")
            )

    def action_reject(self):
        """The officer need not submit what the facts do not bear out."""
        self.check_access("write")
        for change in self:
            change._check_open()
            if change.approval_state == "pending":
                raise UserError(
                    self.env._(
                        "%(change)s is under approval: who is asked refuses it there, "
                        "or it is withdrawn first.",
                        change=change.display_name,
                    )
                )
            if not change.reject_reason:
                raise UserError(
                    self.env._(
                        "Reject Reason: say why %(change)s is rejected; the next "
                        "officer who meets the same facts will ask.",
                        change=change.display_name,
                    )
                )
            # sudo: the state is not the officer's to write, rejecting is
            change.sudo()._close("rejected", self.env.user)

    def _check_overrides(self):
        for line in self.line_ids.filtered("override"):
            if not line.override_note or not (
                self.attachment_ids or line.override_until
            ):
                raise UserError(
                    self.env._(
                        "%(partner)s: an override needs the reason, and evidence or "
                        "the day on which it is looked at again.",
                        partner=line.partner_id.display_name,
                    )
                )

    def _close(self, state, user):
        self.write(
            {
                "state": state,
                "decided_by_id": user.id,
                "decided_on": fields.Datetime.now(),
            }
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _apply(self, user):
        """Put the accepted proposal into effect, if its groups are still as they
        were."""
        groups = self.group_id | self.other_group_ids
        groups._lock_version()
        for group in groups:
            if self.versions.get(str(group.id)) != group.version:
                raise UserError(
                    self.env._(
                        "%(group)s has changed since this was proposed: another "
                        "proposal was accepted first. Identify the groups again to see "
                        "what is left to decide.",
                        group=group.name,
                    )
                )
        self.line_ids._apply()
        vals = {"version": self.group_id.version + 1}
        if self.kind != "exemption":
            vals["flags"] = self.flags
        if self.kind == "end":
            vals["state"] = "dissolved"
        elif self.kind != "exemption":
            vals["controller_ids"] = [Command.set(self.controller_after_ids.ids)]
            vals["root_id"] = self.root_id.id or self.group_id.root_id.id
        if self.kind in ("new", "split", "exemption"):
            vals.update(state="confirmed", exempt_reason=False)
        self.group_id.write(vals)
        self.group_id._members_on()._link_parents()
        for other in self.other_group_ids:
            other.version += 1
            if not other._members_on():
                other.write({"state": "dissolved"})
        self._close("accepted", user)
