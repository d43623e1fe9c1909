from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_list


class CreditGroup(models.Model):
    """How the members of a group come about: computed, proposed, accepted."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.group"

    def action_submit(self):
        """Ask for the confirmation of candidates."""
        for group in self:
            if group.state != "candidate":
                raise UserError(
                    self.env._("%(group)s is not a candidate.", group=group.name)
                )
            group._candidate_proposal().approval_submit()

    def _candidate_proposal(self):
        """The open proposal of a candidate; one entered by hand gets its own now."""
        self.check_access("write")
        Change = self.env["credit.group.change"]
        change = Change.search(
            Domain("group_id", "=", self.id)
            & Domain("state", "in", ("proposed", "submitted")),
            limit=1,
        )
        if change:
            return change
        members = self._members_on()
        if len(members) < 2:
            raise UserError(
                self.env._(
                    "%(group)s has fewer than two members: a group takes two.",
                    group=self.name,
                )
            )
        # sudo: proposals are made by the system, here at the officer's request
        return Change.sudo()._propose_candidate(self.sudo()).with_env(self.env)

    def _approve_proposal(self):
        """The user's approval of the open proposals; returns the groups that wait for
        that of others."""
        for group in self:
            change = self.env["credit.group.change"].search(
                Domain("group_id", "=", group.id)
                & Domain("approval_state", "=", "pending"),
                limit=1,
            )
            if not change:
                raise UserError(
                    self.env._(
                        "%(group)s has not been submitted yet: an officer examines it "
                        "and submits it first.",
                        group=group.name,
                    )
                )
            change.approval_approve()
        return self.filtered(lambda g: g.state == "candidate")

    def action_propose_change(self):
        """A proposal by judgement, for an officer to fill in."""
        self.ensure_one()
        self.check_access("write")
        change = (
            self.env["credit.group.change"]
            # sudo: proposals are made by the system, here at the officer's request
            .sudo()
            .create(
                {
                    "group_id": self.id,
                    "kind": "members",
                    "manual": True,
                    "versions": {str(self.id): self.version},
                    "root_id": self.root_id.id,
                    "controller_before_ids": [Command.set(self.controller_ids.ids)],
                    "controller_after_ids": [Command.set(self.controller_ids.ids)],
                    "flags": self.flags,
                }
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": change._name,
            "res_id": change.id,
            "view_mode": "form",
        }

    def _members_on(self, day=None):
        Member = self.env["credit.group.member"]
        return Member.search(
            Member._current_domain(day) & Domain("group_id", "in", self.ids)
        )

    def _kept_out(self):
        """Partner ids that a decision keeps out of the group today."""
        today = fields.Date.context_today(self)
        overrides = self.override_ids.filtered(
            lambda o: not o.review_on or today < o.review_on
        )
        return set(overrides.partner_id.ids)

    def _replace_members(self, plan):
        """A candidate is shown as computed; nobody has decided about it yet."""
        members = {m.partner_id.id: m for m in self._members_on()}
        for node, member in members.items():
            if node not in plan.members and not member._is_held_by_judgement():
                member.unlink()
        self.env["credit.group.member"].create(
            [
                {
                    "group_id": self.id,
                    "partner_id": node,
                    "origin": "computed",
                    **self._member_reason(plan.reasons[node]),
                }
                for node in sorted(plan.members - set(members))
            ]
        )
        self.write(
            {
                "controller_ids": [Command.set(sorted(plan.ultimate))],
                "root_id": plan.root,
                "flags": sorted(plan.flags),
            }
        )
        self._refresh_reasons(plan)

    def _refresh_reasons(self, plan):
        """Figures move without anybody joining or leaving; the reasons follow them."""
        members = self._members_on()
        for member in members.filtered(lambda m: m.origin == "computed"):
            basis = plan.reasons.get(member.partner_id.id)
            if basis and basis != member.basis:
                member.write(self._member_reason(basis))
        members._link_parents()

    @api.model
    def _member_reason(self, basis):
        return {
            "basis": basis,
            "criterion": str(min(basis["criteria"] or [4])),
            "sequence": 10 * (basis.get("step", 8) + 1),
        }

    def _lock_version(self):
        """Wait for whoever decides about the same groups, then see their version.

        Had they committed meanwhile, the database refuses and the request starts anew.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM credit_group WHERE id IN %s ORDER BY id"
                " FOR NO KEY UPDATE",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["version"])

    def action_identify(self):
        """Compute the groups around everything that changed in this company."""
        self.check_access("create")
        groups, done = self.env["credit.identification"]._identify_now(self.env.company)
        if not done:
            message = self.env._(
                "%(count)s proposals so far; the rest is computed in the background.",
                count=len(groups),
            )
        elif groups:
            message = self.env._(
                "%(count)s proposals: %(names)s.",
                count=len(groups),
                names=format_list(self.env, groups[:5].mapped("name")),
            )
        else:
            message = self.env._("The groups agree with the confirmed relations.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if groups else "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
