from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestGroupCreditTour(HttpCase):
    def test_officer_imports_a_table(self):
        new_test_user(
            self.env,
            "tour_importer",
            groups="base.group_user,group_credit.group_group_credit_officer",
        )
        bank, mill = self.env["res.partner"].create(
            [
                {"name": "Tour Bank", "is_company": True},
                {"name": "Tour Mill", "is_company": True},
            ]
        )
        self.start_tour(
            "/odoo/credit-imports", "group_credit_import_tour", login="tour_importer"
        )
        relation = self.env["credit.relation"].search([("held_id", "=", mill.id)])
        self.assertEqual((relation.holder_id, relation.state), (bank, "draft"))

    def test_officer_prepares_and_reviewer_confirms(self):
        """A relation and the group that follows from it, in a browser, as two users."""
        for role in ("officer", "reviewer"):
            group = f"group_credit.group_group_credit_{role}"
            new_test_user(self.env, f"tour_{role}", groups=f"base.group_user,{group}")
        holding, works = self.env["res.partner"].create(
            [
                {"name": "Tour Holding", "is_company": True},
                {"name": "Tour Works", "is_company": True},
            ]
        )
        self.start_tour(
            "/odoo/credit-relations", "group_credit_officer_tour", login="tour_officer"
        )
        relation = self.env["credit.relation"].search([("held_id", "=", works.id)])
        self.assertEqual(relation.holder_id, holding)
        self.assertEqual((relation.votes_pct, relation.state), (60.0, "draft"))
        relation.state = "confirmed"
        self.start_tour(
            "/odoo/credit-groups", "group_credit_identify_tour", login="tour_officer"
        )
        self.start_tour(
            "/odoo/credit-groups", "group_credit_reviewer_tour", login="tour_reviewer"
        )
        group = self.env["credit.group"].search([("root_id", "=", holding.id)])
        self.assertEqual(group.state, "confirmed")
        self.assertEqual(group.member_ids.partner_id, holding | works)
