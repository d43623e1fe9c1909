from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestChangeApproval(IdentificationCase):
    """Who decides on a proposal, and what happens to it meanwhile."""

    def test_four_eyes_and_roles(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        change = self.open_change(group)
        reviewer = change.with_user(self.users["reviewer"])
        with self.assertRefused("not been submitted"):
            reviewer.approval_approve()
        reviewer.approval_submit()
        for role in ("reviewer", "officer", "viewer"):
            with self.subTest(role=role), self.assertRefused("no say", AccessError):
                change.with_user(self.users[role]).approval_approve()
        with self.assertRaises(AccessError):
            change.with_user(self.users["sales"]).approval_approve()
        self.assertEqual(change.state, "submitted")
        change.with_user(self.users["second"]).approval_approve()
        self.assertEqual(change.state, "accepted")
        self.assertEqual(change.approval_state, "approved")
        self.assertEqual(change.decided_by_id, self.users["second"])

    def test_what_is_under_approval_stays_as_submitted(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        change = self.open_change(group).with_user(self.users["officer"])
        change.note = "Looked into the register."
        change.approval_submit()
        with self.assertRefused("under approval"):
            change.note = "And into the accounts."
        with self.assertRefused("before the proposal is submitted"):
            change.line_ids.override = True
        with self.assertRefused("under approval"):
            change.action_reject()
        change.with_user(self.users["reviewer"]).approval_return("Ask the branch too.")
        self.assertEqual(change.state, "proposed")
        self.assertEqual(change.approval_state, "returned")
        change.note = "The branch agrees."
        change.approval_submit()
        change.approval_withdraw()
        self.assertEqual(change.state, "proposed")
        self.assertTrue(change.approval_can_submit)

    def test_refused_is_rejected_and_remembered(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        change = self.open_change(group)
        change.with_user(self.users["officer"]).approval_submit()
        reviewer = change.with_user(self.users["reviewer"])
        with self.assertRefused("Comment"):
            reviewer.approval_refuse()
        reviewer.approval_refuse("C is in liquidation.")
        self.assertEqual(change.state, "rejected")
        self.assertEqual(change.reject_reason, "C is in liquidation.")
        self.assertFalse(change.with_user(self.users["officer"]).approval_can_submit)
        with self.assertRefused("already decided"):
            change.with_user(self.users["officer"]).approval_submit()
        self.env["credit.identification.todo"]._add(self.partner("A"), self.company)
        self.assertFalse(self.identify())
        self.assertEqual(self.names(group), frozenset("AB"))

    def test_nobody_is_asked_about_what_is_out_of_date(self):
        group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        first = self.open_change(group)
        first.with_user(self.users["officer"]).approval_submit()
        self.relate("B>D 60")
        self.env["credit.group"].with_user(self.users["officer"]).action_identify()
        self.assertEqual((first.state, first.approval_state), ("superseded", "draft"))
        self.assertEqual(first.approval_request_id.state, "withdrawn")
        self.assertFalse(first.activity_ids)
        with self.assertRefused("already decided"):
            first.with_user(self.users["officer"]).approval_submit()

    def test_two_steps_ask_two_people(self):
        rule = self.env.ref("group_credit.approval_rule_group_change")
        rule.step_ids.copy({"rule_id": rule.id, "sequence": 20})
        group = self.make_group("G", ["A", "B"], user="officer")
        group.action_submit()
        with self.assertRefused("Reviewer"):
            group.action_confirm()
        group.with_user(self.users["reviewer"]).write(
            {"state": "confirmed", "name": "Group G"}
        )
        self.assertEqual((group.state, group.name), ("candidate", "Group G"))
        group.with_user(self.users["second"]).action_confirm()
        self.assertEqual(group.state, "confirmed")

    def test_the_second_of_two_proposals_is_told_why(self):
        group = self.confirmed("A>B 60")
        group.with_user(self.users["officer"]).action_propose_change()
        self.relate("B>C 60")
        self.identify()
        judged, computed = self.open_change(group).sorted("id")
        judged.line_ids = [
            Command.create(
                {
                    "action": "add",
                    "partner_id": self.partner("Z").id,
                    "note": "Same boss",
                }
            )
        ]
        for change in judged | computed:
            change.with_user(self.users["officer"]).approval_submit()
        computed.with_user(self.users["reviewer"]).approval_approve()
        with self.assertRefused("another proposal was accepted first"):
            judged.with_user(self.users["second"]).approval_approve()
        self.assertEqual(self.names(group), frozenset("ABC"))
