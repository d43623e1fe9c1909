from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestLineTour(HttpCase):
    def test_a_line_is_used_frozen_and_freed(self):
        """By hand, in a browser, as an officer and a reviewer."""
        for role in ("officer", "reviewer"):
            group = f"group_credit.group_group_credit_{role}"
            new_test_user(self.env, f"line_{role}", groups=f"base.group_user,{group}")
        today = fields.Date.context_today(self.env["credit.line"])
        partner = self.env["res.partner"].create(
            {"name": "Tour Debtor", "is_company": True}
        )
        line = (
            self.env["credit.line"]
            ._record_event(
                "grant",
                {
                    "partner_id": partner.id,
                    "limit": 1000,
                    "net_limit": 1000,
                    "date_start": today - relativedelta(days=9),
                    "date_end": today + relativedelta(months=6),
                },
                "Tour",
            )
            .line_id
        )
        lines, events = "/odoo/credit-lines", "/odoo/credit-line-events"
        self.start_tour(lines, "group_credit_line_officer_tour", login="line_officer")
        self.assertEqual((line.used, line.state), (300, "active"))
        decide = "group_credit_line_decide_tour"
        self.start_tour(events, decide, login="line_reviewer")
        self.assertEqual(line.state, "frozen")
        self.start_tour(lines, "group_credit_line_unfreeze_tour", login="line_officer")
        self.start_tour(events, decide, login="line_reviewer")
        self.assertEqual((line.state, line.drawable), ("active", 700))
        self.assertEqual(line.event_ids.mapped("state"), ["applied"] * 3)
