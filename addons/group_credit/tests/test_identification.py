from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestIdentification(IdentificationCase):
    def test_chain_of_majorities_is_one_group(self):
        self.relate("A>B 51", "B>C 51", "C>D 20")
        groups = self.identify()
        self.assertEqual(set(groups), {frozenset("ABC")})
        group = groups[frozenset("ABC")]
        self.assertEqual((group.name, group.state), ("A", "candidate"))
        member = {m.partner_id.name: m for m in group.member_ids}
        self.assertEqual(member["C"].parent_id, member["B"])
        self.assertEqual(member["B"].parent_id, member["A"])
        self.assertFalse(member["A"].parent_id)
        self.assertEqual({m.criterion for m in group.member_ids}, {"1"})

    def test_reason_in_words(self):
        self.relate("A>B 100", "B>C 40", "A>C 20")
        (group,) = self.identify().values()
        text = {m.partner_id.name: m.basis_text for m in group.member_ids}
        self.assertEqual(
            text["C"],
            "A itself holds 20 % of the votes, and companies it controls hold 40 % (B "
            "40 %): together 60 %, more than half.",
        )
        self.assertEqual(text["B"], "A holds 100 % of the votes, more than half.")
        self.assertIn("head", text["A"])

    def test_person_links_without_being_a_member(self):
        self.person("P")
        self.relate("P>A 60", "P>B 60")
        (group,) = self.identify().values()
        self.assertEqual(set(group.member_ids.partner_id.mapped("name")), {"A", "B"})
        self.assertEqual(group.controller_ids, self.partner("P"))
        self.assertEqual(set(group.member_ids.mapped("criterion")), {"3"})

    def test_state_body_holds_nothing_together(self):
        self.partner("SASAC", credit_is_state_body=True)
        self.relate("SASAC>G1 100", "SASAC>G2 100", "G1>S1 70", "G2>S2 80")
        self.assertEqual(
            set(self.identify()), {frozenset({"G1", "S1"}), frozenset({"G2", "S2"})}
        )

    def test_mutual_control_has_no_controller_and_is_flagged(self):
        self.relate("X>Y 60", "Y>X 60")
        (group,) = self.identify().values()
        self.assertFalse(group.controller_ids)
        self.assertIn("mutual", group.flags)
        self.assertIn("circle", group.flag_text)

    def test_a_ring_does_not_break_the_hierarchy(self):
        self.relate("X>Y 60", "Y>X 60", "Y>Z 60")
        (group,) = self.identify().values()
        self.assertEqual(len(group.member_ids), 3)
        self.assertFalse(group.member_ids._has_cycle())

    def test_proxy_treasury_and_board(self):
        self.relate("A>X 35", "B>X 20")
        self.relate("A>X", kind="proxy", grantor_id=self.partner("B").id, votes_pct=20)
        self.partner("T", credit_treasury_pct=12)
        self.relate("C>T 45")
        self.relate("D>E", kind="board", seats=4, seats_total=7)
        groups = self.identify()
        self.assertEqual(
            set(groups), {frozenset("AX"), frozenset("CT"), frozenset("DE")}
        )
        text = "\n".join(m.basis_text for g in groups.values() for m in g.member_ids)
        self.assertIn(
            "By agreement A casts the 20 % of the votes that belong to B.", text
        )
        self.assertIn("Only 88 % of the votes can be cast, so that is 51.1364 %.", text)
        self.assertIn("D names 4 of the 7 members of its board.", text)

    def test_drafts_ended_and_foreign_relations_do_not_count(self):
        self.relate("A>B 60", state="draft")
        self.relate("C>D 60", valid_to="2020-01-01")
        self.relate("E>F 60", company_id=self.env.ref("base.main_company").id)
        self.relate("G>H 60", company_id=False)
        self.assertEqual(set(self.identify()), {frozenset("GH")})

    def test_a_second_run_adds_nothing(self):
        self.relate("A>B 60")
        self.assertEqual(len(self.identify()), 1)
        self.assertFalse(self.identify())

    def test_officer_submits_and_somebody_else_confirms(self):
        self.relate("A>B 60")
        Group = self.env["credit.group"].with_user(self.users["officer"])
        Group.action_identify()
        group = Group.search([("root_id", "=", self.partner("A").id)])
        with self.assertRefused("Reviewer"):
            group.action_confirm()
        with self.assertRefused("submitted yet"):
            group.with_user(self.users["reviewer"]).action_confirm()
        group.action_submit()
        group.with_user(self.users["reviewer"]).action_confirm()
        self.assertEqual(group.state, "confirmed")
        self.assertEqual(group.change_ids.decided_by_id, self.users["reviewer"])

    def test_four_eyes_whatever_the_door(self):
        group = self.make_group("G", ["A", "B"], user="reviewer")
        group.action_submit()
        with self.assertRefused("no say", AccessError):
            group.write({"state": "confirmed"})
        group.with_user(self.users["second"]).write({"state": "confirmed"})
        self.assertEqual(group.state, "confirmed")

    def test_states_follow_the_allowed_ways(self):
        group = self.make_group("G", ["A", "B"], user="officer")
        manager = group.with_user(self.users["manager"])
        with self.assertRefused("reason", ValidationError):
            manager.action_exempt()
        manager.exempt_reason = "government"
        manager.action_exempt()
        with self.assertRaises(UserError):
            manager.write({"state": "candidate"})
        manager.write({"state": "confirmed"})
        with self.assertRaises(UserError):
            group.with_user(self.users["reviewer"]).action_dissolve()
        manager.action_dissolve()
        with self.assertRaises(UserError):
            self.env["credit.group"].with_user(self.users["officer"]).create(
                {"name": "N", "state": "confirmed"}
            )

    def test_viewer_and_sales_cannot_identify(self):
        for role in ("viewer", "sales"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["credit.group"].with_user(self.users[role]).action_identify()

    def test_one_control_group_at_a_time(self):
        group = self.make_group("G", ["A", "B"])
        other = self.make_group("H", ["B", "C"])
        group.state = "confirmed"
        with self.assertRefused("already belongs", ValidationError):
            other.state = "confirmed"
        pool = self.make_group("Pool", ["B", "C"], kind="joint_liability")
        pool.state = "confirmed"
        member = group.member_ids.filtered(lambda m: m.partner_id.name == "B")
        member.date_out = member.date_in
        other.state = "confirmed"

    def test_confirming_moves_members_from_the_group_they_were_in(self):
        group = self.make_group("G", ["A", "B"])
        group.state = "confirmed"
        other = self.make_group("H", ["B", "C"], user="officer")
        other.action_submit()
        self.assertEqual(other.change_ids.other_group_ids, group)
        other.with_user(self.users["reviewer"]).action_confirm()
        self.assertEqual(self.names(other), frozenset("BC"))
        self.assertEqual(self.names(group), frozenset("A"))

    def test_codes_are_unique_and_given(self):
        one, two = self.make_group("G", ["A", "B"]), self.make_group("H", ["C", "D"])
        self.assertTrue(one.code and two.code and one.code != two.code)
