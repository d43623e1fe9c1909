from odoo import api, fields, models
from odoo.exceptions import UserError

from .credit_application import STAGES

OFFICER = "group_credit.group_group_credit_officer"
REVIEWER = "group_credit.group_group_credit_reviewer"
ORDER = [stage for stage, _label in STAGES]
# Stages that end with an opinion, and the role that gives it.
OPINION_ROLES = {
    "investigation": OFFICER,
    "review": REVIEWER,
    "deliberation": REVIEWER,
}


class CreditApplication(models.Model):
    """The way of an application, the same for buttons, drag, import and RPC."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.application"

    check_ids = fields.One2many("credit.application.check", "application_id")
    check_progress = fields.Integer("Checklist", compute="_compute_check_progress")
    opinion_ids = fields.One2many(
        "credit.application.opinion", "application_id", readonly=True
    )
    unmet_text = fields.Text("Still Missing", compute="_compute_unmet_text")
    can_opine = fields.Boolean(compute="_compute_can_opine")

    @api.depends("check_ids.result")
    def _compute_check_progress(self):
        for application in self:
            checks = application.check_ids
            answered = checks.filtered("result")
            application.check_progress = (
                100 * len(answered) / len(checks) if checks else 0
            )

    @api.depends(
        "stage", "state", "approval_state", "line_ids", "check_ids", "opinion_ids"
    )
    @api.depends_context("lang", "uid")
    def _compute_unmet_text(self):
        for application in self:
            unmet = application._unmet() if application.state == "open" else []
            application.unmet_text = "\n".join(f"• {line}" for line in unmet)

    @api.depends("stage", "state", "investigator_id", "reviewer_id")
    @api.depends_context("uid")
    def _compute_can_opine(self):
        for application in self:
            application.can_opine = application.state == "open" and not (
                application._why_no_opinion()
            )

    def _fill_checks(self):
        # all of them: the checklist is copied whole
        # pylint: disable-next=no-search-all
        items = self.env["credit.check.item"].search([])
        self.check_ids = [
            fields.Command.create(
                {
                    "item_id": item.id,
                    "name": item.name,
                    "sequence": item.sequence,
                    "mandatory": item.mandatory,
                    "evidence": item.evidence,
                }
            )
            for item in items
        ]

    # Opinions

    def _why_no_opinion(self):
        """Why the user has no say at this stage; empty if they have."""
        role = OPINION_ROLES.get(self.stage)
        if not role:
            return self.env._("No opinion is asked for at this stage.")
        user = self.env.user
        if not user.has_group(role):
            return self.env._(
                "The opinion at this stage takes the role Group Credit / %s.",
                # sudo: users may not read roles, and the name of one is no secret
                self.env.ref(role).sudo().name,
            )
        if self.stage == "investigation" and user != self.investigator_id:
            return self.env._(
                "The investigator, %s, answers for the investigation.",
                self.investigator_id.name,
            )
        if self.stage != "investigation" and user == self.investigator_id:
            return self.env._("You investigated it: somebody else goes on (four eyes).")
        return ""

    def action_opine(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Opinion"),
            "res_model": "credit.application.opine",
            "view_mode": "form",
            "target": "new",
            "context": {"default_application_id": self.id},
        }

    def _opine(self, verdict, text, attachments):
        """Record the user's opinion and go where it leads."""
        self.ensure_one()
        self.check_access("read")
        self._check_open()
        if why := self._why_no_opinion():
            raise UserError(why)
        # sudo: opinions are written by this method alone, and never again
        self.env["credit.application.opinion"].sudo().create(
            {
                "application_id": self.id,
                "round": self.round,
                "stage": self.stage,
                "verdict": verdict,
                "text": text,
                "user_id": self.env.uid,
                "attachment_ids": [fields.Command.set(attachments.ids)],
            }
        )
        if self.stage == "review":
            # sudo: who reviewed follows from who gave the opinion
            self.sudo().reviewer_id = self.env.user
        if verdict == "agree":
            if self.stage == "deliberation":
                self.approval_submit()
            else:
                self._move(ORDER[ORDER.index(self.stage) + 1])
        elif verdict == "return":
            self._return()
        else:
            self._close("refused", text)

    def _current_opinions(self):
        return self.opinion_ids.filtered(
            lambda o: o.stage == self.stage and o.round == self.round
        )

    def _check_open(self):
        for application in self:
            if application.state not in ("open", "effective"):
                raise UserError(
                    self.env._(
                        "%s is closed. Make a new application.",
                        application.display_name,
                    )
                )

    # Moving

    def write(self, vals):
        if "stage" in vals and not self.env.su:
            for application in self.filtered(lambda a: a.stage != vals["stage"]):
                application._move(vals["stage"])
            vals = {name: value for name, value in vals.items() if name != "stage"}
            if not vals:
                return True
        return super().write(vals)

    def _move(self, stage):
        """One step on, or back to the investigation; every other move is refused."""
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        labels = dict(self._fields["stage"]._description_selection(self.env))
        if stage == "investigation" and self.stage in ("review", "deliberation"):
            self._check_may_return()
            return self._return()
        if ORDER.index(stage) != ORDER.index(self.stage) + 1:
            raise UserError(
                self.env._(
                    "%(application)s is at %(from)s and cannot go to %(to)s: it goes "
                    "one step at a time, or back to the investigation as long as it is "
                    "not put to the vote.",
                    application=self.display_name,
                    to=labels.get(stage),
                    **{"from": labels[self.stage]},
                )
            )
        if unmet := self._unmet():
            raise UserError(
                self.env._(
                    "%(application)s cannot go to %(to)s yet:\n%(unmet)s",
                    application=self.display_name,
                    to=labels[stage],
                    unmet="\n".join(f"- {line}" for line in unmet),
                )
            )
        if stage == "approval":
            return self.approval_submit()
        if stage == "usage":
            return self._put_in_effect()
        return self._enter(stage)

    def _enter(self, stage):
        # sudo: the stage is written by a checked move alone
        return self.sudo().write({"stage": stage})

    def _check_may_return(self):
        if not self.env.user.has_group(REVIEWER) and not (
            self.env.user == self.investigator_id
        ):
            raise UserError(
                self.env._(
                    "Only a reviewer or the investigator returns %s to the "
                    "investigation.",
                    self.display_name,
                )
            )

    def _return(self):
        # sudo: the round is counted, and the reviewer named anew
        self.sudo().write({"round": self.round + 1, "reviewer_id": False})
        return self._enter("investigation")

    def _close(self, state, reason):
        # sudo: the state follows from an opinion or decision
        self.sudo().write({"state": state, "close_reason": reason})
        # at once: the next application may be created in the same transaction
        self.flush_recordset(["state"])
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_withdraw(self):
        """The client or the institution gives the request up."""
        self.check_access("write")
        for application in self:
            if application.state != "open" or application.approval_state == "pending":
                raise UserError(
                    self.env._(
                        "%s is in effect, closed, or under approval. Withdraw the "
                        "approval request first.",
                        application.display_name,
                    )
                )
            if not application.close_reason:
                raise UserError(
                    self.env._(
                        "Close Reason: say why %s is withdrawn.",
                        application.display_name,
                    )
                )
            application._close("withdrawn", application.close_reason)

    def action_put_in_effect(self):
        """Open the lines; the button of what dragging to the next stage does."""
        for application in self:
            application._move("usage")

    # What each stage asks for before the next one

    def _unmet(self):
        """What keeps the application from the next stage, in words."""
        self.ensure_one()
        method = getattr(self, f"_unmet_{self.stage}", None)
        return method() if method else []

    def _unmet_opinion(self):
        opinions = self._current_opinions().filtered(lambda o: o.verdict == "agree")
        if opinions:
            return []
        return [self.env._("The opinion of this stage has not been given.")]

    def _unmet_investigation(self):
        missing = []
        if not self.line_ids:
            missing.append(self.env._("No member asks for a limit yet."))
        if not self.purpose:
            missing.append(self.env._("Purpose: say what the credit is used for."))
        if self.group_id.state not in ("confirmed", "exempt"):
            missing.append(self.env._("The group has not been confirmed."))
        if self.kind == "new" and self._group_lines():
            missing.append(
                self.env._("The group has lines already: choose another kind.")
            )
        if self.kind != "new" and not self._group_lines():
            missing.append(self.env._("The group has no lines yet: choose “New”."))
        return missing + self.check_ids._unmet() + self._unmet_opinion()

    def _unmet_review(self):
        return self._unmet_opinion()

    def _unmet_deliberation(self):
        return self._unmet_terms() + self._unmet_opinion()

    def _unmet_approval(self):
        return [self.env._("It goes on by approval alone.")]

    def _unmet_signing(self):
        missing = []
        if not self.contract_no or not self.signed_on:
            missing.append(
                self.env._("Contract No., Signed On: register the signed contract.")
            )
        if self.conditions and not self.conditions_met:
            missing.append(self.env._("Conditions Met: confirm that they are."))
        return missing

    def _unmet_usage(self):
        if any(line.used or line.outstanding for line in self._group_lines()):
            return []
        return [self.env._("Nothing has been drawn on the lines yet.")]
