from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CxGateWaiver(models.Model):
    """Leave to pass a gate without one of its requirements, approved and for a time."""

    _name = "cx.gate.waiver"
    _description = "Waiver of a Requirement"
    _inherit = ["mail.thread", "mail.activity.mixin", "approval.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _approval_fields = ("milestone_id", "requirement_id", "reason", "valid_until")

    milestone_id = fields.Many2one(
        comodel_name="cx.milestone", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="milestone_id.company_id", store=True)
    requirement_id = fields.Many2one(
        comodel_name="cx.gate.requirement",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('gate_id.milestone_type_id', '=', milestone_type_id)]",
    )
    milestone_type_id = fields.Many2one(related="milestone_id.type_id")
    reason = fields.Text(required=True)
    valid_until = fields.Date(required=True)
    is_valid = fields.Boolean(compute="_compute_is_valid")

    # asked for once, whatever became of it
    _once = models.UniqueIndex(
        "(milestone_id, requirement_id)",
        "A waiver of this requirement was asked for already: it is granted once.",
    )

    @api.depends("milestone_id", "requirement_id")
    def _compute_display_name(self):
        for waiver in self:
            requirement = waiver.requirement_id.name or ""
            waiver.display_name = (
                f"{waiver.milestone_id.display_name or ''}: {requirement}"
            )

    @api.depends("approval_state", "valid_until")
    def _compute_is_valid(self):
        for waiver in self:
            today = fields.Date.context_today(waiver)
            waiver.is_valid = (
                waiver.approval_state == "approved"
                and bool(waiver.valid_until)
                and waiver.valid_until >= today
            )

    @api.constrains("milestone_id", "requirement_id")
    def _check_requirement(self):
        for waiver in self:
            guards = waiver.requirement_id.gate_id.milestone_type_id
            if guards != waiver.milestone_id.type_id:
                raise ValidationError(
                    self.env._(
                        "Requirement: “%(requirement)s” is not asked for by the gate "
                        "of %(milestone)s.",
                        requirement=waiver.requirement_id.name,
                        milestone=waiver.milestone_id.display_name,
                    )
                )

    def _approval_before_submit(self):
        if self.valid_until < fields.Date.context_today(self):
            raise UserError(
                self.env._("Valid Until: the waiver would have ended already.")
            )
        if self.milestone_id.date_actual:
            raise UserError(
                self.env._(
                    "%(milestone)s is reported already.",
                    milestone=self.milestone_id.display_name,
                )
            )
