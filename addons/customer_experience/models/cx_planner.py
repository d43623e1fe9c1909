import logging
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..engine.replan import OnFile, replan
from ..engine.schedule import Slot, earliest
from .cx_journey import EVENT_FIELDS
from .planner_work import Work

_logger = logging.getLogger(__name__)

READY_BATCH = 500


class CxPlanner(models.AbstractModel):
    """Feeds the engine and carries out what it answers.

    Reads milestones, journeys and the touchpoints on file once for all templates
    concerned; compares; writes once per template and new date. Runs as superuser:
    whoever moves a milestone moves the touchpoints of every department.
    """

    _name = "cx.planner"
    _description = "Touchpoint Planner"

    # when

    @api.model
    def _today(self, company):
        """The date at the company: a date counts there, wherever the user travels."""
        tz = company.sudo().resource_calendar_id.tz or "UTC"  # any user may ask
        return datetime.now(ZoneInfo(tz)).date()

    @api.model
    def _plan_journeys(self, journeys, *, cause):
        if journeys:
            self._plan(journeys.phase_id, journeys=journeys, cause=cause)

    @api.model
    def _plan_touchpoints(self, touchpoints):
        """Let these touchpoints follow their rules again."""
        for template, records in touchpoints.grouped("template_id").items():
            if template:
                self._plan(records.phase_id, templates=template, cause="rule")

    @api.model
    def _plan(
        self,
        phases,
        *,
        milestone_types=None,
        templates=None,
        journeys=None,
        cause,
        note="",
    ):
        """Bring touchpoints up to date.

        :param milestone_types: only templates that hang on one of these
        :param templates: only these templates
        :param journeys: only touchpoints of these customers
        :param cause: of the moves, for the log; ``note`` says it in words
        """
        domain = []
        if templates is not None:
            domain.append(("id", "in", templates.ids))
        if milestone_types is not None:
            domain.append(("milestone_type_id", "in", milestone_types.ids))
        if journeys is not None:
            domain.append(("scope", "=", "journey"))
        planner = self.sudo()  # see the class
        # a retired template wants nothing, so what it left open is cancelled
        found = (
            planner.env["cx.touchpoint.template"]
            .with_context(active_test=False)
            .search(domain)
        )
        if not (found and phases):
            return
        # phases and journeys as superuser too, for what is read through them
        phases, journeys = phases.sudo(), journeys and journeys.sudo()
        for company, of_company in phases.grouped("company_id").items():
            chosen = journeys and journeys.filtered(
                lambda journey, phases=of_company: journey.phase_id in phases
            )
            try:
                planner._plan_company(company, found, of_company, chosen, cause, note)
            except ValueError as error:  # an empty calendar, a date beyond year 9999
                raise UserError(
                    self.env._(
                        "Touchpoints of %(phase)s cannot be dated: %(error)s. Check "
                        "the dates and the working calendar of %(company)s.",
                        phase=of_company[0].display_name,
                        error=error,
                        company=company.name,
                    )
                ) from error

    @api.model
    def _plan_company(self, company, templates, phases, journeys, cause, note):
        today = self._today(company)
        wanted = self._wanted(company, templates, phases, journeys)
        on_file = self._on_file(templates, phases, journeys)
        work = Work(self.env, today, cause, note)
        for template in templates:
            changes = replan(wanted[template], on_file[template])
            if changes:
                work.take(template, changes)
        work.finish()

    # what the rules want

    @api.model
    def _wanted(self, company, templates, phases, journeys):
        """For each template, the slot of every subject: (phase, batch, journey) ids."""
        wanted = {template: {} for template in templates}
        phases = phases.filtered(lambda phase: phase.active and phase.project_id.active)
        dates = self._milestone_dates(templates, phases)
        if any(template.scope == "journey" for template in templates):
            journeys = self._journeys(phases, journeys)
        workdays = self._workdays(company)
        for template in templates.filtered("active"):
            if template.company_id and template.company_id != company:
                continue
            rule, slots = template._rule(), {}
            for subject, anchor in self._anchors(template, phases, dates, journeys):
                if anchor not in slots:
                    slots[anchor] = rule.slot(anchor, workdays)
                wanted[template][subject] = slots[anchor]
        return wanted

    @api.model
    def _workdays(self, company):
        calendar = company.resource_calendar_id
        if not calendar:
            raise ValueError(self.env._("there is no working calendar"))
        return calendar._get_worktime(company)

    @api.model
    def _milestone_dates(self, templates, phases):
        """Effective dates by (type, phase) and by (type, batch).

        A phase counts the first of its batches: what has to be there for the first
        opening has to be there once.
        """
        milestones = self.env["cx.milestone"].search_fetch(
            [
                ("phase_id", "in", phases.ids),
                ("type_id", "in", templates.milestone_type_id.ids),
                ("date_effective", "!=", False),
                "|",
                ("batch_id", "=", False),
                ("batch_id.active", "=", True),
            ],
            ["type_id", "phase_id", "batch_id", "date_effective"],
        )
        dates = defaultdict(dict)
        for milestone in milestones:
            of_type = dates[milestone.type_id]
            phase, batch = milestone.phase_id, milestone.batch_id
            of_type[phase] = earliest([of_type.get(phase), milestone.date_effective])
            if batch:
                of_type[batch] = milestone.date_effective
        return dates

    @api.model
    def _journeys(self, phases, journeys):
        if journeys is None:
            journeys = self.env["cx.journey"].search_fetch(
                [("phase_id", "in", phases.ids)],
                ["active", "phase_id", "unit_id", "customer_type", *EVENT_FIELDS],
            )
        return journeys.filtered(
            lambda journey: journey.active and journey.phase_id in phases
        )

    @api.model
    def _anchors(self, template, phases, dates, journeys):
        """The subjects of a template that have a date to count from, with that date."""
        phases = phases.filtered(
            lambda phase: template.fit_out in (False, phase.fit_out)
        )
        of_type = dates[template.milestone_type_id]
        if template.scope == "phase":
            for phase in phases.filtered(of_type.get):
                yield (phase.id, False, False), of_type[phase]
        elif template.scope == "batch":
            for owner, anchor in of_type.items():
                if owner._name == "cx.batch" and owner.phase_id in phases:
                    yield (owner.phase_id.id, owner.id, False), anchor
        else:
            allowed = set(phases)
            for journey in journeys:
                if journey.phase_id not in allowed or (
                    template.customer_type not in (False, journey.customer_type)
                ):
                    continue
                anchor = self._journey_anchor(template, journey, of_type)
                if anchor:
                    yield (journey.phase_id.id, False, journey.id), anchor

    @api.model
    def _journey_anchor(self, template, journey, of_type):
        if template.anchor == "event":
            return journey[f"date_{template.event}"]
        level = template.milestone_type_id.level
        if level == "phase":
            return of_type.get(journey.phase_id)
        return of_type.get(journey.unit_id[f"{level}_batch_id"])

    # what is on file

    @api.model
    def _on_file(self, templates, phases, journeys):
        domain = [("template_id", "in", templates.ids)]
        if journeys is None:
            domain.append(("phase_id", "in", phases.ids))
        else:
            domain.append(("journey_id", "in", journeys.ids))
        rows = self.env["cx.touchpoint"].search_fetch(
            domain,
            [
                *("template_id", "phase_id", "batch_id", "journey_id", "state"),
                *("date_start", "date_due", "locked", "anchor_moved", "date_suggested"),
                *("user_id", "date_done"),  # needed for those that move
            ],
            order="id",
        )
        on_file = {template: {} for template in templates}
        for row in rows:
            subject = (row.phase_id.id, row.batch_id.id, row.journey_id.id)
            on_file[row.template_id][subject] = OnFile(
                id=row.id,
                state=row.state,
                slot=Slot(row.date_start or row.date_due, row.date_due),
                locked=row.locked,
                flagged=row.anchor_moved,
                suggested=row.date_suggested or None,
            )
        return on_file

    # runs in the background

    @api.model
    def _request_run(self):
        """Compare every phase with its rules soon."""
        # rules hold for the phases of every company
        phases = self.env["cx.phase"].sudo().search([("active", "=", True)])
        if phases:
            phases.with_context(tracking_disable=True).planned_at = False
            self.env.ref("customer_experience.ir_cron_plan")._trigger()

    @api.model
    def _cron_plan(self):
        """Compare phase after phase with its rules; catches imports and direct SQL.

        Each phase is a unit of work that is committed, so a run that is cut short goes
        on where it stopped.
        """
        since = fields.Datetime.now() - timedelta(hours=20)
        phases = self.env["cx.phase"].search(
            ["|", ("planned_at", "=", False), ("planned_at", "<", since)],
            order="planned_at, id",
        )
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(phases))
        for phase in phases:
            self._plan_safely(phase)
            phase.with_context(tracking_disable=True).planned_at = fields.Datetime.now()
            if not Cron._commit_progress(1):
                break

    @api.model
    def _plan_safely(self, phase):
        """All templates at once; if that fails, one by one, leaving out what fails."""
        try:
            with self.env.cr.savepoint():
                self._plan(phase, cause="rule")
            return
        except Exception:
            _logger.info("Planning %s template by template", phase, exc_info=True)
        templates = self.env["cx.touchpoint.template"].with_context(active_test=False)
        for template in templates.search([("id", "!=", False)]):
            try:
                with self.env.cr.savepoint():
                    self._plan(phase, templates=template, cause="rule")
            except Exception:
                _logger.exception(
                    "Template %s cannot be planned for phase %s", template.code, phase
                )

    @api.model
    def _cron_ready(self):
        """Turn planned work that has come near into to-dos."""
        Cron = self.env["ir.cron"]
        Touchpoint = self.env["cx.touchpoint"]._engine()
        # what comes near nowhere yet is not read
        # sudo: touchpoints of every company, whoever runs the job
        companies = self.env["res.company"].sudo().search([("id", "!=", False)])
        latest = max(map(self._today, companies))
        planned = Domain("state", "=", "planned") & Domain("date_ready", "<=", latest)
        for (company,) in Touchpoint._read_group(planned, ["company_id"]):
            near = Touchpoint.search(
                planned
                & Domain("date_ready", "<=", self._today(company))
                & Domain("company_id", "=", company.id),
                order="date_ready, id",
            )
            Cron._commit_progress(remaining=len(near))
            for ids in split_every(READY_BATCH, near.ids):
                touchpoints = Touchpoint.browse(ids)
                touchpoints.write({"state": "ready"})
                touchpoints._open_todos()
                if not Cron._commit_progress(len(ids)):
                    return
