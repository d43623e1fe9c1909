import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.date_utils import localized

from odoo.addons.work_calendar.engine import WorkTimeError

from ..engine import clock as engine
from ..engine.clock import Event, Reading, Target
from .complaint_pause_reason import METRICS
from .complaint_sla_target import CLOCK_UNITS

_logger = logging.getLogger(__name__)

#: States in which time still counts, or waits to count again.
OPEN_STATES = ("running", "breached", "paused", "error")
#: Share of the time after which a clock is shown as due soon.
NEAR_PERCENT = 75


class ComplaintClock(models.Model):
    """A time limit of one complaint.

    What it shows is read off its events by the engine and kept here for lists and
    searches. Nobody writes on it: events are added by what happens to the complaint.
    """

    _name = "complaint.clock"
    _inherit = ["complaint.case.part"]
    _description = "Time Limit of a Complaint"
    _order = "deadline, id"
    _rec_name = "metric"

    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id"
    )
    target_id = fields.Many2one(
        comodel_name="complaint.sla.target", index="btree_not_null", ondelete="set null"
    )
    policy_id = fields.Many2one(
        comodel_name="complaint.sla.policy", related="target_id.policy_id"
    )
    assignment_id = fields.Many2one(
        comodel_name="complaint.assignment",
        string="Order",
        index="btree_not_null",
        ondelete="cascade",
    )
    metric = fields.Selection(selection=METRICS, string="What", required=True)
    # what was promised then: a policy changed later changes nothing here
    amount = fields.Integer(string="How Much", aggregator=None)
    unit = fields.Selection(
        selection=[*CLOCK_UNITS, ("absolute", "agreed instant")], required=True
    )
    roll = fields.Boolean()
    pausable = fields.Boolean()
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar", string="Working Time", ondelete="restrict"
    )
    calendar_version = fields.Integer(aggregator=None)
    cycle = fields.Integer(string="Round", default=1, aggregator=None)
    started_at = fields.Datetime(string="From", required=True)
    agreed_at = fields.Datetime(string="Agreed Instant")
    # what the engine reads
    state = fields.Selection(
        selection=[
            ("running", "Running"),
            ("paused", "Paused"),
            ("breached", "Overdue"),
            ("met", "Met"),
            ("late", "Missed"),
            ("cancelled", "No longer required"),
            ("error", "Cannot be computed"),
        ],
        required=True,
        default="running",
    )
    near = fields.Boolean(string="Due Soon")
    deadline = fields.Datetime(help="Empty while the time limit is paused.")
    original_deadline = fields.Datetime()
    extended = fields.Integer(string="Extended by (Seconds)", aggregator=None)
    remaining = fields.Integer(string="Left (Working Seconds)", aggregator=None)
    elapsed = fields.Integer(string="Used (Working Seconds)", aggregator=None)
    stopped_at = fields.Datetime(string="Done")
    paused_at = fields.Datetime(string="Paused since")
    breached_at = fields.Datetime(string="Overdue since")
    late_registration = fields.Boolean(
        string="Registered too Late",
        help="The complaint was entered when its time limit had already passed: not "
        "the fault of the department.",
    )
    provisional = fields.Boolean(
        help="The deadline lies beyond the last day for which rest and make-up days "
        "are known: the notice of that year may move it."
    )
    level = fields.Integer(string="Escalated to Level", aggregator=None)
    check_at = fields.Datetime(
        help="When something is next due: a step of escalation, the deadline, the end "
        "of a pause."
    )
    error = fields.Char()
    event_ids = fields.One2many(
        comodel_name="complaint.clock.event", inverse_name="clock_id", string="Events"
    )
    escalation_ids = fields.One2many(
        comodel_name="complaint.escalation",
        inverse_name="clock_id",
        string="Escalations",
    )
    frozen_lines = fields.Json()
    explanation = fields.Html(
        string="Why This Deadline?",
        compute="_compute_explanation",
        sanitize=False,
    )

    # what the cron asks every few minutes: is anything due?
    _check_idx = models.Index("(check_at) WHERE check_at IS NOT NULL")
    # has a calendar changed since its open clocks were read?
    _calendar_idx = models.Index(
        "(calendar_id, calendar_version)"
        " WHERE state IN ('running', 'breached', 'paused', 'error')"
    )

    @api.depends("metric", "cycle", "assignment_id")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for clock in self:
            name = metrics.get(clock.metric, "")
            if clock.assignment_id:
                # sudo: the name of the unit is no secret
                name += f" ({clock.sudo().assignment_id.department_id.name})"
            clock.display_name = (
                self.env._("%(name)s, round %(round)s", name=name, round=clock.cycle)
                if clock.cycle > 1
                else name
            )

    @api.depends_context("lang", "tz")
    @api.depends("event_ids", "deadline", "state")
    def _compute_explanation(self):
        for clock in self:
            clock.explanation = clock._explain()

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def _worktime(self):
        return self.calendar_id._get_worktime(self.case_id.company_id)

    def _target(self):
        return Target(
            self.amount,
            self.unit,
            self.roll,
            localized(self.agreed_at) if self.agreed_at else None,
        )

    def _first_target(self):
        """What the clock started with: regrades keep it in their event."""
        first = next((e for e in self._log() if e.kind == "regrade"), None)
        if not first:
            return self._target(), self.calendar_id
        return _unpack(first.data["before"]), self.env["resource.calendar"].browse(
            first.data["calendar_before"]
        )

    def _log(self):
        return self.event_ids.sorted(lambda event: (event.at, event.id))

    def _engine_events(self):
        events = []
        for event in self._log():
            data = event.data or {}
            if event.kind in ("cancel", "restate"):
                continue
            work = target = None
            if event.kind == "regrade":
                target = _unpack(data["after"])
                calendar = self.env["resource.calendar"].browse(data["calendar_after"])
                work = calendar._get_worktime(self.case_id.company_id)
            events.append(
                Event(
                    kind=event.kind,
                    at=localized(event.at),
                    target=target,
                    work=work,
                    due=_moment(data.get("due")),
                    grace=data.get("grace", 0),
                    floor=data.get("floor", 0),
                    reason=event.reason_id.name or event.note or "",
                    who=event.user_id.name or "",
                )
            )
        return events

    def _reading(self, now=None, explain=False) -> Reading:
        """The clock, replayed from its events."""
        target, calendar = self._first_target()
        return engine.replay(
            calendar._get_worktime(self.case_id.company_id),
            target,
            localized(self.started_at),
            self._engine_events(),
            localized(now or fields.Datetime.now()),
            explain,
        )

    @api.model
    def _values_of(self, reading, work, calendar):
        """What a reading puts into the fields."""
        values = {
            "state": reading.state,
            "deadline": _naive(reading.deadline),
            "original_deadline": _naive(reading.original),
            "extended": reading.extended,
            "remaining": reading.remaining,
            "elapsed": reading.elapsed,
            "stopped_at": _naive(reading.stopped_at),
            "paused_at": _naive(reading.paused_at),
            "breached_at": _naive(reading.breached_at),
            "provisional": bool(
                reading.deadline and calendar._is_provisional(reading.deadline)
            ),
            "calendar_version": calendar.version,
            "error": False,
        }
        return values

    # ------------------------------------------------------------
    # CREATION
    # ------------------------------------------------------------

    @api.model
    def _start(self, starts):
        """Make the clocks for ``[(case, target, start, more values)]`` at once."""
        now = fields.Datetime.now()
        works = {}
        vals_list = [
            self._start_values(case, target, start, now, works, more) | more
            for case, target, start, more in starts
        ]
        # sudo: clocks are made by what happens to a complaint, by nobody's hand
        return self.sudo().create(vals_list)

    @api.model
    def _start_agreed(self, metric, starts, now):
        """Make clocks for instants that were agreed: ``[(case, instant, round)]``."""
        vals_list, works = [], {}
        policy = self.env.ref(
            "complaint_mgmt.complaint_sla_policy_general", raise_if_not_found=False
        )
        # sudo: how long things may take is the same for everybody
        policy = (policy or self.env["complaint.sla.policy"]).sudo()
        for case, instant, cycle in starts:
            calendar = policy.calendar_id or case.company_id.resource_calendar_id
            values = {
                "case_id": case.id,
                "metric": metric,
                "unit": "absolute",
                "agreed_at": instant,
                "calendar_id": calendar.id,
                "cycle": cycle,
                "started_at": min(now, instant),
            }
            shown = self._first_reading(
                values, calendar, case.company_id, policy, now, works
            )
            vals_list.append(values | shown | {"late_registration": False})
        # sudo: clocks are made by what happens to a complaint, by nobody's hand
        return self.sudo().create(vals_list)

    @api.model
    def _start_values(self, case, target, start, now, works, more):
        # sudo: when a unit works is the same for everybody
        orders = self.env["complaint.assignment"].sudo()
        order = orders.browse(more.get("assignment_id"))
        calendar = (
            order.department_id.complaint_calendar_id
            or target.calendar_id
            or target.policy_id.calendar_id
            or case.company_id.resource_calendar_id
        )
        values = {
            "case_id": case.id,
            "target_id": target.id,
            "metric": target.metric,
            "amount": target.amount,
            "unit": target.unit,
            "roll": target.roll,
            "pausable": target.pausable,
            "calendar_id": calendar.id,
            "started_at": start,
        }
        return values | self._first_reading(
            values, calendar, case.company_id, target.policy_id, now, works
        )

    @api.model
    def _first_reading(self, values, calendar, company, policy, now, works):
        """What a new clock shows; whoever registers is not to be held up by it."""
        key = (calendar, company)
        try:
            if key not in works:
                works[key] = calendar._get_worktime(company)
            work = works[key]
            due = values.get("agreed_at")
            reading = engine.replay(
                work,
                Target(
                    values.get("amount", 0),
                    values["unit"],
                    values.get("roll", False),
                    localized(due) if due else None,
                ),
                localized(values["started_at"]),
                now=localized(now),
            )
        except (UserError, WorkTimeError) as error:
            _logger.info("A time limit cannot be computed: %s", error)
            return {"state": "error", "error": str(error)}
        shown = self._values_of(reading, work, calendar)
        shown["late_registration"] = bool(reading.breached_at)
        shown.update(self._next_check(shown, values, policy, work, now))
        return shown

    @api.model
    def _next_check(self, shown, values, policy, work, now, level=0):
        """Whether the deadline is near, and when the clock needs a look again."""
        if shown["state"] not in ("running", "breached"):
            return {"near": False, "check_at": False}
        start, due = localized(values["started_at"]), localized(shown["deadline"])
        moments = []
        near = shown["state"] == "breached"
        if not near:
            near_at = engine.advance(work, start, due, NEAR_PERCENT)
            near = near_at <= localized(now)
            moments.append(_naive(due if near else near_at))
        for rule in policy.escalation_ids:
            if rule.level > level and rule.metric in (False, values["metric"]):
                moments.append(_naive(rule._due_at(work, start, due)))
        return {"near": near, "check_at": min(moments) if moments else False}

    # ------------------------------------------------------------
    # EXPLANATION
    # ------------------------------------------------------------

    def _explain(self):
        if self.state == "error":
            return self.error
        lines = self.frozen_lines
        if not lines:
            try:
                lines = self._reading(explain=True).lines
            except (UserError, WorkTimeError) as error:
                return str(error)
        return self.env["ir.qweb"]._render(
            "complaint_mgmt.clock_explanation",
            {
                "lines": [self._explain_line(line) for line in lines],
                "calendar": self.calendar_id.name,
                "tz": self.calendar_id.tz,
            },
        )


def _naive(moment):
    return moment.replace(tzinfo=None) if moment else False


def _moment(text):
    return localized(fields.Datetime.to_datetime(text)) if text else None


def _pack(target):
    return {
        "amount": target.amount,
        "unit": target.unit,
        "roll": target.roll,
        "due": fields.Datetime.to_string(_naive(target.due)) if target.due else None,
    }


def _unpack(data):
    return Target(data["amount"], data["unit"], data["roll"], _moment(data.get("due")))
