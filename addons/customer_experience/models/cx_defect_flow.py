from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .cx_defect_guard import OPEN_STATES

TODO_TYPE = "customer_experience.mail_activity_type_defect"
REPEAT_DAYS = "customer_experience.repeat_days"
STAMPS = {
    "dispatched": "dispatched_at",
    "onsite": "responded_at",
    "owner_check": "fixed_at",
    "accepted": "accepted_at",
    "closed": "closed_at",
}


class CxDefectFlow(models.AbstractModel):
    """What follows from a report and from each step: limits, cover, to-dos.

    Part of ``cx.defect``, whose fields it uses.
    """

    _name = "cx.defect.flow"
    _description = "Flow of Defects"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_hand(vals)
        sequence = self.env["ir.sequence"].sudo()  # whoever reports takes a number
        new = [
            {
                **vals,
                "name": sequence.next_by_code("cx.defect") or "/",
                "state": "new",
            }
            for vals in vals_list
        ]
        defects = super().create(new)
        defects._check_reported_at()
        defects._stamp_report()
        defects._open_todos()
        steps = ("state", "opinion", "repair_note", "refusal", "accepted_by")
        for defect, vals in zip(defects, vals_list, strict=True):
            if vals.get("state", "new") != "new":
                # an import meets the same guards as a later change
                defect.write({name: vals[name] for name in steps if name in vals})
        return defects

    def write(self, vals):
        self._check_hand(vals)
        if "cost" in vals:
            self._check_cost(vals)
        moving = self.browse()
        if "state" in vals:
            moving = self.filtered(lambda defect: defect.state != vals["state"])
            moving._check_state(vals["state"], vals)
        sent_back = moving.filtered(lambda defect: defect.state == "owner_check")
        result = super().write(vals)
        if moving:
            moving._after_state(vals["state"], sent_back)
        if {"component_id", "is_urgent"} & vals.keys():
            self._stamp_report()
        if "user_id" in vals:
            self._open_todos()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        raise UserError(
            self.env._(
                "%(defect)s is part of the record and cannot be deleted. Refuse it as "
                "“Reported twice” instead.",
                defect=self[:1].display_name,
            )
        )

    # the report

    def _stamp_report(self):
        """Limits, cover and an earlier repair, as they stand at the report.

        The component and the urgency may still be corrected on site; what was said
        about warranty is then said again for the same day.
        """
        Target = self.env["cx.repair.target"]
        for defect in self.sudo():  # these are stamped, whoever reports or corrects
            company, start = defect.company_id, defect.reported_at
            urgent = defect.is_urgent
            warranty = defect._warranty()
            clock = warranty and warranty._clock()
            day = defect._reported_on()
            defect.write(
                {
                    "respond_by": Target._deadline(company, "respond", urgent, start),
                    "fix_by": Target._deadline(company, "repair", urgent, start),
                    "cover": defect._cover(clock, day),
                    "warranty_builder_until": warranty.builder_end,
                    "warranty_owner_until": warranty.owner_end,
                    "repeat_of_id": defect._earlier_repair().id,
                }
            )

    def _reported_on(self):
        """The day at the company."""
        zone = self.company_id.resource_calendar_id.tz or "UTC"
        return fields.Datetime.context_timestamp(
            self.with_context(tz=zone), self.reported_at
        ).date()

    def _warranty(self):
        self.ensure_one()
        return self.unit_id.warranty_ids.filtered(
            lambda warranty: warranty.component_id == self.component_id
        )

    def _cover(self, clock, day):
        """Before handover the works are not finished: the builder's."""
        handover = self.unit_id.date_handover
        if not handover or day < handover:
            return "builder"
        if not self.component_id:
            return False
        return clock.cover(day) if clock else "none"

    def _earlier_repair(self):
        self.ensure_one()
        if not self.component_id:
            return self.browse()
        # sudo: parameters are for administrators, the number is for everybody
        parameters = self.env["ir.config_parameter"].sudo()
        days = int(parameters.get_param(REPEAT_DAYS, 90))
        return self.search(
            [
                ("unit_id", "=", self.unit_id.id),
                ("component_id", "=", self.component_id.id),
                ("id", "!=", self.id),
                ("state", "!=", "refused"),
                ("reported_at", "<", self.reported_at),
                ("reported_at", ">=", self.reported_at - timedelta(days=days)),
            ],
            order="reported_at desc, id desc",
            limit=1,
        )

    # each step

    def _after_state(self, state, sent_back):
        now = fields.Datetime.now()
        stamped = self.sudo()  # the moment of a step is stamped, not entered
        field = STAMPS.get(state)
        if state == "onsite":
            # the first visit counts; a repair that is sent back is another visit
            stamped.filtered(lambda d: not d.responded_at).responded_at = now
            stamped.fixed_at = False
            for defect in sent_back.sudo():  # as above
                defect.reject_count += 1
        elif field:
            stamped[field] = now
        if state == "accepted":
            for defect in stamped:
                defect.callback_by = self.env["cx.repair.target"]._deadline(
                    defect.company_id, "callback", defect.is_urgent, now
                )
        self._open_todos()

    # to-dos

    def _open_todos(self):
        """One to-do for whoever is to act next, until the limit of the step."""
        todos = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        activity_type = self.env.ref(TODO_TYPE)
        # sudo: the to-do of a colleague is replaced when the work goes on to another
        todos.sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", activity_type.id),
            ]
        ).unlink()
        model_id = self.env["ir.model"]._get_id(self._name)
        todos.sudo().create(  # as above
            [
                {
                    "res_model_id": model_id,
                    "res_id": defect.id,
                    "activity_type_id": activity_type.id,
                    "summary": defect._todo_summary(),
                    "user_id": user.id,
                    "date_deadline": (defect.due_at or fields.Datetime.now()).date(),
                    "automated": True,
                }
                for defect in self
                if (user := defect._todo_user())
            ]
        )

    def _todo_user(self):
        if self.state not in OPEN_STATES:
            return self.env["res.users"]
        if self.state == "accepted":
            return self.phase_id.customer_manager_id
        if self.state == "new":
            return self.dispatch_dept_id.manager_id.user_id or self.user_id
        return self.user_id or self.engineer_dept_id.manager_id.user_id

    def _todo_summary(self):
        lang = self._todo_user().lang
        env = self.with_context(lang=lang).env if lang else self.env
        steps = {
            "new": env._("Dispatch the repair"),
            "dispatched": env._("Go there and give an opinion"),
            "onsite": env._("Repair"),
            "owner_check": env._("Have the owner accept the repair"),
            "accepted": env._("Call the owner back"),
        }
        return steps[self.state]

    # buttons

    def action_dispatch(self):
        self.write({"state": "dispatched"})

    def action_onsite(self):
        self.write({"state": "onsite"})

    def action_repaired(self):
        self.write({"state": "owner_check"})

    def action_accept(self):
        self.write({"state": "accepted"})

    def action_send_back(self):
        self.write({"state": "onsite"})

    def action_close(self):
        self.write({"state": "closed"})

    def action_refuse(self):
        self.write({"state": "refused"})

    def action_reopen(self):
        for state, defects in self.grouped("state").items():
            defects.write({"state": "new" if state == "refused" else "onsite"})
