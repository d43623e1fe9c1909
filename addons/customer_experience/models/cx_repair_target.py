from datetime import UTC, timedelta

from odoo import api, fields, models


class CxRepairTarget(models.Model):
    """How soon somebody is on site, the repair is done, the owner is called back."""

    _name = "cx.repair.target"
    _description = "Time Limit of Repairs"
    _order = "step, is_urgent desc, date_from desc, id"
    _rec_name = "step"

    step = fields.Selection(
        selection=[
            ("respond", "On site with an opinion"),
            ("repair", "Repair"),
            ("callback", "Call-back"),
        ],
        required=True,
    )
    is_urgent = fields.Boolean(
        string="Urgent", help="Limit of urgent defects; without it, of the others."
    )
    minutes = fields.Integer(required=True, help="30 minutes, 24 hours = 1440, …")
    hours_text = fields.Char(string="Limit", compute="_compute_hours_text")
    is_working_time = fields.Boolean(
        string="Working Time",
        help="Counts the working hours of the company only. Otherwise the clock runs "
        "day and night.",
    )
    date_from = fields.Date(string="Reported From", required=True, default="2000-01-01")
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: for every company."
    )
    source = fields.Char()
    is_verified = fields.Boolean(
        string="Verified", help="Somebody has compared it with the source."
    )

    _step_uniq = models.UniqueIndex(
        "(step, is_urgent, date_from, COALESCE(company_id, 0))",
        "There is already a limit for this step from that day on.",
    )
    _minutes_check = models.Constraint(
        "CHECK(minutes BETWEEN 1 AND 525600)",
        "A time limit is at least a minute and at most a year.",
    )

    @api.depends("minutes")
    @api.depends_context("lang")
    def _compute_hours_text(self):
        for target in self:
            hours, minutes = divmod(target.minutes, 60)
            target.hours_text = (
                self.env._("%(hours)s h", hours=hours)
                if hours and not minutes
                else self.env._("%(minutes)s min", minutes=target.minutes)
            )

    @api.model
    def _deadline(self, company, step, urgent, start):
        """When the step is due, in UTC as fields hold it; no moment without a limit."""
        # sudo: a limit is the same for whoever reports the defect
        target = self.sudo().search(
            [
                ("step", "=", step),
                ("is_urgent", "=", urgent),
                ("company_id", "in", (False, company.id)),
                ("date_from", "<=", start.date()),
            ],
            order="date_from desc, company_id, id",
            limit=1,
        )
        if not target:
            return False
        # sudo: the company's working hours, whoever asks
        calendar = company.sudo().resource_calendar_id
        if target.is_working_time and calendar:
            worktime = calendar._get_worktime(company)
            end = worktime.add(start.replace(tzinfo=UTC), target.minutes * 60)
            return end.replace(tzinfo=None)
        return start + timedelta(minutes=target.minutes)
