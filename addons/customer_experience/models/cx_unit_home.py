from odoo import api, fields, models

from ..engine.unit_number import place_of
from ..engine.warranty import WarrantyError

COUNT_STARTED = "customer_experience.count_started_season"


class CxUnit(models.Model):
    """The unit as a home: where it is in the building, its warranties and defects."""

    _inherit = "cx.unit"

    usage = fields.Selection(
        selection=[("residential", "Residential"), ("commercial", "Non-residential")],
        required=True,
        default="residential",
    )
    building = fields.Char(compute="_compute_place", store=True, readonly=False)
    floor = fields.Integer(compute="_compute_place", store=True, readonly=False)
    date_handover = fields.Date(
        string="Handed Over",
        compute="_compute_date_handover",
        store=True,
        help="First handover to an owner: the warranties of the unit run from then.",
    )
    warranty_ids = fields.One2many(
        comodel_name="cx.unit.warranty", inverse_name="unit_id", string="Warranties"
    )
    defect_ids = fields.One2many(comodel_name="cx.defect", inverse_name="unit_id")
    defect_count = fields.Integer(compute="_compute_defect_counts")
    open_defect_count = fields.Integer(
        string="Open Defects", compute="_compute_defect_counts"
    )

    @api.depends("name")
    def _compute_place(self):
        for unit in self:
            place = place_of(unit.name or "")
            unit.building, unit.floor = place.building, place.floor

    @api.depends("journey_ids.date_ho_done")
    def _compute_date_handover(self):
        # whoever withdrew later had the home all the same
        for unit in self.with_context(active_test=False):
            dates = unit.journey_ids.mapped("date_ho_done")
            unit.date_handover = min(filter(None, dates), default=False)

    @api.depends("defect_ids.state")
    def _compute_defect_counts(self):
        counts = self.env["cx.defect"]._read_group(
            [("unit_id", "in", self.ids)], ["unit_id", "state"], ["__count"]
        )
        total, unsettled = {}, {}
        for unit, state, count in counts:
            total[unit] = total.get(unit, 0) + count
            if state not in ("closed", "refused"):
                unsettled[unit] = unsettled.get(unit, 0) + count
        for unit in self:
            unit.defect_count = total.get(unit, 0)
            unit.open_defect_count = unsettled.get(unit, 0)

    def _current_journey(self):
        """Of the present owner: who signed last and has not withdrawn."""
        self.ensure_one()
        signed = self.journey_ids.filtered("date_signed")
        return signed.sorted(lambda journey: (journey.date_signed, journey.id))[-1:]

    # warranties

    def _refresh_warranties(self):
        """Count the warranties of these units from their handover.

        Once counted they stay, whatever becomes of the rules; only another handover
        date, or a completion that was not known, counts them anew.
        """
        # sudo: whoever records a handover starts the warranties, which nobody writes
        Warranty = self.env["cx.unit.warranty"].sudo()
        on_file = Warranty.search([("unit_id", "in", self.ids)])
        stale = on_file.filtered(
            lambda row: (
                row.date_handover != row.unit_id.date_handover
                or not row.date_completed
                and row.unit_id.phase_id._date_completed()
            )
        )
        fresh = self.filtered("date_handover") - (on_file - stale).unit_id
        stale.unlink()
        vals_list = []
        for phase, units in fresh.grouped("phase_id").items():
            vals_list += units._prepare_warranties(phase)
        Warranty.create(vals_list)

    def _prepare_warranties(self, phase):
        company = phase.company_id
        rules = self.env["cx.warranty.rule"]._in_force(company)
        seasons = self.env["cx.season"]._for(company, phase.project_id.city)
        # sudo: parameters are for administrators, what they say is for everybody
        parameters = self.env["ir.config_parameter"].sudo()
        started = parameters.get_param(COUNT_STARTED, "0") == "1"
        completed = phase._date_completed()
        vals_list, clocks = [], {}
        for unit in self:
            handover = unit.date_handover
            for component, rule in rules._pick(unit.usage, handover).items():
                if (rule, handover) not in clocks:
                    terms = rule._terms(seasons, phase.design_life, started)
                    try:
                        clocks[rule, handover] = terms.clock(completed, handover)
                    except WarrantyError:  # no season is entered for the city
                        continue
                clock = clocks[rule, handover]
                vals_list.append(
                    {
                        "unit_id": unit.id,
                        "component_id": component.id,
                        "rule_id": rule.id,
                        "date_completed": completed,
                        "date_handover": handover,
                        "builder_end": clock.builder_end,
                        "owner_legal_end": clock.owner_legal_end,
                        "promised_end": clock.promised_end,
                        "owner_end": clock.owner_end,
                        "exposure_days": clock.exposure_days,
                    }
                )
        return vals_list

    # buttons

    def action_view_defects(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_defect_action"
        )
        return action | {
            "domain": [("unit_id", "=", self.id)],
            "context": {"default_unit_id": self.id},
        }

    def action_view_warranties(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_experience.cx_unit_warranty_action"
        )
        return action | {"domain": [("unit_id", "=", self.id)], "context": {}}
