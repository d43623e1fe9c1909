from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .complaint_clock import OPEN_STATES
from .complaint_insight import OPEN


class ComplaintDay(models.AbstractModel):
    _name = "complaint.day"
    _inherit = ["day.board"]
    _description = "What Waits in Complaints"

    @api.model
    def _headings(self):
        return [
            *super()._headings(),
            *self._case_headings(),
            self._orders(),
            self._acceptances(),
            self._callbacks(),
            self._measures(),
        ]

    # ------------------------------------------------------------
    # COMPLAINTS
    # ------------------------------------------------------------

    def _mine(self):
        """Those that one handles, or took and nobody handles yet."""
        uid = self.env.uid
        return Domain("user_id", "=", uid) | (
            Domain("user_id", "=", False) & Domain("first_contact_user_id", "=", uid)
        )

    def _case_headings(self):
        mine = OPEN & self._mine()
        now, tomorrow = fields.Datetime.now(), self._tomorrow()
        late = Domain("next_deadline", "<", now)
        today = Domain("next_deadline", ">=", now) & Domain(
            "next_deadline", "<", tomorrow
        )
        week = Domain("next_deadline", ">=", tomorrow) & Domain(
            "next_deadline", "<", tomorrow + timedelta(days=7)
        )
        return [
            self._cases("late", self.env._("Overdue"), mine & late, tone="danger"),
            self._cases("today", self.env._("Due today"), mine & today, tone="warning"),
            self._cases("week", self.env._("Due within a week"), mine & week),
        ]

    def _cases(self, key, label, domain, **more):
        metrics = dict(
            self.env["complaint.case"]
            ._fields["next_metric"]
            ._description_selection(self.env)
        )

        def entry(case):
            return {
                "title": case.display_name,
                "subtitle": self._line(
                    metrics.get(case.next_metric),
                    case.partner_name,
                    case.partner_phone,
                    case.stage_id.name,
                ),
                "due": fields.Datetime.to_string(case.next_deadline) or False,
            }

        return self._heading(
            key, label, "complaint.case", domain, "next_deadline, id", entry, **more
        )

    def _acceptances(self):
        """Complaints that colleagues of other departments hand to one's team."""
        return self._cases(
            "accept",
            self.env._("To be accepted"),
            OPEN
            & Domain("handover_state", "=", "waiting")
            & Domain("team_id.member_ids", "in", self.env.uid),
        )

    def _callbacks(self):
        return self._cases(
            "callback",
            self.env._("To be called back"),
            OPEN
            & Domain("stage_kind", "=", "callback")
            & Domain("callback_agent_id", "=", self.env.uid),
        )

    # ------------------------------------------------------------
    # PARTS OF COMPLAINTS
    # ------------------------------------------------------------

    def _orders(self):
        """Orders to one's unit that are not signed for or not answered."""
        units = self.env.user.employee_ids.department_id

        def entry(order):
            clock = order.clock_ids.filtered(
                lambda clock: clock.deadline and clock.state in OPEN_STATES
            ).sorted("deadline")[:1]
            return {
                "title": order.display_name,
                "subtitle": order.instruction or "",
                "due": fields.Datetime.to_string(clock.deadline) or False,
            }

        return self._heading(
            "orders",
            self.env._("Orders to your unit"),
            "complaint.assignment",
            Domain("state", "in", ("sent", "signed"))
            & Domain("department_id", "in", units.ids),
            "id",
            entry,
        )

    def _measures(self):
        def entry(measure):
            return {
                "title": measure.name,
                "subtitle": measure.capa_id.display_name,
                "day": fields.Date.to_string(measure.due_on),
                "open": ("complaint.capa", measure.capa_id.id),
            }

        return self._heading(
            "measures",
            self.env._("Corrective measures"),
            "complaint.capa.measure",
            Domain("user_id", "=", self.env.uid)
            & Domain("done_on", "=", False)
            & Domain("capa_id.state", "not in", ("done", "failed")),
            "due_on, id",
            entry,
        )
