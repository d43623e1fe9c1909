from odoo.tests import HttpCase, tagged

from .common import SaleCreditCase


@tagged("post_install", "-at_install")
class TestTour(SaleCreditCase, HttpCase):
    def test_salesperson_meets_the_end_of_the_line(self):
        self.mill.name = "Tour Mill"
        self.seller.password = "gcs_seller"
        order = self.quotation(900)
        self.start_tour(
            f"/odoo/sales/{order.id}", "group_credit_sale_tour", login="gcs_seller"
        )
        order.invalidate_recordset()
        self.assertEqual((order.state, order.credit_wait), ("draft", True))
        release = order.credit_override_ids
        self.assertEqual((release.amount, release.approval_state), (900, "pending"))
        self.assertEqual(release.user_id, self.seller)
