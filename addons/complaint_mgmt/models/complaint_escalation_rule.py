from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import clock as engine
from .complaint_pause_reason import METRICS

RECIPIENTS = [
    ("handler", "Handler"),
    ("department", "Head of the department"),
    ("leader", "Team leader"),
    ("supervisors", "Supervisors"),
    ("user", "A certain person"),
]


class ComplaintEscalationRule(models.Model):
    _name = "complaint.escalation.rule"
    _description = "Escalation Step"
    _order = "policy_id, level, id"

    policy_id = fields.Many2one(
        comodel_name="complaint.sla.policy",
        required=True,
        index=True,
        ondelete="cascade",
    )
    level = fields.Integer(
        required=True,
        default=1,
        help="Steps are taken in this order; after a standstill of the system only the "
        "highest one that is due.",
    )
    metric = fields.Selection(
        selection=METRICS, string="Only for", help="Empty: for every limit."
    )
    offset_kind = fields.Selection(
        selection=[
            ("percent", "% of the time used"),
            ("before", "working minutes before the deadline"),
            ("after", "working minutes after the deadline"),
        ],
        string="When",
        required=True,
        default="percent",
    )
    offset = fields.Integer(required=True, default=75)
    recipient = fields.Selection(selection=RECIPIENTS, required=True, default="handler")
    user_id = fields.Many2one(
        comodel_name="res.users", domain="[('share', '=', False)]"
    )

    _level_unique = models.UniqueIndex(
        "(policy_id, level)", "Each level of escalation occurs once in a policy."
    )
    _level_positive = models.Constraint(
        "CHECK(level > 0)", "Levels of escalation count from 1."
    )

    supervise = fields.Boolean(
        string="Put under Supervision",
        help="The complaint is put under supervision (督办) as well.",
    )

    @api.constrains("offset", "offset_kind", "recipient", "user_id")
    def _check_offset(self):
        for rule in self:
            top = 100 if rule.offset_kind == "percent" else 100_000
            if not 0 <= rule.offset <= top:
                raise ValidationError(
                    self.env._(
                        "“%(offset)s” is out of reason for step %(level)s of the "
                        "escalation: choose 0 to %(top)s.",
                        offset=rule.offset,
                        level=rule.level,
                        top=top,
                    )
                )
            if rule.recipient == "user" and not rule.user_id:
                raise ValidationError(
                    self.env._(
                        "Say whom step %(level)s of the escalation goes to.",
                        level=rule.level,
                    )
                )

    def _due_at(self, work, start, deadline):
        """When the step is due, for a clock with this start and deadline."""
        if self.offset_kind == "percent":
            return engine.advance(work, start, deadline, self.offset)
        sign = -1 if self.offset_kind == "before" else 1
        return work.add(deadline, sign * self.offset * 60)

    def _users(self, case, supervisors):
        """Whom the step goes to: nobody whom the complaint is about.

        :param supervisors: those of each company, filled in as they are needed
        """
        users = {
            "handler": case.user_id or case.first_contact_user_id,
            "department": case.department_id.manager_id.user_id,
            "leader": case.team_id.user_id,
            "user": self.user_id,
        }.get(self.recipient, self.env["res.users"])
        if self.recipient == "supervisors" or not users:
            company = case.company_id
            if company not in supervisors:
                supervisors[company] = case._supervisors()
            users = supervisors[company]
        users = users.filtered("active") - case.respondent_user_ids
        return users or case.team_id.user_id or case.first_contact_user_id
