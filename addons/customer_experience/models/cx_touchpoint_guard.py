from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

MANAGER = "customer_experience.group_customer_experience_manager"
HAND_MOVES = {
    "planned": ("ready", "in_progress", "done", "skipped"),
    "ready": ("in_progress", "done", "skipped"),
    "in_progress": ("ready", "done", "skipped"),
    "done": ("in_progress",),
    "skipped": ("ready",),
    "cancelled": (),
}
# written by the planner alone once a touchpoint comes from a template
PLANNED_FIELDS = {
    *("template_id", "occurrence", "phase_id", "batch_id", "journey_id"),
    *("date_due_original", "date_ready", "anchor_moved", "date_suggested"),
}
# never written by hand
COMPUTED_FIELDS = {
    *("project_id", "company_id", "partner_id", "on_time_rate", "done_by_id"),
}
# what the person who does the work may fill in
STAFF_FIELDS = {
    *("state", "user_id", "channel", "date_done", "note", "skip_reason"),
    "evidence_ids",
}


class CxTouchpointGuard(models.AbstractModel):
    """Who may change what: the form, a drag, an import and RPC meet the same words.

    Part of ``cx.touchpoint``, whose fields it uses.
    """

    _name = "cx.touchpoint.guard"
    _description = "Guards of Touchpoints"

    @api.model
    def _check_hand_create(self, vals_list):
        if self.env.su:
            return
        self.check_access("create")
        for vals in vals_list:
            if vals.get("template_id"):
                raise UserError(
                    self.env._(
                        "Touchpoints of a template are generated from its milestone or "
                        "customer event. Leave the template empty and give a title."
                    )
                )
            self._check_hand_write({name: vals[name] for name in vals if vals[name]})

    def _check_hand_write(self, vals):
        names = {
            name for name in vals if not name.startswith(("message_", "activity_"))
        }
        if self.env.su:
            return
        followed = COMPUTED_FIELDS & names
        if self.template_id or vals.get("template_id"):
            followed |= PLANNED_FIELDS & names
        if followed:
            raise UserError(
                self.env._(
                    "%(touchpoint)s: these follow from the template and its milestone "
                    "and cannot be set by hand: %(fields)s.",
                    touchpoint=self[:1].display_name or "",
                    fields=self._field_labels(followed),
                )
            )
        if names <= STAFF_FIELDS or self.env.user.has_group(MANAGER):
            return
        raise UserError(
            self.env._(
                "%(touchpoint)s: only a customer manager can change %(fields)s.",
                touchpoint=self[:1].display_name,
                fields=self._field_labels(names - STAFF_FIELDS),
            )
        )

    def _field_labels(self, names):
        return ", ".join(
            sorted(self._fields[name]._description_string(self.env) for name in names)
        )

    def _check_move(self, vals):
        state = vals["state"]
        labels = dict(self._fields["state"]._description_selection(self.env))
        manager = self.env.su or self.env.user.has_group(MANAGER)
        for touchpoint in self:
            if state not in HAND_MOVES[touchpoint.state]:
                raise UserError(
                    self.env._(
                        "%(touchpoint)s cannot go from “%(old)s” to “%(new)s”.",
                        touchpoint=touchpoint.display_name,
                        old=labels[touchpoint.state],
                        new=labels[state],
                    )
                )
            if touchpoint.state in ("done", "skipped") and not manager:
                raise UserError(
                    self.env._(
                        "%(touchpoint)s is “%(old)s”. Ask a customer manager to reopen "
                        "it.",
                        touchpoint=touchpoint.display_name,
                        old=labels[touchpoint.state],
                    )
                )
            if state == "done":
                touchpoint._check_done(vals)
            elif state == "skipped":
                touchpoint._check_skip(vals.get("skip_reason"), manager)

    def _check_done(self, vals):
        date_done = fields.Date.to_date(vals.get("date_done"))
        if date_done and date_done > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(touchpoint)s: “Done on” %(date)s is still to come.",
                    touchpoint=self.display_name,
                    date=format_date(self.env, date_done),
                )
            )
        missing = self._missing_evidence()
        if missing:
            raise UserError(
                self.env._(
                    "%(touchpoint)s is not done yet. Evidence is missing:\n"
                    "%(missing)s\nAdd it under “Evidence”.",
                    touchpoint=self.display_name,
                    missing="\n".join(f"- {name}" for name in missing),
                )
            )

    def _missing_evidence(self):
        """Names of the required evidence that is not there, made rows or not."""
        self.ensure_one()
        required = self.evidence_ids.filtered("required")
        absent = self.template_id.deliverable_ids.filtered("required") - (
            self.evidence_ids.deliverable_id
        )
        return [row.name for row in required if not row.is_provided] + absent.mapped(
            "name"
        )

    def _check_skip(self, reason, manager):
        if self.is_mandatory and not manager:
            raise UserError(
                self.env._(
                    "%(touchpoint)s is mandatory. Only a customer manager can skip it.",
                    touchpoint=self.display_name,
                )
            )
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "%(touchpoint)s: skipping needs a reason. Use the button “Skip”.",
                    touchpoint=self.display_name,
                )
            )
