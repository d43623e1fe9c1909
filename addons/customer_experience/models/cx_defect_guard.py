from odoo import api, fields, models
from odoo.exceptions import UserError

from .cx_touchpoint_guard import MANAGER

OPEN_STATES = ("new", "dispatched", "onsite", "owner_check", "accepted")
MOVES = {
    "new": ("dispatched", "onsite", "refused"),
    "dispatched": ("new", "onsite", "refused"),
    "onsite": ("dispatched", "owner_check", "refused"),
    "owner_check": ("onsite", "accepted"),
    "accepted": ("closed", "onsite"),
    "closed": ("onsite",),
    "refused": ("new",),
}
# said by the clock, the warranty or the sequence, never by hand
STAMPED_FIELDS = {
    *("name", "respond_by", "fix_by", "callback_by", "dispatched_at", "responded_at"),
    *("fixed_at", "accepted_at", "closed_at", "due_at", "in_time_rate", "cover"),
    *("warranty_builder_until", "warranty_owner_until", "repeat_of_id", "is_repeat"),
    *("chargeback_id", "reject_count", "access_token"),
}
# what was reported stays as it was reported
REPORTED_FIELDS = {"unit_id", "reported_at", "source"}


class CxDefectGuard(models.AbstractModel):
    """Which step follows which, and what each asks for: a form, a drag, an import and
    RPC meet the same words.

    Part of ``cx.defect``, whose fields it uses.
    """

    _name = "cx.defect.guard"
    _description = "Guards of Defects"

    @api.model
    def _check_hand(self, vals):
        """What nobody enters by hand, on a form, in an import or over RPC."""
        if self.env.su:
            return
        names = STAMPED_FIELDS & vals.keys()
        names |= {
            name
            for name in REPORTED_FIELDS & vals.keys()
            if any(
                defect._fields[name].convert_to_write(defect[name], defect)
                != vals[name]
                for defect in self
            )
        }
        if names:
            raise UserError(
                self.env._(
                    "%(defect)s: these cannot be changed by hand: %(fields)s.",
                    defect=self[:1].display_name or self.env._("Defect"),
                    fields=", ".join(
                        sorted(
                            self._fields[name]._description_string(self.env)
                            for name in names
                        )
                    ),
                )
            )

    def _check_cost(self, vals):
        """What the builder has been told is what the repair has cost."""
        for defect in self.filtered("chargeback_id"):
            chargeback = defect.chargeback_id.sudo()  # its state, whoever enters costs
            if chargeback.state != "draft" and defect.cost != vals["cost"]:
                raise UserError(
                    self.env._(
                        "%(defect)s is charged to the builder already: its cost stays. "
                        "Have %(chargeback)s cancelled first.",
                        defect=defect.display_name,
                        chargeback=chargeback.name,
                    )
                )

    def _check_reported_at(self):
        now = fields.Datetime.now()
        for defect in self:
            if defect.reported_at > now:
                raise UserError(
                    self.env._(
                        "%(defect)s: the moment of the report is still to come.",
                        defect=defect.display_name,
                    )
                )

    def _check_state(self, state, vals):
        """:param vals: what is written together with the state"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for defect in self:
            if state not in MOVES[defect.state]:
                raise UserError(
                    self.env._(
                        "%(defect)s cannot go from “%(old)s” to “%(new)s”.",
                        defect=defect.display_name,
                        old=labels[defect.state],
                        new=labels[state],
                    )
                )
            if defect.state in ("closed", "refused") and not (
                self.env.su or self.env.user.has_group(MANAGER)
            ):
                raise UserError(
                    self.env._(
                        "%(defect)s is “%(old)s”. Ask a customer manager to reopen it.",
                        defect=defect.display_name,
                        old=labels[defect.state],
                    )
                )
            missing = defect._missing_for(state, vals)
            if missing:
                raise UserError(
                    self.env._(
                        "%(defect)s cannot become “%(new)s” yet:\n%(missing)s",
                        defect=defect.display_name,
                        new=labels[state],
                        missing="\n".join(f"- {line}" for line in missing),
                    )
                )

    def _missing_for(self, state, vals):
        """What a step asks for and is not there, in words."""
        self.ensure_one()

        def given(*names):
            return any(
                str(vals[name] if name in vals else self[name] or "").strip()
                and bool(vals[name] if name in vals else self[name])
                for name in names
            )

        missing = []
        if state == "dispatched" and not given("user_id", "builder_id"):
            missing.append(
                self.env._("Nobody is sent: fill in “Repairer” or “Builder”.")
            )
        if state in ("onsite", "owner_check") and not given("opinion"):
            missing.append(
                self.env._("Fill in “Opinion on Site”: the cause, and what is done.")
            )
        if state == "owner_check" and not given("repair_note"):
            missing.append(self.env._("Fill in “What Was Repaired”."))
        if state == "owner_check" and not given("component_id"):
            missing.append(self.env._("Choose the component."))
        if state == "accepted" and not given("accepted_by", "owner_signature"):
            missing.append(
                self.env._("The owner signs, or “Accepted By” says who accepted.")
            )
        if state == "refused" and not given("refusal"):
            missing.append(self.env._("Choose why it is refused."))
        if state == "closed":
            result = vals.get("callback_result", self.callback_result)
            missing += self._missing_callback(result, given)
        return missing

    def _missing_callback(self, result, given):
        if not result:
            return [self.env._("Call the owner back and fill in the result.")]
        if result == "reached" and not given("callback_rating"):
            return [self.env._("Ask how satisfied the owner is, 1 to 5.")]
        return []
