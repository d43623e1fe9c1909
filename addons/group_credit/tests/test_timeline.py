from odoo.tests import new_test_user, tagged

from .line_case import LineCase


@tagged("post_install", "-at_install")
class TestTimeline(LineCase):
    """Credit in words on the timeline of a customer, to credit roles alone."""

    def credit(self, name, user="viewer"):
        customer = self.partner(name).with_user(self.users[user])
        facts = {fact["name"]: fact["value"] for fact in customer._timeline_facts()}
        return facts.get("Credit")

    def test_standing_in_words(self):
        group = self.grant_group(1000, "A")
        line = self.grant(500, "A", group)
        self.assertEqual(self.credit("A"), "in force")
        self.use("A", 500)
        self.assertEqual(self.credit("A"), "used up")
        line._record_event("freeze", reason="x")
        self.assertEqual(self.credit("A"), "frozen")
        self.assertEqual(self.credit("B"), "no credit line")

    def test_nobody_else_learns_of_it(self):
        self.grant(500, "A")
        outsider = new_test_user(self.env, "gc_outsider", groups="base.group_user")
        told = self.partner("A").with_user(outsider).get_customer_timeline()
        self.assertNotIn("Credit", [fact["name"] for fact in told["facts"]])
