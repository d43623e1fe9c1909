from odoo import fields, models


class CreditApplicationOpine(models.TransientModel):
    """Asks for an opinion; recorded, it is never changed."""

    _name = "credit.application.opine"
    _description = "Give an Opinion"

    application_id = fields.Many2one("credit.application", required=True)
    verdict = fields.Selection(
        [
            ("agree", "Agree: go to the next stage"),
            ("return", "Return to the investigation"),
            ("refuse", "Refuse: close the application"),
        ],
        required=True,
        default="agree",
    )
    text = fields.Text("Opinion", required=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")

    def action_record(self):
        self.ensure_one()
        self.application_id._opine(self.verdict, self.text, self.attachment_ids)
        return {"type": "ir.actions.act_window_close"}
