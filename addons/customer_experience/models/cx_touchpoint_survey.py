from odoo import api, fields, models
from odoo.exceptions import UserError


class CxTouchpointTemplate(models.Model):
    _inherit = "cx.touchpoint.template"

    survey_id = fields.Many2one(
        comodel_name="survey.survey",
        domain="[('cx_kind', '!=', False)]",
        ondelete="restrict",
        help="The customer is asked; the touchpoint is done once the survey is "
        "answered or the customer declines.",
    )


class CxTouchpoint(models.Model):
    """A touchpoint that asks the customer."""

    _inherit = "cx.touchpoint"

    survey_id = fields.Many2one(related="template_id.survey_id")
    survey_request_ids = fields.One2many(
        comodel_name="cx.survey.request", inverse_name="touchpoint_id"
    )
    survey_status = fields.Selection(
        selection=lambda self: (
            self.env["cx.survey.request"]
            ._fields["status"]
            ._description_selection(self.env)
        ),
        compute="_compute_survey",
    )
    satisfaction = fields.Float(compute="_compute_survey")

    @api.depends("survey_request_ids.status")
    def _compute_survey(self):
        for touchpoint in self:
            last = touchpoint.survey_request_ids.sorted("id")[-1:]
            touchpoint.survey_status = last.status
            touchpoint.satisfaction = last.satisfaction

    def _check_done(self, vals):
        super()._check_done(vals)
        # history that is loaded was asked elsewhere
        if self.env.su or not (self.survey_id and self.journey_id):
            return
        settled = ("submitted", "declined", "expired")
        if not any(request.status in settled for request in self.survey_request_ids):
            self._raise_not_asked()

    def _raise_not_asked(self):
        raise UserError(
            self.env._(
                "%(touchpoint)s is not done yet: the customer has not answered the "
                "survey. Use “Ask”, or note that the customer declines.",
                touchpoint=self.display_name,
            )
        )

    def action_ask(self):
        """Open the survey of this touchpoint for this customer."""
        self.ensure_one()
        request = self.survey_request_ids.filtered(
            lambda request: request.status not in ("expired", "cancelled")
        )[:1]
        if not request:
            request = self.env["cx.survey.request"].create(
                {
                    # sudo: surveys are kept by administrators, asked by everybody
                    "survey_id": self.sudo().survey_id.id,
                    "journey_id": self.journey_id.id,
                    "touchpoint_id": self.id,
                }
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.survey.request",
            "res_id": request.id,
            "view_mode": "form",
        }
