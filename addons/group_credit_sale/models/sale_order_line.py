from odoo import api, models

# What the customer agreed to; a delivery is not refused, it has happened.
AGREED = {
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "product_id",
    "product_uom_id",
    "order_id",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        orders = orders.filtered(lambda order: order.state == "sale")
        with self.env["credit.account"]._guarding(orders._credit_accounts()):
            lines = super().create(vals_list)
            orders._credit_sync_each()
        return lines

    def write(self, vals):
        orders = self.order_id.filtered(lambda order: order.state == "sale")
        if not orders or not AGREED & set(vals):
            return super().write(vals)
        with self.env["credit.account"]._guarding(orders._credit_accounts()):
            result = super().write(vals)
            orders._credit_sync_each()
        return result

    def unlink(self):
        orders = self.order_id.filtered(lambda order: order.state == "sale")
        with self.env["credit.account"]._guarding(orders._credit_accounts()):
            result = super().unlink()
            orders._credit_sync_each()
        return result
