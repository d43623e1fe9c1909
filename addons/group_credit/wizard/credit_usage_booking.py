import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditUsageBooking(models.TransientModel):
    """A use that is entered by hand, because no other document books it."""

    _name = "credit.usage.booking"
    _description = "Book a Use"

    line_id = fields.Many2one("credit.line", string="Credit Line", required=True)
    partner_id = fields.Many2one(related="line_id.partner_id")
    kind = fields.Selection(
        [
            ("reserve", "Reserve"),
            ("draw", "Draw"),
            ("repay", "Repay"),
            ("release", "Release"),
            ("margin", "Margin"),
        ],
        required=True,
        default="draw",
    )
    document = fields.Char(
        help="Contract or note that the use belongs to: the same for all its steps."
    )
    amount = fields.Monetary()
    margin = fields.Monetary(help="Negative when it is given back.")
    pledged = fields.Monetary("Pledged Deposits and Bonds")
    currency_id = fields.Many2one("res.currency", required=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    note = fields.Char()
    # so that pressing the button twice books once
    step = fields.Char(default=lambda self: uuid.uuid4().hex[:12])
    drawable = fields.Monetary(related="line_id.drawable")

    @api.onchange("line_id")
    def _onchange_line_id(self):
        self.currency_id = self.line_id.currency_id

    def action_book(self):
        self.ensure_one()
        if not self.document:
            raise UserError(
                self.env._("Document: enter the contract or note of the use.")
            )
        values = {
            "origin_model": "manual",
            "origin_id": self.document.strip(),
            "component": self.step,
            "date": self.date,
            "currency_id": self.currency_id.id,
            "note": self.note,
        }
        if self.kind in ("reserve", "draw"):
            values |= {
                "partner_id": self.partner_id.id,
                "product_id": self.line_id.product_id.id,
            }
        if self.kind in ("reserve", "draw", "margin"):
            values |= {"margin": self.margin, "pledged": self.pledged}
        if self.kind != "margin":
            values["amount"] = self.amount
        self.env["credit.line"]._serve(
            self.kind, origin_name=values["origin_id"], **values
        )
        return {"type": "ir.actions.act_window_close"}
