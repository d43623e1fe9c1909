import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

OPEN = ("proposed", "submitted")
# What an officer may enter on an open proposal; everything else follows from the facts.
ENTERED_FIELDS = {"line_ids", "note", "reject_reason", "attachment_ids"}


class CreditGroupChange(models.Model):
    """What the facts would change about a group: for a person to accept, to override
    line by line, or to reject with a reason."""

    _name = "credit.group.change"
    _description = "Proposed Change of a Group"
    _inherit = ["mail.thread", "mail.activity.mixin", "approval.mixin"]
    _order = "id desc"
    _rec_name = "display_name"

    _approval_fields = (
        "group_id",
        "kind",
        "line_ids",
        "other_group_ids",
        "controller_after_ids",
        "root_id",
        "note",
        "attachment_ids",
    )
    # Follows from the decision, or from a newer computation.
    _approval_unlocked_fields = (
        "state",
        "submitted_by_id",
        "submitted_on",
        "decided_by_id",
        "decided_on",
        "reject_reason",
    )

    group_id = fields.Many2one(
        "credit.group", required=True, index=True, ondelete="restrict", readonly=True
    )
    kind = fields.Selection(
        [
            ("new", "New Group"),
            ("split", "Split Off"),
            ("merge", "Merger"),
            ("members", "Members Change"),
            ("controller", "Controller Changes"),
            ("end", "No Longer a Group"),
            ("exemption", "Exemption to Re-examine"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    manual = fields.Boolean("By Judgement", readonly=True)
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("submitted", "Submitted"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("superseded", "Superseded"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    line_ids = fields.One2many(
        "credit.group.change.line", "change_id", string="Members"
    )
    other_group_ids = fields.Many2many(
        "credit.group",
        string="Other Groups Concerned",
        readonly=True,
        help="Groups that merge into this one, or that lose members to it.",
    )
    controller_before_ids = fields.Many2many(
        "res.partner",
        "credit_group_change_before_rel",
        string="Controllers So Far",
        readonly=True,
    )
    controller_after_ids = fields.Many2many(
        "res.partner",
        "credit_group_change_after_rel",
        string="Controllers Now",
        readonly=True,
    )
    root_id = fields.Many2one("res.partner", string="Core Company", readonly=True)
    flags = fields.Json(readonly=True)
    flag_text = fields.Text("To Examine", compute="_compute_flag_text")
    versions = fields.Json(
        readonly=True,
        help="State of the groups concerned that the proposal was computed from.",
    )
    fingerprint = fields.Char(
        readonly=True, help="The same proposal, once rejected, is not made again."
    )
    note = fields.Text("Examination")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")
    reject_reason = fields.Text()
    submitted_by_id = fields.Many2one("res.users", readonly=True)
    submitted_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, tracking=True)
    decided_on = fields.Datetime(readonly=True)
    manager_id = fields.Many2one(related="group_id.manager_id", store=True)
    company_id = fields.Many2one(related="group_id.company_id", store=True, index=True)

    # Serves "is there an open proposal for this group" on every computation.
    _open_idx = models.Index("(group_id) WHERE state IN ('proposed', 'submitted')")

    @api.depends("group_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for change in self:
            change.display_name = f"{change.group_id.name} · {labels[change.kind]}"

    @api.depends("flags")
    @api.depends_context("lang")
    def _compute_flag_text(self):
        texts = self.env["credit.group"]._flag_texts()
        for change in self:
            change.flag_text = "\n".join(
                texts[flag] for flag in change.flags or [] if flag in texts
            )

    def write(self, vals):
        if not self.env.su:
            if set(vals) - ENTERED_FIELDS - set(self._mail_fields()):
                raise UserError(
                    self.env._(
                        "A proposal follows from the facts. Enter your examination, "
                        "the "
                        "evidence and overrides; to change anything else, mend the "
                        "relations."
                    )
                )
            if ENTERED_FIELDS & set(vals):
                self._check_open()
        return super().write(vals)

    @api.model
    def _mail_fields(self):
        return [n for n in self._fields if n.startswith(("message_", "activity_"))]

    def _check_open(self):
        for change in self:
            if change.state not in OPEN:
                labels = dict(self._fields["state"]._description_selection(self.env))
                decided_by = change.decided_by_id.name
                raise UserError(
                    self.env._(
                        "%(change)s is already decided: %(state)s, %(by)s. Open the "
                        "group to see where it stands now.",
                        change=change.display_name,
                        state=labels[change.state],
                        by=decided_by or self.env._("by a newer computation"),
                    )
                )

    # Proposing

    @api.model
    def _propose(self, group, plan, others):
        """Put down what ``plan`` changes about ``group``; returns the group if there is
        anything to decide. ``others`` are groups that lose members to it."""
        if group.state == "candidate":
            group._replace_members(plan)
            return self._propose_candidate(group).group_id
        lines = self._diff_lines(group, plan, others)
        kind = "merge" if others else "members"
        group._refresh_reasons(plan)
        before, after = set(group.controller_ids.ids), set(plan.ultimate)
        moved = group.state != "candidate" and before != after
        if not lines and moved:
            kind = "controller"
        if not lines and not moved:
            group.write({"flags": sorted(plan.flags)})
            self._supersede(group)
            return group.browse()
        change = self._put(
            group,
            {
                "kind": kind,
                "line_ids": [Command.create(line) for line in lines],
                "other_group_ids": [Command.set(others.ids)],
                "controller_before_ids": [Command.set(sorted(before))],
                "controller_after_ids": [Command.set(sorted(after))],
                "root_id": plan.root,
                "flags": sorted(plan.flags),
            },
            others,
        )
        return change.group_id

    @api.model
    def _propose_candidate(self, group):
        """A candidate's proposal: all its members, wherever they are now."""
        members = group._members_on()
        others = (
            self.env["credit.group.member"]
            .search(
                self.env["credit.identification"]._open_member_domain(
                    group.company_id or self.env.company
                )
                & Domain("partner_id", "in", members.partner_id.ids)
                & Domain("group_id.state", "in", ("confirmed", "exempt"))
            )
            .group_id
        )
        if group.kind != "ownership":
            others = others.browse()
        lines = [
            self._prepare_line("add", m.partner_id.id, m.basis, others) for m in members
        ]
        return self._put(
            group,
            {
                "kind": "split" if others else "new",
                "line_ids": [Command.create(line) for line in lines],
                "other_group_ids": [Command.set(others.ids)],
                "controller_after_ids": [Command.set(group.controller_ids.ids)],
                "root_id": group.root_id.id,
                "flags": group.flags,
            },
            others,
        )

    @api.model
    def _propose_exemption(self, group, flag, facts):
        """The exemption no longer rests on the facts, whose ids are given: once
        rejected it is proposed again only on other facts."""
        vals = {"kind": "exemption", "line_ids": [], "flags": [flag]}
        return self._put(group, vals, group.browse(), facts)

    @api.model
    def _propose_end(self, group):
        """Nothing holds the group together any more."""
        members = group._members_on()
        kept = members.filtered(lambda m: m._is_held_by_judgement())
        if len(kept) > 1:  # people hold it together
            return group.browse()
        if group.state == "candidate":
            self._supersede(group)
            group.state = "dissolved"
            return group.browse()
        if not members:
            return group.browse()
        lines = [
            self._prepare_line("remove", m.partner_id.id, m.basis, group.browse())
            for m in members - kept
        ]
        change = self._put(
            group,
            {"kind": "end", "line_ids": [Command.create(line) for line in lines]},
            group.browse(),
        )
        return change.group_id

    @api.model
    def _diff_lines(self, group, plan, others):
        members = group._members_on()
        now = {m.partner_id.id: m for m in members}
        kept_out = group._kept_out()
        lines = [
            self._prepare_line("add", node, plan.reasons[node], others)
            for node in sorted(plan.members - set(now) - kept_out)
        ]
        for node, member in now.items():
            if node not in plan.members and not member._is_held_by_judgement():
                lines.append(
                    self._prepare_line("remove", node, member.basis, group.browse())
                )
        return lines

    @api.model
    def _prepare_line(self, action, node, basis, others):
        criteria = (basis or {}).get("criteria") or [4]
        came_from = others.filtered(lambda g: node in g._members_on().partner_id.ids)
        return {
            "action": action,
            "partner_id": node,
            "criterion": str(min(criteria)),
            "basis": basis,
            "from_group_id": came_from[:1].id,
        }

    @api.model
    def _put(self, group, vals, others, because=()):
        """Create the proposal, unless it is open already or was rejected as it is.

        ``because`` are ids of facts that make it another proposal.
        """
        facts = [
            vals["kind"],
            sorted(
                [line[2]["action"], line[2]["partner_id"]] for line in vals["line_ids"]
            ),
            vals.get("controller_after_ids", [()])[0][2:],
            sorted(others.ids),
            sorted(because),
        ]
        text = json.dumps(facts, default=list)
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        vals["fingerprint"] = fingerprint
        own = self.search([("group_id", "=", group.id)], order="id desc")
        current = own.filtered(lambda c: c.state in OPEN)
        versions = {str(g.id): g.version for g in group | others}
        for change in current:
            if change.fingerprint == fingerprint and change.versions == versions:
                return self.browse()
        last = own.filtered(lambda c: c.state in ("accepted", "rejected"))[:1]
        if last.state == "rejected" and last.fingerprint == fingerprint:
            return self.browse()
        self._supersede(group, vals["kind"] == "exemption")
        change = self.create({**vals, "group_id": group.id, "versions": versions})
        change._call_manager()
        return change

    @api.model
    def _supersede(self, group, exemption=False):
        """Close what a newer computation replaces; judgements of people stay."""
        stale = self.search(
            [
                ("group_id", "=", group.id),
                ("state", "in", OPEN),
                ("manual", "=", False),
                ("kind", "=" if exemption else "!=", "exemption"),
            ]
        )
        stale.write({"state": "superseded", "decided_on": fields.Datetime.now()})
        stale.activity_unlink(["mail.mail_activity_data_todo"])
        stale._withdraw_superseded()

    def _call_manager(self):
        """A to-do for whoever looks after the group; new groups wait in the list."""
        user = self.group_id.manager_id
        if not user:
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.with_context(lang=user.lang).display_name,
            user_id=user.id,
        )
