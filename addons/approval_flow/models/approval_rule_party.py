from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ApprovalRuleParty(models.Model):
    _name = "approval.rule.party"
    _description = "Approval Rule Party"
    _order = "step_id, sequence, id"

    step_id = fields.Many2one(
        "approval.rule.step", required=True, ondelete="cascade", index=True
    )
    model_id = fields.Many2one(related="step_id.rule_id.model_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Label", help="How the party is called on the review sheet."
    )
    kind = fields.Selection(
        [
            ("group", "Role"),
            ("user", "Person"),
            ("department", "Manager of a department"),
            ("requester", "Manager of the requester's department"),
            ("field", "Person in a field of the document"),
        ],
        required=True,
        default="group",
    )
    group_id = fields.Many2one("res.groups", string="Role", ondelete="restrict")
    every_member = fields.Boolean(
        string="Each Member Votes",
        help="Each member of the role is a party of its own, as on a committee. "
        "Otherwise one member answers for all.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=[("share", "=", False)],
        ondelete="restrict",
    )
    department_id = fields.Many2one("hr.department", ondelete="restrict")
    field_id = fields.Many2one(
        "ir.model.fields",
        string="Field of the Document",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), "
        "('relation', 'in', ('res.users', 'hr.employee', 'hr.department'))]",
        help="A department stands for its manager.",
    )
    aspect_ids = fields.Many2many(
        "approval.aspect",
        string="Aspects",
        help="The party answers yes, no or conditional on each. A condition counts "
        "as no until it is ticked as met.",
    )

    @api.constrains("kind", "group_id", "user_id", "department_id", "field_id")
    def _check_target(self):
        names = {"group": "group_id", "user": "user_id", "department": "department_id"}
        names["field"] = "field_id"
        for party in self:
            name = names.get(party.kind)
            if name and not party[name]:
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s”: fill in “%(field)s” of the party.",
                        step=party.step_id.name,
                        field=self._fields[name]._description_string(self.env),
                    )
                )

    @api.depends("name", "kind", "group_id", "user_id", "department_id", "field_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for party in self:
            target = (
                party.group_id.name
                or party.user_id.name
                or party.department_id.name
                or party.field_id.field_description
            )
            party.display_name = party.name or target or kinds.get(party.kind)

    def _fault(self):
        """What keeps this party from being asked, whatever the document; or False."""
        if self.kind in ("requester", "field"):
            return False
        users = getattr(self, f"_users_of_{self.kind}")(None, None)
        if any(user.active and not user.share for user in users):
            return False
        return str(self._resolve_error(None, users))

    def _resolve(self, record, requester):
        """The seats of this party on ``record``: pairs of label and users."""
        self.ensure_one()
        users = getattr(self, f"_users_of_{self.kind}")(record, requester)
        left = users.filtered(lambda user: not user.active or user.share)
        users -= left
        if not users:
            raise self._resolve_error(record, left)
        if self.kind == "group" and self.every_member:
            return [(user.name, user) for user in users]
        return [(self.display_name, users)]

    def _users_of_group(self, record, requester):
        return self.group_id.with_context(active_test=False).all_user_ids

    def _users_of_user(self, record, requester):
        return self.user_id

    def _users_of_department(self, record, requester):
        return self.department_id.with_context(active_test=False).manager_id.user_id

    def _users_of_requester(self, record, requester):
        employees = requester.with_context(active_test=False).employee_ids
        company = record._approval_company()
        department = employees.filtered(
            lambda e: e.company_id == company
        ).department_id[:1]
        # the head of a department answers to the one above
        while department and department.manager_id.user_id == requester:
            department = department.parent_id
        return department.manager_id.user_id

    def _users_of_field(self, record, requester):
        return self.step_id._users_in(record[self.field_id.name])

    def _resolve_error(self, record, left):
        values = {
            "rule": self.step_id.rule_id.name,
            "step": self.step_id.name,
            "party": self.display_name,
            "record": record and record.display_name,
            "names": ", ".join(left.mapped("name")),
        }
        if left:
            return UserError(
                self.env._(
                    "Rule “%(rule)s”, step “%(step)s”, party “%(party)s” names "
                    "%(names)s, whose user is archived or not an employee's. Choose "
                    "somebody else in the rule (or in the document's field).",
                    **values,
                )
            )
        if self.kind == "field":
            return UserError(
                self.env._(
                    "“%(record)s” names nobody in the field “%(field)s”, who decides "
                    "step “%(step)s” of rule “%(rule)s”. Fill it in, then submit "
                    "again.",
                    field=self.field_id.field_description,
                    **values,
                )
            )
        return UserError(
            self.env._(
                "Rule “%(rule)s”, step “%(step)s”: no user stands behind the party "
                "“%(party)s”. Give the role a member, or the department a manager "
                "with a user, then submit again.",
                **values,
            )
        )
