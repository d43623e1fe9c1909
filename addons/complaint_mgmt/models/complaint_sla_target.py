from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .complaint_pause_reason import METRICS

#: Limits that protect life, reputation or a first reaction are never paused.
NEVER_PAUSED = {
    "acknowledge",
    "assess",
    "dispatch",
    "injury",
    "interim",
    "media",
    "promise",
    "sign",
}
#: Limits that start over with nothing: what was done once is done.
NEVER_REOPENED = {"acknowledge", "assess", "dispatch", "injury", "media", "sign"}
#: Limits of an order to a unit; their clocks belong to the order.
UNIT_METRICS = {"answer", "sign"}
#: Limits whose instant is agreed with the customer; their clocks need no policy.
AGREED_METRICS = {"promise"}
CLOCK_UNITS = [
    ("minute", "working minutes"),
    ("workday", "workdays (close of business)"),
    ("calday", "calendar days"),
]


class ComplaintSlaTarget(models.Model):
    _name = "complaint.sla.target"
    _description = "Time Limit"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        comodel_name="complaint.sla.policy",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    metric = fields.Selection(
        selection=[item for item in METRICS if item[0] not in AGREED_METRICS],
        string="What",
        required=True,
    )
    amount = fields.Integer(string="How Much", required=True, default=60)
    unit = fields.Selection(selection=CLOCK_UNITS, required=True, default="minute")
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Own Working Time",
        help="Empty: the working time of the policy. A unit's own working time comes "
        "first for its orders.",
    )
    start_basis = fields.Selection(
        selection=[
            ("received", "Receipt of the complaint"),
            ("now", "When it begins to apply"),
            ("interim", "Interim measure given"),
        ],
        string="Counts from",
        required=True,
        default="received",
    )
    roll = fields.Boolean(
        string="Extend over Rest Days",
        default=True,
        help="Calendar days that end on a rest day end on the next workday.",
    )
    pausable = fields.Boolean(
        help="The limit waits while the customer keeps us waiting."
    )
    reopen_mode = fields.Selection(
        selection=[
            ("none", "Stays done"),
            ("continue", "Runs on"),
            ("floor", "Runs on, with at least 4 working hours"),
            ("restart", "Starts anew"),
        ],
        string="After Reopening",
        required=True,
        default="floor",
    )

    _metric_unique = models.UniqueIndex(
        "(policy_id, metric)", "A policy limits each thing only once."
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A time limit must be at least 1."
    )

    @api.depends("metric", "amount", "unit")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        units = dict(self._fields["unit"]._description_selection(self.env))
        for target in self:
            target.display_name = (
                f"{metrics.get(target.metric, '')}: {target.amount} "
                f"{units.get(target.unit, '')}"
            )

    @api.constrains("pausable", "metric", "reopen_mode")
    def _check_pausable(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for target in self:
            if target.pausable and target.metric in NEVER_PAUSED:
                raise ValidationError(
                    self.env._(
                        "“%(metric)s” is a first reaction and cannot wait for anybody: "
                        "untick “Pausable”.",
                        metric=metrics[target.metric],
                    )
                )
            if target.reopen_mode != "none" and target.metric in NEVER_REOPENED:
                raise ValidationError(
                    self.env._(
                        "“%(metric)s” was done once and for all: choose “Stays done” "
                        "after reopening.",
                        metric=metrics[target.metric],
                    )
                )

    @api.onchange("metric")
    def _onchange_metric(self):
        if self.metric in NEVER_PAUSED:
            self.pausable = False
        if self.metric in NEVER_REOPENED:
            self.reopen_mode = "none"
