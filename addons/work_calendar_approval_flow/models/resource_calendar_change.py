from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .resource_calendar_exception import APPROVED


class ResourceCalendarChange(models.Model):
    """Rest and make-up days to be entered, changed or removed once approved."""

    _name = "resource.calendar.change"
    _description = "Working Calendar Change"
    _inherit = ["mail.thread", "mail.activity.mixin", "approval.mixin"]
    _order = "id desc"

    _approval_fields = ("name", "calendar_id", "reason", "line_ids")
    _approval_unlocked_fields = ("active",)

    name = fields.Char(string="Subject", required=True, tracking=True)
    active = fields.Boolean(default=True)
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Calendar",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("schedule_type", "=", "fully_fixed")],
        default=lambda self: self.env[
            "resource.calendar.exception"
        ]._default_calendar_id(),
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        index=True,
        help="Of the calendar; of who entered the change if companies share it.",
    )
    reason = fields.Text(help="The notice or decision that the change follows from")
    line_ids = fields.One2many(
        comodel_name="resource.calendar.change.line",
        inverse_name="change_id",
        string="Days",
        copy=True,
    )
    day_count = fields.Integer(compute="_compute_day_count", string="Number of Days")
    applied_on = fields.Datetime(readonly=True, copy=False)

    @api.depends("calendar_id")
    def _compute_company_id(self):
        for change in self:
            owner = change.calendar_id.company_id
            change.company_id = owner or change.company_id or self.env.company

    @api.depends("line_ids")
    def _compute_day_count(self):
        counts = dict(
            self.env["resource.calendar.change.line"]._read_group(
                [("change_id", "in", self.ids)], ["change_id"], ["__count"]
            )
        )
        for change in self:
            change.day_count = counts.get(change._origin, 0)

    @api.model
    def _needed_for(self, calendars):
        """Those of ``calendars`` whose days change only through an approved change."""
        today = fields.Date.context_today(self)
        domain = Domain("model", "=", self._name)
        domain &= Domain("date_from", "=", False) | Domain("date_from", "<=", today)
        domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        # which rules there are concerns everybody who edits a day
        rules = self.env["approval.rule"].sudo().search(domain)
        if not rules:
            return calendars.browse()
        everywhere = any(not rule.company_id for rule in rules)
        # a calendar that companies share follows the strictest of them
        return calendars.filtered(
            lambda calendar: (
                everywhere
                or not calendar.company_id
                or calendar.company_id in rules.company_id
            )
        )

    # ------------------------------------------------------------
    # APPROVAL
    # ------------------------------------------------------------

    def _approval_before_submit(self):
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "Enter the days that change in “%(change)s” before you submit it.",
                    change=self.name,
                )
            )

    def _approval_approved(self, request):
        """Enter the approved days, whatever the calendar says about them by then."""
        days = self.env["resource.calendar.exception"].with_context(
            calendar_change=APPROVED
        )
        there = {
            day.date: day
            for day in days.search([("calendar_id", "=", self.calendar_id.id)])
        }
        new = []
        for line in self.line_ids:
            day = there.get(line.date, days)
            if line.kind == "remove":
                day.unlink()
            elif day:
                day.write(line._day_values())
            else:
                new.append({**line._day_values(), "calendar_id": self.calendar_id.id})
        days.create(new)
        self.applied_on = fields.Datetime.now()

    def action_view_days(self):
        """The days of the calendar."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "work_calendar.resource_calendar_exception_action"
        )
        return {**action, "context": self.calendar_id._get_days_context()}
