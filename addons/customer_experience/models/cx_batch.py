from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CxBatch(models.Model):
    """Homes of a phase that are launched, or handed over, together."""

    _name = "cx.batch"
    _description = "Opening or Delivery Batch"
    _order = "phase_id, kind desc, sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[("opening", "Opening"), ("delivery", "Delivery")],
        required=True,
        default="opening",
    )
    phase_id = fields.Many2one(
        comodel_name="cx.phase",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    project_id = fields.Many2one(related="phase_id.project_id", store=True)
    company_id = fields.Many2one(related="phase_id.company_id", store=True)
    milestone_ids = fields.One2many(
        comodel_name="cx.milestone", inverse_name="batch_id", string="Milestones"
    )

    @api.depends("name", "phase_id.display_name")
    @api.depends_context("cx_batch_name_only")
    def _compute_display_name(self):
        for batch in self:
            if self.env.context.get("cx_batch_name_only"):  # inside one phase
                batch.display_name = batch.name
                continue
            batch.display_name = f"{batch.phase_id.display_name} / {batch.name}"

    @api.model_create_multi
    def create(self, vals_list):
        batches = super().create(vals_list)
        self.env["cx.milestone"]._create_missing(batches=batches)
        return batches

    def write(self, vals):
        for batch in self:
            if vals.get("kind", batch.kind) != batch.kind or (
                vals.get("phase_id", batch.phase_id.id) != batch.phase_id.id
            ):
                raise ValidationError(
                    self.env._(
                        "Batch %(batch)s keeps its phase and kind: its milestones hang "
                        "on them. Archive it and create another one.",
                        batch=batch.display_name,
                    )
                )
        result = super().write(vals)
        if "active" in vals:
            self.env["cx.planner"]._plan(self.phase_id, cause="anchor")
        return result

    def unlink(self):
        phases = self.phase_id
        result = super().unlink()
        self.env["cx.planner"]._plan(phases, cause="anchor")
        return result
