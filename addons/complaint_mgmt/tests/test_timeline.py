from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestTimeline(ComplaintCommon):
    """What the timeline of a customer tells of complaints, and to whom."""

    def told(self, user):
        return self.customer.with_user(user).get_customer_timeline()

    def complaints(self, user):
        return [
            each for each in self.told(user)["events"] if each["kind"] == "complaint"
        ]

    def facts(self, user):
        return {fact["name"]: fact["value"] for fact in self.told(user)["facts"]}

    def test_each_role_sees_its_own(self):
        open_case = self._create(user=self.agent)
        secret = self._create(user=self.manager, confidential=True)
        self.assertEqual(
            [each["id"] for each in self.complaints(self.agent)], open_case.ids
        )
        self.assertEqual(self.facts(self.agent)["Complaints"], "1 open")
        self.assertEqual(
            [each["id"] for each in self.complaints(self.manager)],
            [secret.id, open_case.id],
        )
        self.assertEqual(self.facts(self.manager)["Complaints"], "2 open")
        self.assertEqual(self.complaints(self.outsider), [])
        self.assertNotIn("Complaints", self.facts(self.outsider))

    def test_overdue_stands_out(self):
        case = self._create(user=self.agent)
        case.sudo().sla_state = "breached"
        self.assertEqual(self.facts(self.agent)["Complaints"], "1 open, 1 overdue")
        self.assertEqual(self.complaints(self.agent)[0]["tone"], "danger")
