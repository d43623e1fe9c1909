from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.customer_timeline.engine.timeline import Source

from .common import made, told_contacts

START = datetime(2026, 3, 1, 8)


@tagged("post_install", "-at_install")
class TestTimeline(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "timeline_user", groups="base.group_user")
        cls.portal = new_test_user(
            cls.env, "timeline_portal", groups="base.group_portal"
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Xinghe Trading", "is_company": True}
        )
        cls.contacts = cls.env["res.partner"].create(
            [
                {
                    "name": f"Contact {number}",
                    "parent_id": cls.customer.id,
                    "type": "invoice",
                    "country_id": cls.env.ref("base.cn").id,
                    "color": int(number == 4),
                }
                for number in range(5)
            ]
        )
        made(cls.contacts, [START + timedelta(days=n) for n in range(5)])

    def timeline(self, customer=None, user=None, **kwargs):
        customer = (customer or self.customer).with_user(user or self.user)
        return customer.get_customer_timeline(**kwargs)

    def test_latest_first_page_by_page(self):
        with told_contacts(self.env):
            page = self.timeline(limit=2)
            self.assertEqual(
                [event["id"] for event in page["events"]], self.contacts[:2:-1].ids
            )
            self.assertEqual(
                page["kinds"],
                [
                    {
                        "kind": "contact",
                        "name": "Contacts",
                        "icon": "fa-user",
                        "count": "5",
                    }
                ],
            )
            # one that is added meanwhile moves nothing
            late = self.env["res.partner"].create(
                {"name": "Late", "parent_id": self.customer.id}
            )
            made(late, [START + timedelta(days=9)])
            rest = self.timeline(limit=9, before=page["more"])
            self.assertEqual(
                [event["id"] for event in rest["events"]], self.contacts[2::-1].ids
            )
            self.assertFalse(rest["more"])
            self.assertNotIn("facts", rest)

    def test_an_event_says_what_it_is(self):
        with told_contacts(self.env):
            event = self.timeline()["events"][0]
        self.assertEqual(event["details"], ["Invoice", self.env.ref("base.cn").name])
        self.assertEqual(event["title"], self.contacts[4].display_name)
        self.assertEqual(event["moment"], "2026-03-05 08:00:00")
        self.assertEqual(event["tone"], "danger")

    def test_a_contact_has_its_own(self):
        with told_contacts(self.env):
            self.assertEqual(self.timeline(self.contacts[0])["events"], [])

    def test_only_these_kinds(self):
        other = Source("other", "Others", "res.partner", partner="parent_id")
        with told_contacts(self.env, other):
            self.assertEqual(len(self.timeline()["events"]), 10)
            page = self.timeline(kinds=["other"])
        self.assertEqual({event["kind"] for event in page["events"]}, {"other"})
        self.assertEqual(len(page["kinds"]), 2)

    def test_to_come_is_told_apart(self):
        soon = datetime.now() + timedelta(days=3)
        made(self.contacts, [soon + timedelta(days=n) for n in (2, 1, -9, -8, 0)])
        with told_contacts(self.env):
            page = self.timeline()
        ids = self.contacts.ids
        self.assertEqual(
            [event["id"] for event in page["upcoming"]], [ids[4], ids[1], ids[0]]
        )
        self.assertEqual([event["id"] for event in page["events"]], [ids[3], ids[2]])

    def test_rights_of_who_looks(self):
        self.env["ir.rule"].create(
            {
                "name": "Not these",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', 'not in', {self.contacts[:3].ids})]",
            }
        )
        settings = Source(
            "setting", "Settings", "ir.config_parameter", partner="create_uid"
        )
        with told_contacts(self.env, settings):
            page = self.timeline()
            self.assertEqual(len(page["events"]), 2)
            self.assertEqual([kind["count"] for kind in page["kinds"]], ["2"])
            with self.assertRaises(AccessError):
                self.timeline(user=self.portal)

    def test_core_apps_where_installed(self):
        """Every source of this database names fields that are there and stored."""
        for source in self.env["res.partner"]._timeline_sources():
            fields = self.env[source.model]._fields
            self.assertIn(fields[source.date].type, ("date", "datetime"), source)
            for name in (source.partner, source.date):
                self.assertTrue(fields[name].store, source)
            self.assertLessEqual(set(source.details), set(fields), source)
        self.timeline()

    def test_queries(self):
        """A page costs what its kinds cost, not what the customer has."""
        with told_contacts(self.env):
            self.timeline()
            self.env.invalidate_all()
            with self.assertQueryCount(10):
                self.timeline()
