from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import flow


class ApprovalRuleStep(models.Model):
    _name = "approval.rule.step"
    _description = "Approval Rule Step"
    _order = "rule_id, override, sequence, id"

    rule_id = fields.Many2one(
        "approval.rule", required=True, ondelete="cascade", index=True
    )
    model_id = fields.Many2one(related="rule_id.model_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    party_ids = fields.One2many(
        "approval.rule.party", "step_id", string="Parties", copy=True
    )
    mode = fields.Selection(
        [
            ("all", "Every party must agree"),
            ("any", "One party is enough"),
            ("count", "A number of parties must agree"),
        ],
        required=True,
        default="all",
    )
    count = fields.Integer(string="Number to Agree", default=1)
    parallel = fields.Boolean(
        string="Ask All at Once",
        default=True,
        help="Otherwise the parties are asked one after the other, in their order.",
    )
    if_refused = fields.Selection(
        [
            ("end", "The request is refused"),
            ("next", "The next step decides, knowing the refusal"),
        ],
        string="When Refused",
        required=True,
        default="end",
    )
    override = fields.Boolean(
        string="Override Level",
        help="Asked only when the request would be refused; its word is final.",
    )

    # four eyes
    differ_requester = fields.Boolean(string="Not the Requester", default=True)
    differ_previous = fields.Boolean(string="Not Who Decided Before", default=True)
    differ_field_ids = fields.Many2many(
        "ir.model.fields",
        string="Nor the Persons in",
        domain="[('model_id', '=', model_id), "
        "('relation', 'in', ('res.users', 'hr.employee', 'res.partner'))]",
        help="Fields of the document: whoever they name has no say, for example the "
        "person complained about.",
    )
    delegate_allowed = fields.Boolean(string="Substitutes May Decide", default=True)

    # time
    time_limit = fields.Float(
        string="Time Limit (Working Hours)", help="Zero means no limit."
    )
    remind_after = fields.Float(
        string="Remind After (Working Hours)", help="Zero means no reminder."
    )
    escalation_user_ids = fields.Many2many(
        "res.users",
        string="Escalate To",
        domain=[("share", "=", False)],
        help="May decide as well once the time limit is over, or when nobody is left "
        "who may decide.",
    )

    _check_count = models.Constraint(
        "CHECK (mode != 'count' OR count > 0)",
        "“Number to Agree” must be at least one.",
    )
    _check_hours = models.Constraint(
        "CHECK (time_limit >= 0 AND remind_after >= 0)", "Hours cannot be negative."
    )

    @api.constrains("override", "rule_id")
    def _check_override(self):
        for rule in self.rule_id:
            steps = rule.step_ids
            if len(steps.filtered("override")) > 1 or (
                steps and all(steps.mapped("override"))
            ):
                raise ValidationError(
                    self.env._(
                        "Rule “%(rule)s” needs at least one ordinary step and at most "
                        "one override level.",
                        rule=rule.name,
                    )
                )

    # ------------------------------------------------------------
    # RESOLUTION
    # ------------------------------------------------------------

    def _excluded(self, record, requester):
        """Who has no say in this step, whatever the parties are."""
        users = requester if self.differ_requester else self.env["res.users"]
        for field in self.differ_field_ids:
            users |= self._users_in(record[field.name])
        return users

    @api.model
    def _users_in(self, value):
        """The users behind the records of a relational field."""
        # archived users count: who left is still the person concerned
        value = value.sudo().with_context(active_test=False)
        return {
            "res.users": lambda: value,
            "hr.employee": lambda: value.user_id,
            "hr.department": lambda: value.manager_id.user_id,
            "res.partner": lambda: value.user_ids,
        }[value._name]()

    def _resolve(self, record, requester, spent):
        """The values of the request's step, with its parties.

        :param spent: users who are certain to decide an earlier step
        """
        self.ensure_one()
        excluded = self._excluded(record, requester)
        barred = excluded | spent if self.differ_previous else excluded
        seats, reasons = [], {}
        for party in self.party_ids:
            for label, users in party._resolve(record, requester):
                why = self._why_not_eligible(record, users, barred)
                reasons |= {user: reason for user, reason in why.items() if reason}
                left = users.filtered(lambda user, why=why: not why[user])
                if left:
                    seats.append((party, label, left))
                elif self.mode == "all" and not party.every_member:
                    raise self._nobody_left(record, label, why)
        needed = flow.votes_needed(self.mode, self.count, len(seats))
        if (
            not seats
            or flow.seats_filled([users.ids for __, __, users in seats]) < needed
        ):
            raise self._nobody_left(record, self.name, reasons)
        return {
            **self._copied_values(),
            "needed": needed,
            "wait_all": self.if_refused == "next" or bool(self.party_ids.aspect_ids),
            "excluded_user_ids": [fields.Command.set(excluded.ids)],
            "escalation_user_ids": [fields.Command.set(self.escalation_user_ids.ids)],
            "parties": [
                {
                    "sequence": number,
                    "name": label,
                    "user_ids": [fields.Command.set(users.ids)],
                    "aspects": party.aspect_ids.mapped("name") or False,
                }
                for number, (party, label, users) in enumerate(seats, 1)
            ],
        }

    def _copied_values(self):
        names = (
            "name",
            "mode",
            "parallel",
            "if_refused",
            "override",
            "differ_previous",
            "delegate_allowed",
            "time_limit",
            "remind_after",
        )
        return {name: self[name] for name in names}

    def _why_not_eligible(self, record, users, barred):
        """For each of ``users`` why they may not decide, empty when they may."""
        company = record._approval_company()
        reasons = {}
        for user in users:
            reasons[user] = ""
            if user in barred:
                reasons[user] = self.env._("excluded by four eyes")
            elif company not in user.company_ids:
                reasons[user] = self.env._(
                    "has no access to %(company)s", company=company.name
                )
            elif not record.with_user(user).has_access("read"):
                reasons[user] = self.env._("may not open the document")
        return reasons

    def _nobody_left(self, record, party, reasons):
        return UserError(
            self.env._(
                "Rule “%(rule)s”, step “%(step)s”, party “%(party)s”: too few people "
                "are left who may decide on “%(record)s” (%(reasons)s). Ask an "
                "approvals manager to add another person to the step.",
                rule=self.rule_id.name,
                step=self.name,
                party=party,
                record=record.display_name,
                reasons="; ".join(
                    f"{user.name}: {why}" for user, why in reasons.items()
                )
                or self.env._("the parties are too few"),
            )
        )
