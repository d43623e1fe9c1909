from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestChange(IdentificationCase):
    def lines(self, change):
        return {(line.action, line.partner_id.name) for line in change.line_ids}

    # What is proposed

    def test_a_member_joins(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        change = self.open_change(group)
        self.assertEqual((change.kind, self.lines(change)), ("members", {("add", "C")}))
        self.assertIn("B, which A controls, holds 60 %", change.line_ids.basis_text)
        self.assertEqual(
            self.names(group), frozenset("AB"), "nothing before a decision"
        )
        self.confirm(group)
        self.assertEqual(self.names(group), frozenset("ABC"))
        self.assertEqual(group.version, 3)

    def test_a_member_leaves_and_history_stays(self):
        group = self.confirmed("A>B 60", "A>C 60")
        yesterday = fields.Date.context_today(group) - timedelta(days=1)
        group.member_ids.date_in = yesterday
        relation = self.env["credit.relation"].search(
            [("held_id", "=", self.partner("C").id)]
        )
        relation.valid_to = fields.Date.context_today(group)
        self.identify()
        change = self.open_change(group)
        self.assertEqual(self.lines(change), {("remove", "C")})
        self.confirm(group)
        self.assertEqual(self.names(group), frozenset("AB"))
        then = group._members_on(yesterday).partner_id.mapped("name")
        self.assertEqual(set(then), set("ABC"))
        wizard = self.env["credit.group.as.of"].create(
            {"group_id": group.id, "day": yesterday}
        )
        shown = self.env["credit.group.member"].search(wizard.action_show()["domain"])
        self.assertEqual(len(shown), 3)

    def test_two_groups_merge(self):
        self.relate("A>B 60", "C>D 60")
        one, two = self.identify().values()
        self.confirm(one), self.confirm(two)
        self.relate("B>C 60")
        self.identify()
        change = (one | two).change_ids.filtered(lambda c: c.state == "proposed")
        self.assertEqual(change.kind, "merge")
        survivor, other = change.group_id, (one | two) - change.group_id
        self.assertEqual(change.other_group_ids, other)
        self.confirm(survivor)
        self.assertEqual(self.names(survivor), frozenset("ABCD"))
        self.assertEqual(other.state, "dissolved")

    def test_a_group_splits(self):
        group = self.confirmed("A>B 60", "B>C 60", "C>D 60")
        middle = self.env["credit.relation"].search(
            [("holder_id", "=", self.partner("B").id)]
        )
        middle.action_revoke()
        self.identify()
        stay = self.open_change(group)
        split = self.env["credit.group.change"].search(
            [("kind", "=", "split"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(stay.line_ids), 2)
        self.assertEqual(split.other_group_ids, group)
        self.assertEqual(split.line_ids.from_group_id, group)
        self.confirm(split.group_id)
        self.assertEqual(self.names(group) | self.names(split.group_id), set("ABCD"))
        self.assertFalse(self.names(group) & self.names(split.group_id))

    def test_nothing_holds_the_group_any_more(self):
        group = self.confirmed("A>B 60")
        self.env["credit.relation"].search(
            [("held_id", "=", self.partner("B").id)]
        ).action_revoke()
        self.identify()
        self.assertEqual(self.open_change(group).kind, "end")
        self.confirm(group)
        self.assertEqual(group.state, "dissolved")
        self.assertFalse(self.names(group))

    def test_the_controller_changes(self):
        self.person("P"), self.person("Q")
        group = self.confirmed("P>A 60", "A>B 60")
        self.assertEqual(group.controller_ids, self.partner("P"))
        self.env["credit.relation"].search(
            [("holder_id", "=", self.partner("P").id)]
        ).action_revoke()
        self.relate("Q>A 60")
        self.identify()
        change = self.open_change(group)
        self.assertEqual(change.kind, "controller")
        self.assertEqual(change.controller_before_ids, self.partner("P"))
        self.assertEqual(change.controller_after_ids, self.partner("Q"))
        self.confirm(group)
        self.assertEqual(group.controller_ids, self.partner("Q"))

    def test_figures_move_without_a_proposal(self):
        group = self.confirmed("A>B 60")
        relation = self.env["credit.relation"].search(
            [("held_id", "=", self.partner("B").id)]
        )
        relation.equity_pct = 70
        self.assertFalse(self.identify())
        member = group.member_ids.filtered(lambda m: m.partner_id.name == "B")
        self.assertIn("70 %", member.basis_text)

    def test_a_large_group_asks_for_a_second_look(self):
        self.env["credit.parameter"].create(
            {"code": "group_size_review", "value": "2", "date_from": "2020-01-01"}
        )
        self.relate("A>B 60", "A>C 60")
        (group,) = self.identify().values()
        self.assertIn("unusually large", group.flag_text)

    def test_identifying_twice_proposes_once(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        change = self.open_change(group)
        self.env["credit.identification.todo"]._add(self.partner("A"), self.company)
        self.assertFalse(self.identify())
        self.assertEqual(self.open_change(group), change)

    def test_a_newer_computation_replaces_the_proposal(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        first = self.open_change(group)
        self.relate("B>D 60")
        self.identify()
        self.assertEqual(first.state, "superseded")
        self.assertEqual(len(self.open_change(group).line_ids), 2)

    # Kinship, related parties, state bodies

    def test_spouses_control_together(self):
        self.person("H"), self.person("W")
        self.tie("H", "spouse", "W")
        self.relate("H>A 30", "W>A 25", "H>X 60")
        (group,) = self.identify().values()
        self.assertEqual(self.names(group), frozenset("AX"))
        self.assertEqual(set(group.member_ids.mapped("criterion")), {"3"})
        text = group.member_ids.filtered(lambda m: m.partner_id.name == "A").basis_text
        self.assertIn("near relatives", text)

    def test_a_confirmed_tie_is_what_links(self):
        self.person("F"), self.person("S")
        self.relate("F>A 60", "S>B 60")
        self.identify()
        tie = self.tie("S", "parent", "F", state="draft")
        self.assertFalse(self.identify())
        tie.action_confirm()
        self.assertEqual(set(self.identify()), {frozenset("AB")})

    def test_kinship_that_cannot_be(self):
        self.person("F"), self.person("S"), self.partner("Co")
        with self.assertRefused("their own relative"):
            self.tie("F", "spouse", "F")
        with self.assertRefused("is a company"):
            self.tie("F", "spouse", "Co")
        self.tie("S", "parent", "F")
        with self.assertRefused("own ancestors"):
            self.tie("F", "parent", "S")

    def test_related_parties_join_by_judgement(self):
        group = self.confirmed("A>B 60")
        self.relate("B>Z", kind="related", equity_pct=0)
        self.identify()
        change = self.open_change(group)
        self.assertEqual(self.lines(change), {("add", "Z")})
        self.assertEqual(change.line_ids.criterion, "4")
        self.assertIn("criterion (4)", change.line_ids.basis_text)

    def test_dealings_end_the_exemption_of_state_siblings(self):
        self.partner("SASAC", credit_is_state_body=True)
        self.relate("SASAC>G1 100", "SASAC>G2 100", "G1>S1 70", "G2>S2 80")
        groups = self.identify()
        first = groups[frozenset({"G1", "S1"})]
        second = groups[frozenset({"G2", "S2"})]
        self.confirm(first), self.confirm(second)
        first.write({"exempt_reason": "government", "state": "exempt"})
        self.relate("S1>S2", kind="dealing", equity_pct=0)
        self.identify()
        kinds = (
            (first | second)
            .change_ids.filtered(lambda c: c.state == "proposed")
            .mapped("kind")
        )
        self.assertEqual(set(kinds), {"merge", "exemption"})
        exemption = first.change_ids.filtered(lambda c: c.kind == "exemption")
        self.assertEqual(len(exemption), 1)
        exemption.with_user(self.users["officer"]).approval_submit()
        exemption.with_user(self.users["reviewer"]).approval_approve()
        self.assertEqual((first.state, first.exempt_reason), ("confirmed", False))

    def test_marking_a_state_body_recomputes_what_it_holds(self):
        self.relate("S>A 60", "S>B 60")
        (group,) = self.identify().values()
        self.assertEqual(self.names(group), frozenset("SAB"))
        self.partner("S").credit_is_state_body = True
        self.identify()
        self.assertEqual(group.state, "dissolved")

    # Deciding

    def test_reject_takes_a_reason_and_is_remembered(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        change = self.open_change(group).with_user(self.users["officer"])
        with self.assertRefused("Reject Reason"):
            change.action_reject()
        change.reject_reason = "C is in liquidation."
        change.action_reject()
        self.env["credit.identification.todo"]._add(self.partner("A"), self.company)
        self.assertFalse(self.identify())
        self.relate("B>D 60")
        self.assertTrue(self.identify(), "other facts are another proposal")

    def test_override_keeps_out_until_a_day(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        change = self.open_change(group).with_user(self.users["officer"])
        change.line_ids.override = True
        with self.assertRefused("reason"):
            change.approval_submit()
        today = fields.Date.context_today(group)
        change.line_ids.write(
            {"override_note": "Sold on.", "override_until": today + timedelta(days=30)}
        )
        self.confirm(group)
        self.assertEqual(self.names(group), frozenset("AB"))
        self.env["credit.identification.todo"]._add(self.partner("A"), self.company)
        self.assertFalse(self.identify())
        group.override_ids.review_on = today
        self.env["credit.identification.todo"]._add(self.partner("A"), self.company)
        self.assertTrue(self.identify())

    def test_override_keeps_in(self):
        group = self.confirmed("A>B 60", "A>C 60")
        self.env["credit.relation"].search(
            [("held_id", "=", self.partner("C").id)]
        ).action_revoke()
        self.identify()
        change = self.open_change(group).with_user(self.users["officer"])
        change.line_ids.write(
            {
                "override": True,
                "override_note": "Still run by A.",
                "override_until": "2100-01-01",
            }
        )
        self.confirm(group)
        self.assertEqual(self.names(group), frozenset("ABC"))
        self.env["credit.identification.todo"]._add(self.partner("A"), self.company)
        self.assertFalse(self.identify())

    def test_a_decided_proposal_is_closed(self):
        group = self.confirmed("A>B 60")
        change = group.change_ids
        with self.assertRefused("already decided"):
            change.with_user(self.users["reviewer"]).action_reject()
        with self.assertRefused("already decided"):
            change.with_user(self.users["officer"]).note = "Later thoughts"

    def test_proposals_are_not_written_by_hand(self):
        self.partner("Z")
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        change = self.open_change(group).with_user(self.users["manager"])
        for vals in ({"state": "accepted"}, {"group_id": 1}, {"versions": {}}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                change.write(vals)
        with self.assertRaises(UserError):
            change.line_ids.partner_id = self.partner("Z")
        with self.assertRaises(UserError):
            change.line_ids = [
                Command.create({"action": "add", "partner_id": self.partner("Z").id})
            ]
        with self.assertRaises(UserError):
            change.line_ids.unlink()
        with self.assertRaises(AccessError):
            change.create({"group_id": group.id, "kind": "members"})
        with self.assertRaises(AccessError):
            change.unlink()

    def test_members_of_a_decided_group_are_not_written_by_hand(self):
        group = self.confirmed("A>B 60").with_user(self.users["manager"])
        with self.assertRefused("Propose a Change"):
            group.member_ids[0].date_out = "2100-01-01"
        with self.assertRefused("Propose a Change"):
            group.member_ids = [Command.create({"partner_id": self.partner("Z").id})]
        with self.assertRefused("Propose a Change"):
            group.member_ids[0].unlink()
        group.member_ids[0].note = "Looked at on site."

    def test_a_change_by_judgement(self):
        group = self.confirmed("A>B 60")
        officer = group.with_user(self.users["officer"])
        action = officer.action_propose_change()
        change = self.env["credit.group.change"].browse(action["res_id"])
        change.with_user(self.users["officer"]).line_ids = [
            Command.create(
                {
                    "action": "add",
                    "partner_id": self.partner("Z").id,
                    "note": "Same finance staff.",
                }
            )
        ]
        self.confirm(group)
        member = group._members_on().filtered(lambda m: m.partner_id.name == "Z")
        self.assertEqual((member.origin, member.criterion), ("manual", "4"))
        self.assertEqual(member.basis_text, "Same finance staff.")
        self.env["credit.identification.todo"]._add(self.partner("A"), self.company)
        self.assertFalse(self.identify(), "the computation leaves judgements alone")

    # The queue

    def test_cron_works_off_the_queue_and_survives_a_failure(self):
        self.relate("A>B 60", "C>D 60")
        Identification = type(self.env["credit.identification"])
        original = Identification._identify_component
        broken = self.partner("A")

        def fail(model, company, nodes, relations, ties):
            if broken in nodes:
                raise ValueError("boom")
            return original(model, company, nodes, relations, ties)

        Todo = self.env["credit.identification.todo"]
        mine = [("company_id", "=", self.company.id)]
        with (
            patch.object(IrCron, "_commit_progress", return_value=60.0),
            patch.object(Identification, "_identify_component", fail),
            mute_logger("odoo.addons.group_credit.models.credit_identification"),
        ):
            self.env["credit.identification"]._cron_identify()
        self.assertEqual(set(Todo.search(mine).mapped("error")), {"boom"})
        groups = self.env["credit.group"].search(mine)
        self.assertEqual({self.names(g) for g in groups}, {frozenset("CD")})
        with patch.object(IrCron, "_commit_progress", return_value=60.0):
            self.env["credit.identification"]._cron_identify_all()
            self.env["credit.identification"]._cron_identify()
        self.assertFalse(Todo.search(mine))
        self.assertEqual(len(self.env["credit.group"].search(mine)), 2)

    def test_cron_stops_when_its_time_is_up(self):
        self.relate("A>B 60")
        with patch.object(IrCron, "_commit_progress", return_value=0.0) as progress:
            self.env["credit.identification"]._cron_identify()
        self.assertEqual(progress.call_count, 1)

    def test_only_the_affected_component_is_read(self):
        self.relate("A>B 60", "C>D 60")
        self.identify()
        self.relate("B>E 60")
        todo = self.env["credit.identification.todo"].search(
            [("company_id", "=", self.company.id)]
        )
        parts = list(
            self.env["credit.graph"]._components(todo.partner_id, self.company)
        )
        self.assertEqual(len(parts), 1)
        self.assertEqual(set(parts[0][0].mapped("name")), set("ABE"))

    def test_reading_costs_the_depth_not_the_size(self):
        self.relate(*(f"H>N{i} 60" for i in range(30)))
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(18):
            self.env["credit.graph"]._load(self.partner("H"), self.company)

    def test_reasons_cost_no_query_per_member(self):
        counts = []
        for head, size in (("H", 5), ("K", 40)):
            self.relate(
                *(f"{head}>{head}{i} 60" for i in range(size)),
                *(f"{head}{i}>{head}x{i} 60" for i in range(size)),
            )
            (group,) = self.identify().values()
            members = group.member_ids.browse(group.member_ids.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            members.mapped("basis")
            before = self.env.cr.sql_log_count
            self.assertTrue(all(members.mapped("basis_text")))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_looking_again_at_a_group_costs_little(self):
        """The nightly run meets thousands of groups in which nothing has changed."""
        self.confirmed(*(f"H>N{i} 60" for i in range(5)))
        self.relate(*(f"K>M{i} 60" for i in range(40)))
        (group,) = self.identify().values()
        self.confirm(group)
        counts = []
        for head in "HK":
            self.env["credit.identification.todo"]._add(
                self.partner(head), self.company
            )
            self.cr.flush()  # with what the confirmation leaves to the commit
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(self.identify())
            counts.append(self.env.cr.sql_log_count - before)
        small, large = counts
        self.assertLess(small, 50)
        self.assertLessEqual(large, small, "the size of a group costs no query")
