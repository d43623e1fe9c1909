from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .cx_touchpoint import OPEN_STATES


class CxDay(models.AbstractModel):
    """What waits for a customer manager, an engineer or a clerk of the property
    service today."""

    _name = "cx.day"
    _inherit = ["day.board"]
    _description = "What Waits in Touchpoints"

    @api.model
    def _headings(self):
        return [
            *super()._headings(),
            *self._touchpoint_headings(),
            self._followups(),
            self._phone_surveys(),
            *self._defect_headings(),
        ]

    def _own(self):
        return Domain("user_id", "=", self.env.uid)

    # touchpoints

    def _touchpoint_headings(self):
        today = fields.Date.context_today(self)
        late = Domain("date_due", "<", today)
        now = Domain("date_due", "=", today)
        week = Domain("date_due", ">", today)
        week &= Domain("date_due", "<=", today + timedelta(days=7))
        return [
            self._touchpoints("late", self.env._("Overdue"), late, tone="danger"),
            self._touchpoints("today", self.env._("Due today"), now, tone="warning"),
            self._touchpoints("week", self.env._("Due within a week"), week),
        ]

    def _touchpoints(self, key, label, when, **more):
        def entry(touchpoint):
            return {
                "title": touchpoint.name,
                "subtitle": self._line(
                    touchpoint.partner_id.name,
                    touchpoint.phone,
                    touchpoint.phase_id.display_name,
                    touchpoint.batch_id.name,
                ),
                "day": fields.Date.to_string(touchpoint.date_due),
            }

        return self._heading(
            key,
            label,
            "cx.touchpoint",
            self._own() & Domain("state", "in", OPEN_STATES) & when,
            "date_due, id",
            entry,
            **more,
        )

    # customers to be called

    def _followups(self):
        def entry(followup):
            return {
                "title": self._line(followup.partner_id.name, followup.phone),
                "subtitle": followup.reason or "",
                "due": fields.Datetime.to_string(followup.deadline),
            }

        return self._heading(
            "followups",
            self.env._("Dissatisfied customers to call"),
            "cx.followup",
            self._own() & Domain("state", "=", "open"),
            "deadline, id",
            entry,
            tone="warning",
        )

    def _phone_surveys(self):
        def entry(request):
            return {
                "title": self._line(request.partner_id.name, request.phone),
                # sudo: the title of a survey is no secret
                "subtitle": request.survey_id.sudo().title,
                "due": fields.Datetime.to_string(request.deadline) or False,
            }

        return self._heading(
            "surveys",
            self.env._("To be asked on the phone"),
            "cx.survey.request",
            self._own()
            & Domain("channel", "=", "phone")
            & Domain("status", "in", ("new", "no_answer")),
            "deadline, id",
            entry,
        )

    # defects

    def _defect_headings(self):
        uid = self.env.uid
        return [
            self._defects(
                "dispatch",
                self.env._("Defects to dispatch"),
                Domain("state", "=", "new")
                & Domain("dispatch_dept_id.manager_id.user_id", "=", uid),
            ),
            self._defects(
                "repair",
                self.env._("Defects to repair"),
                self._own() & Domain("state", "in", ("dispatched", "onsite")),
            ),
            self._defects(
                "callback",
                self.env._("Owners to call back"),
                Domain("state", "=", "accepted")
                & Domain("phase_id.customer_manager_id", "=", uid),
            ),
        ]

    def _defects(self, key, label, domain):
        def entry(defect):
            return {
                "title": self._line(defect.unit_id.name, defect.title),
                "subtitle": self._line(
                    self.env._("Urgent") if defect.is_urgent else "",
                    defect.partner_id.name,
                    defect.phone,
                    defect.room,
                ),
                "due": fields.Datetime.to_string(defect.due_at) or False,
            }

        return self._heading(key, label, "cx.defect", domain, "due_at, id", entry)
