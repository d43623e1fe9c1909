from odoo import api, fields, models

from .complaint_case import CHANNELS
from .complaint_type import SEVERITIES


class ComplaintSlaPolicy(models.Model):
    _name = "complaint.sla.policy"
    _description = "Time Limit Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10,
        help="If several policies limit the same thing, the first one counts.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: holds for all companies."
    )
    type_ids = fields.Many2many(
        comodel_name="complaint.type",
        string="Types",
        help="With their subtypes. Empty: all types.",
    )
    severity = fields.Selection(
        selection=SEVERITIES, help="Empty: whatever the severity."
    )
    channel = fields.Selection(selection=CHANNELS, help="Empty: whatever the channel.")
    team_ids = fields.Many2many(
        comodel_name="complaint.team", string="Teams", check_company=True
    )
    process_ids = fields.Many2many(
        comodel_name="complaint.process",
        relation="complaint_process_complaint_sla_policy_rel",
        help="Empty: whatever the process.",
    )
    injury = fields.Boolean(string="Only if Somebody Is Hurt")
    media = fields.Boolean(string="Only if the Press Is Involved")
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Time",
        check_company=True,
        help="Empty: the working time of the company.",
    )
    regrade_grace_min = fields.Integer(
        string="Grace after a Change (Minutes)",
        default=240,
        help="If a complaint is graded higher and the shorter limit has already "
        "passed, so many working minutes are left.",
    )
    source = fields.Char(
        help="The rule it follows: a law, a standard, your own procedure."
    )
    target_ids = fields.One2many(
        comodel_name="complaint.sla.target",
        inverse_name="policy_id",
        string="Time Limits",
        copy=True,
    )
    escalation_ids = fields.One2many(
        comodel_name="complaint.escalation.rule",
        inverse_name="policy_id",
        copy=True,
    )

    def _fits(self, case):
        """Whether the policy holds for a complaint."""
        self.ensure_one()
        if self.company_id and self.company_id != case.company_id:
            return False
        return (
            (not self.severity or self.severity == (case.severity or "normal"))
            and (not self.channel or self.channel == case.channel)
            and (not self.injury or case.injury == "yes")
            and (not self.media or case.media == "yes")
            and (not self.team_ids or case.team_id in self.team_ids)
            and (not self.process_ids or case.process_id in self.process_ids)
            and (not self.type_ids or self._covers(case.type_id))
        )

    def _covers(self, complaint_type):
        path = complaint_type.parent_path or ""
        above = {int(part) for part in path.split("/") if part}
        return bool(above.intersection(self.type_ids.ids))

    @api.model
    def _targets_of(self, cases):
        """Case -> its targets, one for each thing that is limited.

        Complaints that agree in all that a policy looks at are judged once.
        """
        # sudo: which limits hold is the same for everybody
        # pylint: disable-next=no-search-all
        policies = self.sudo().search([])
        found, result = {}, {}
        # sudo: as above
        for case in cases.sudo():
            key = (
                case.company_id,
                case.type_id,
                case.severity,
                case.channel,
                case.injury,
                case.media,
                case.team_id,
                case.process_id,
            )
            if key not in found:
                chosen = {}
                for policy in policies:
                    if policy._fits(case):
                        for target in policy.target_ids:
                            chosen.setdefault(target.metric, target)
                found[key] = list(chosen.values())
            result[case.id] = found[key]
        return result
