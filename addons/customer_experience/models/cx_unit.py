from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .cx_phase import search_with_owner


class CxUnit(models.Model):
    _name = "cx.unit"
    _description = "Unit"
    _order = "phase_id, name, id"
    _rec_names_search = ["name"]
    _check_company_auto = True

    name = fields.Char(string="Unit No.", required=True)
    active = fields.Boolean(default=True)
    phase_id = fields.Many2one(
        comodel_name="cx.phase",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="phase_id.company_id", store=True)
    opening_batch_id = fields.Many2one(
        comodel_name="cx.batch",
        domain="[('kind', '=', 'opening'), ('phase_id', '=', phase_id)]",
        index="btree_not_null",
        ondelete="restrict",
    )
    delivery_batch_id = fields.Many2one(
        comodel_name="cx.batch",
        domain="[('kind', '=', 'delivery'), ('phase_id', '=', phase_id)]",
        index="btree_not_null",
        ondelete="restrict",
    )
    area = fields.Float(string="Area (m²)", digits=(12, 2))
    journey_ids = fields.One2many(comodel_name="cx.journey", inverse_name="unit_id")

    _name_phase_uniq = models.Constraint(
        "UNIQUE(phase_id, name)", "This unit number already exists in the phase."
    )

    @api.depends("name", "phase_id.display_name")
    def _compute_display_name(self):
        for unit in self:
            unit.display_name = f"{unit.phase_id.display_name} {unit.name}"

    @api.model
    def _search_display_name(self, operator, value):
        """Also by phase and number, as an import names a unit that is not alone."""
        domain = super()._search_display_name(operator, value)
        return domain | search_with_owner("phase_id", operator, value)

    @api.constrains("phase_id", "opening_batch_id", "delivery_batch_id")
    def _check_batches(self):
        for unit in self:
            for batch, kind in (
                (unit.opening_batch_id, "opening"),
                (unit.delivery_batch_id, "delivery"),
            ):
                if batch and (batch.phase_id != unit.phase_id or batch.kind != kind):
                    raise ValidationError(
                        self.env._(
                            "Unit %(unit)s: batch %(batch)s belongs to another phase "
                            "or is of another kind. Choose a batch of phase %(phase)s.",
                            unit=unit.name,
                            batch=batch.name,
                            phase=unit.phase_id.display_name,
                        )
                    )

    def write(self, vals):
        moved = self.filtered(
            lambda unit: (
                "phase_id" in vals
                and unit.phase_id.id != vals["phase_id"]
                and unit.with_context(active_test=False).journey_ids
            )
        )
        if moved:
            raise ValidationError(
                self.env._(
                    "Unit %(unit)s has customers, it cannot move to another phase. "
                    "Archive it and create the unit in the other phase.",
                    unit=moved[0].name,
                )
            )
        result = super().write(vals)
        if {"opening_batch_id", "delivery_batch_id"} & vals.keys():
            journeys = self.with_context(active_test=False).journey_ids
            self.env["cx.planner"]._plan_journeys(journeys, cause="anchor")
        return result
