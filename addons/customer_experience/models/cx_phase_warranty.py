from odoo import fields, models


class CxPhase(models.Model):
    """What the warranties of a phase count with."""

    _inherit = "cx.phase"

    builder_id = fields.Many2one(
        comodel_name="res.partner",
        tracking=True,
        help="Main contractor: answers for defects during the builder's warranty.",
    )
    design_life = fields.Integer(
        string="Design Service Life (years)",
        default=50,
        help="Structure and foundation are under warranty so long.",
    )

    _design_life_check = models.Constraint(
        "CHECK(design_life BETWEEN 1 AND 200)",
        "The design service life is between 1 and 200 years.",
    )

    def _date_completed(self):
        """When the works were accepted; no day while they are not."""
        self.ensure_one()
        milestone = self.milestone_ids.filtered(
            lambda milestone: milestone.type_id.code == "completed"
        )
        return milestone.date_actual
