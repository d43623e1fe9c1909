"""Carries out what the planning engine answers."""

from collections import defaultdict
from datetime import timedelta

from odoo.tools import format_date

NOTICE_PARAMETER = "customer_experience.notice_days"


class Work:
    """Collects what the engine answers and writes it in few statements."""

    def __init__(self, env, today, cause, note):
        self.env = env
        self.today = today
        self.cause = cause
        self.note = note
        self.touchpoints = env["cx.touchpoint"]._engine()
        self.to_create = []
        self.opening = self.touchpoints
        self.closing = self.touchpoints
        self.redated = self.touchpoints
        self.log = []
        self.moved = defaultdict(list)  # (user, phase, template) -> [(old, new)]

    def take(self, template, changes):
        for subject, slot in changes.create.items():
            self._create(template, subject, slot)
        for slot, ids in changes.move.items():
            self._move(template, slot, self.touchpoints.browse(ids))
        for slot, ids in changes.revive.items():
            records = self.touchpoints.browse(ids)
            records.write(self._dates(template, slot))
            self.opening |= records.filtered(lambda t: t.state == "ready")
        cancelled = self.touchpoints.browse(changes.cancel)
        cancelled.write({"state": "cancelled", "anchor_moved": False})
        self.closing |= cancelled
        for slot, ids in changes.flag.items():
            suggested = slot.due if slot else False
            self.touchpoints.browse(ids).write(
                {"anchor_moved": True, "date_suggested": suggested}
            )
        self.touchpoints.browse(changes.unflag).write(
            {"anchor_moved": False, "date_suggested": False}
        )

    def _dates(self, template, slot):
        ready = slot.start - timedelta(days=template.lead_days)
        return {
            "date_start": slot.start,
            "date_due": slot.due,
            "date_ready": ready,
            "state": "ready" if ready <= self.today else "planned",
            "anchor_moved": False,
            "date_suggested": False,
        }

    def _create(self, template, subject, slot):
        phase_id, batch_id, journey_id = subject
        if journey_id and slot.start - self.today > timedelta(template.horizon_days):
            return
        phase = self.env["cx.phase"].browse(phase_id)
        department = phase.project_id._department_for(template.role_id)
        head = department.manager_id.user_id
        user = (
            head if template.responsible == "department" else phase.customer_manager_id
        )
        vals = {
            **self._dates(template, slot),
            "template_id": template.id,
            "code": template.code,
            "stage_id": template.stage_id.id,
            "is_mot": template.is_mot,
            "is_mandatory": template.is_mandatory,
            "phase_id": phase_id,
            "batch_id": batch_id,
            "journey_id": journey_id,
            "department_id": department.id,
            "user_id": user.id,
            "date_due_original": slot.due,
        }
        if template.skip_if_past and slot.due < self.today:
            reason = self.env._("Already past when it was generated")
            vals |= {"state": "skipped", "skip_reason": reason}
        self.to_create.append(vals)

    def _move(self, template, slot, records):
        vals = self._dates(template, slot)
        for record in records:
            old = record.date_due
            if old == slot.due:
                continue
            self.log.append(
                {
                    "touchpoint_id": record.id,
                    "date_old": old,
                    "date_new": slot.due,
                    "cause": self.cause,
                    "note": self.note,
                }
            )
            key = (record.user_id, record.phase_id, template)
            self.moved[key].append((old, slot.due))
        was_ready = records.filtered(lambda t: t.state == "ready")
        records.write(vals)
        if vals["state"] == "ready":
            self.opening |= records - was_ready
            self.redated |= was_ready
        else:
            self.closing |= was_ready

    def finish(self):
        created = self.touchpoints.create(self.to_create)
        self.opening |= created.filtered(lambda t: t.state == "ready")
        self.env["cx.reschedule.log"].create(self.log)
        if self.opening:
            self.opening._open_todos()
        if self.closing:
            self.closing._todos().unlink()
        if self.redated:
            self.redated._redate_todos()
        self._notify()

    def _notify(self):
        """Tell people in one message what has moved by more than a few days."""
        limit = int(self.env["ir.config_parameter"].get_param(NOTICE_PARAMETER, 3))
        lines = defaultdict(list)
        for (user, phase, template), moves in self.moved.items():
            far = [move for move in moves if abs((move[1] - move[0]).days) > limit]
            if far and user:
                lines[user, phase].append((template, far))
        for (user, phase), moved in lines.items():
            env = self.env(context={**self.env.context, "lang": user.lang})
            body = [
                env._(
                    "%(template)s: %(old)s → %(new)s (%(count)s)",
                    template=template.with_env(env).display_name,
                    old=format_date(env, far[0][0]),
                    new=format_date(env, far[0][1]),
                    count=len(far),
                )
                for template, far in moved
            ]
            phase.with_env(env).message_notify(
                partner_ids=user.partner_id.ids,
                subject=env._(
                    "Touchpoints of %(phase)s have moved", phase=phase.display_name
                ),
                body="\n".join(filter(None, [self.note, *body])),
            )
