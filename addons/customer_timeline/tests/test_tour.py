from datetime import datetime, timedelta

from odoo.tests import HttpCase, new_test_user, tagged

from .common import made, told_contacts


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def test_user_reads_the_timeline(self):
        customer = self.env["res.partner"].create(
            {"name": "Timeline Tour", "is_company": True}
        )
        contacts = self.env["res.partner"].create(
            [
                {"name": f"Tour {number:02}", "parent_id": customer.id}
                for number in range(35)
            ]
        )
        made(contacts, [datetime(2026, 1, 1) + timedelta(days=n) for n in range(35)])
        new_test_user(
            self.env,
            "timeline_tour",
            password="timeline_tour",
            groups="base.group_user,base.group_partner_manager",
        )
        with told_contacts(self.env):
            self.start_tour(
                f"/odoo/contacts/{customer.id}",
                "customer_timeline_tour",
                login="timeline_tour",
            )
