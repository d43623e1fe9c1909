from odoo import api, fields, models


class CreditLineAsOfRow(models.TransientModel):
    _name = "credit.line.as.of.row"
    _description = "Credit Line as of a Day"
    _order = "id"

    day = fields.Date(readonly=True)
    line_id = fields.Many2one("credit.line", string="Credit Line", readonly=True)
    group_id = fields.Many2one(related="line_id.group_id")
    partner_id = fields.Many2one(related="line_id.partner_id")
    product_id = fields.Many2one(related="line_id.product_id")
    level = fields.Selection(related="line_id.level")
    has_limit = fields.Boolean(related="line_id.has_limit")
    currency_id = fields.Many2one(related="line_id.currency_id")
    limit = fields.Monetary(readonly=True)
    net_limit = fields.Monetary("Exposure Limit", readonly=True)
    low_risk_limit = fields.Monetary(readonly=True)
    date_start = fields.Date("Valid From", readonly=True)
    date_end = fields.Date("Valid Until", readonly=True)
    state = fields.Selection(
        lambda self: (
            self.env["credit.line"]._fields["state"]._description_selection(self.env)
        ),
        readonly=True,
    )
    used = fields.Monetary(readonly=True)
    used_net = fields.Monetary("Exposure Used", readonly=True)
    used_low = fields.Monetary("Low-Risk Used", readonly=True)
    reserved = fields.Monetary(readonly=True)
    margin = fields.Monetary("Margin and Pledges", readonly=True)
    outstanding = fields.Monetary(readonly=True)
    regulatory = fields.Monetary("Regulatory Exposure", readonly=True)
    over_limit = fields.Boolean(compute="_compute_over_limit")

    @api.depends("limit", "used", "reserved", "net_limit", "used_net")
    def _compute_over_limit(self):
        for row in self:
            row.over_limit = row.has_limit and (
                row.used + row.reserved > row.limit or row.used_net > row.net_limit
            )

    def action_open_line(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "credit.line",
            "res_id": self.line_id.id,
            "views": [(False, "form")],
        }
