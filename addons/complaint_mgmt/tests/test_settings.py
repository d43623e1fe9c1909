from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestSettings(ComplaintCommon):
    def test_tree_names(self):
        leaf = self.env.ref("complaint_mgmt.complaint_type_product_quality")
        self.assertEqual(leaf.display_name, "Product / Product quality")
        types = self.env["complaint.type"]
        self.assertIn(
            leaf, types.search([("complete_name", "ilike", "Product / quality")])
        )
        self.assertEqual(
            types.search([("complete_name", "=", "Product / Product quality")]), leaf
        )
        self.assertFalse(
            types.search([("complete_name", "=", "Service / Product quality")])
        )
        found = types.name_search("Product / Product quality", operator="=")
        self.assertEqual(
            [row[0] for row in found], leaf.ids, "an import finds it by its full name"
        )

    def test_tree_has_no_cycle(self):
        root = self.env.ref("complaint_mgmt.complaint_cause_product")
        with self.assertRaises(UserError):
            root.parent_id = self.env.ref(
                "complaint_mgmt.complaint_cause_product_design"
            )

    def test_stage_meaning_in_use_stays(self):
        self._create()
        with self.refused(UserError, "meaning cannot change"):
            self.stages["register"].kind = "assess"
        extra = self.env["complaint.stage"].create({"name": "Extra", "kind": "reply"})
        extra.kind = "investigate"
        extra.unlink()

    def test_last_stage_of_a_meaning_stays(self):
        with self.refused(UserError, "at least one stage"):
            self.stages["callback"].unlink()

    def test_team_alias(self):
        domain = self.env["mail.alias.domain"].create({"name": "kehu-team.example"})
        self.company.alias_domain_id = domain
        with Form(self.env["complaint.team"].with_user(self.admin)) as form:
            form.name = "Post"
            form.alias_name = "tousu-post"
        team = form.record
        self.assertEqual(team.alias_email, "tousu-post@kehu-team.example")
        self.assertEqual(team.sudo().alias_id.alias_model_id.model, "complaint.case")
        self.assertIn(f"'team_id': {team.id}", team.alias_id.alias_defaults)
        self.assertFalse(self.team.alias_id, "no alias without a name")
        self.team.with_user(self.admin).alias_name = "tousu-later"
        self.assertIn(f"'team_id': {self.team.id}", self.team.alias_id.alias_defaults)

    def test_team_counts(self):
        self._create(team_id=self.team.id)
        self._create(team_id=self.team.id, severity="critical", user_id=self.handler.id)
        self._create(
            team_id=self.team.id,
            stage_id=self.stages["ended"].id,
            end_reason="withdrawn",
            end_note="Called again",
        )
        self.assertEqual(
            (self.team.open_count, self.team.unassigned_count, self.team.severe_count),
            (2, 1, 1),
        )
        action = self.team.action_open_cases()
        self.assertEqual(action["context"]["search_default_team_id"], self.team.id)
