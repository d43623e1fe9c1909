from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestMergeAndAccess(IdentificationCase):
    def merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(
            [self.partner(source).id, self.partner(target).id], self.partner(target)
        )

    def test_relations_move_and_twins_count_once(self):
        self.relate("A>X 40", "A2>X 40", "A2>Y 60")
        self.merge("A2", "A")
        holdings = self.env["credit.relation"].search(
            [("holder_id", "=", self.partner("A").id), ("state", "=", "confirmed")]
        )
        self.assertEqual(set(holdings.held_id.mapped("name")), {"X", "Y"})
        self.assertEqual(len(holdings), 2)

    def test_nobody_holds_himself_after_a_merge(self):
        relation = self.relate("A>B 60")
        self.merge("B", "A")
        self.assertEqual(relation.state, "revoked")
        self.assertIn("merged", relation.message_ids[:1].body)

    def test_two_members_of_one_group_become_one(self):
        group = self.confirmed("A>B 60", "A>B2 60")
        self.merge("B2", "B")
        self.assertEqual(self.names(group), frozenset("AB"))
        self.assertEqual(len(group.member_ids), 3, "the ended membership stays")

    def test_members_of_two_groups_are_not_merged(self):
        self.relate("A>B 60", "C>D 60")
        for group in self.identify().values():
            self.confirm(group)
        with self.assertRefused("different control groups"):
            self.merge("D", "B")

    def test_merging_computes_anew(self):
        self.relate("A>B 60", "B2>C 60")
        self.identify()
        self.merge("B2", "B")
        self.identify()
        groups = self.env["credit.group"].search(
            [("company_id", "=", self.company.id), ("state", "=", "candidate")]
        )
        self.assertIn(frozenset("ABC"), {self.names(group) for group in groups})

    def test_members_cannot_be_deleted(self):
        self.make_group("Pool", ["A", "B"], kind="joint_liability")
        with self.assertRefused("Archive"):
            self.partner("A").with_user(self.users["sales"]).unlink()

    def test_portal_and_sales_read_nothing(self):
        group = self.confirmed("A>B 60")
        self.tie("P", "spouse", "Q")
        portal = new_test_user(self.env, "gc_portal", groups="base.group_portal")
        records = [
            group,
            group.member_ids,
            group.change_ids,
            group.change_ids.line_ids,
            self.env["credit.relation"].search([], limit=1),
            self.env["credit.kinship"].search([], limit=1),
            self.env["credit.parameter"].search([], limit=1),
        ]
        for user in (portal, self.users["sales"]):
            for record in records:
                with (
                    self.subTest(user=user.login, model=record._name),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(user).read(["display_name"])

    def test_another_bank_reads_nothing(self):
        group = self.confirmed("A>B 60")
        other = self.env["res.company"].create({"name": "Another Bank"})
        user = new_test_user(
            self.env,
            "gc_other",
            groups="group_credit.group_group_credit_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for record in (group, group.member_ids, group.change_ids):
            seen = record.with_user(user).with_context(allowed_company_ids=other.ids)
            found = seen.search([("id", "in", record.ids)])
            self.assertFalse(found, record._name)

    def test_a_branch_reads_what_head_office_keeps(self):
        group = self.confirmed("A>B 60")
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        user = new_test_user(
            self.env,
            "gc_branch",
            groups="group_credit.group_group_credit_viewer",
            company_id=branch.id,
            company_ids=[(6, 0, branch.ids)],
        )
        seen = group.with_user(user).with_context(allowed_company_ids=branch.ids)
        self.assertEqual(seen.name, "A")
