from odoo import api, fields, models

from .credit_line import COUNTERS


class CreditProofDifference(models.Model):
    _name = "credit.proof.difference"
    _description = "Difference Found by a Proof"
    _order = "proof_id, line_id, counter"
    _rec_name = "line_id"

    proof_id = fields.Many2one(
        "credit.proof", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "credit.line", string="Credit Line", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="line_id.currency_id")
    counter = fields.Selection(selection="_counter_names", required=True)
    counted = fields.Monetary("Counter Says")
    ledger = fields.Monetary("By the Ledger")
    repaired = fields.Boolean()

    @api.model
    def _counter_names(self):
        line = self.env["credit.line"]
        return [
            (name, line._fields[name]._description_string(self.env))
            for name in COUNTERS
        ]
