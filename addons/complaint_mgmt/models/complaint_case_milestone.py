"""What is done on the way, and what was promised: each stops or starts a clock."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Field that is filled in -> the limit that is met by it.
MILESTONES = {"interim_measure": "interim", "visited_at": "visit"}


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    interim_measure = fields.Text(
        copy=False,
        tracking=True,
        help="What was done at once to keep the damage small, before the cause is "
        "known.",
    )
    visited_at = fields.Datetime(
        string="Customer Visited on", copy=False, tracking=True
    )
    visit_note = fields.Text(
        string="Findings of the Visit",
        copy=False,
        help="Who was there, and what was seen.",
    )
    promised_at = fields.Datetime(
        string="Promised until",
        copy=False,
        tracking=True,
        help="When the customer was told that the matter will be settled or answered. "
        "A broken promise counts apart from the other time limits.",
    )

    @api.constrains("visited_at")
    def _check_visited_at(self):
        now = fields.Datetime.now()
        if any(case.visited_at and case.visited_at > now for case in self):
            raise ValidationError(
                self.env._(
                    "“Customer visited on” lies in the future: enter it after the "
                    "visit. What was agreed belongs to “Promised until”."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases.filtered("promised_at")._start_promise()
        for field, metric in MILESTONES.items():
            cases.filtered(field)._clock_event(metric)
        return cases

    def write(self, vals):
        promised = {}
        if "promised_at" in vals:
            promised = {case: case.promised_at for case in self}
        result = super().write(vals)
        for field, metric in MILESTONES.items():
            if vals.get(field):
                when = vals[field] if self._fields[field].type == "datetime" else None
                self._clock_event(metric, at=fields.Datetime.to_datetime(when))
        changed = [case for case, at in promised.items() if case.promised_at != at]
        self.browse([case.id for case in changed])._start_promise()
        return result

    def _start_promise(self):
        """A new promise replaces the former one; a broken one stays broken."""
        now = fields.Datetime.now()
        starts = []
        for case in self.filtered(lambda case: not case.closed_at):
            # sudo: clocks are made by what happens to a complaint
            former = case.sudo().clock_ids.filtered(
                lambda clock: clock.metric == "promise"
            )
            former._cancel(note=self.env._("promised anew"))
            if case.promised_at:
                starts.append((case, case.promised_at, len(former) + 1))
        self.env["complaint.clock"]._start_agreed("promise", starts, now)
