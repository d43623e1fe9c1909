from odoo import fields
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestDependence(IdentificationCase):
    """Groups by economic dependence, which overlap with control groups."""

    def depends(self, *texts):
        """ "C<A" says that C depends on A."""
        return self.relate(
            *(">".join(reversed(text.split("<"))) for text in texts),
            kind="dependence",
            equity_pct=0,
        )

    def texts(self, group):
        return {m.partner_id.name: m.basis_text for m in group._members_on()}

    def revoke(self, held):
        self.env["credit.relation"].search(
            [("held_id", "=", self.partner(held).id), ("kind", "=", "dependence")]
        ).action_revoke()

    def test_groups_overlap(self):
        self.depends("C<A", "C<B")
        found = self.identify()
        self.assertEqual(set(found), {frozenset("AC"), frozenset("BC")})
        for group in found.values():
            self.assertEqual(group.kind, "dependence")
            self.confirm(group)
            self.assertEqual(group.state, "confirmed")
        rows = self.env["credit.group.member"].search(
            [("partner_id", "=", self.partner("C").id)]
        )
        self.assertEqual(set(rows.group_id), set(found.values()))
        self.assertFalse(self.identify())

    def test_control_carries_dependence_and_stays_what_it_is(self):
        control = self.confirmed("A>B 60")
        self.depends("C<B")
        (group,) = self.identify().values()
        self.assertEqual(group.kind, "dependence")
        self.assertEqual(self.names(group), frozenset("ABC"))
        self.confirm(group)
        self.assertEqual(self.names(control), frozenset("AB"), "nobody was taken out")
        texts = self.texts(group)
        self.assertIn("depends economically on B", texts["C"])
        self.assertIn("C would fall with it", texts["B"])
        self.assertIn("one control group with B", texts["A"])
        self.assertEqual(set(group.member_ids.mapped("criterion")), {"dependence"})
        self.assertEqual(group.root_id, self.partner("B"))

    def test_inside_a_control_group_it_says_nothing_new(self):
        self.relate("A>B 60")
        self.depends("B<A")
        (group,) = self.identify().values()
        self.assertEqual(group.kind, "ownership")

    def test_persons_and_state_bodies_are_no_members(self):
        self.person("P"), self.partner("S", credit_is_state_body=True)
        self.relate("P>A 60")
        self.depends("C<P", "D<S")
        (group,) = self.identify().values()
        self.assertEqual(self.names(group), frozenset("AC"))

    def test_who_depends_no_longer_leaves(self):
        self.depends("C<A", "D<A")
        (group,) = self.identify().values()
        self.confirm(group)
        self.revoke("D")
        self.identify()
        change = group.change_ids.filtered(lambda c: c.state == "proposed")
        self.assertEqual(change.kind, "members")
        self.assertEqual(change.line_ids.partner_id, self.partner("D"))
        self.confirm(group)
        self.assertEqual(self.names(group), frozenset("AC"))
        self.revoke("C")
        self.identify()
        self.confirm(group)
        self.assertEqual(group.state, "dissolved")

    def test_an_overlapping_group_that_ends_is_no_merger(self):
        self.depends("C<A", "C<B", "D<A")
        for group in self.identify().values():
            self.confirm(group)
        ending = self.env["credit.group"].search(
            [("root_id", "=", self.partner("B").id)]
        )
        self.env["credit.relation"].search(
            [("holder_id", "=", self.partner("B").id)]
        ).action_revoke()
        self.assertEqual(set(self.identify().values()), {ending})
        self.assertEqual(ending.change_ids.filtered("approval_can_submit").kind, "end")

    def test_joining_a_group_of_another_kind_ends_no_control_group(self):
        control = self.confirmed("A>B 60")
        chain = self.make_group(
            "Chain", ["B", "C"], user="officer", kind="supply_chain"
        )
        chain.action_submit()
        chain.with_user(self.users["reviewer"]).action_confirm()
        self.assertEqual(self.names(chain), frozenset("BC"))
        self.assertEqual(self.names(control), frozenset("AB"))


@tagged("post_install", "-at_install")
class TestExemption(IdentificationCase):
    def exempt(self, group, reason):
        group.with_user(self.users["manager"]).write(
            {"exempt_reason": reason, "state": "exempt"}
        )
        return group

    def open_exemption(self, group):
        return group.change_ids.filtered(
            lambda c: c.kind == "exemption" and c.state in ("proposed", "submitted")
        )

    def test_a_second_borrower_ends_the_exemption(self):
        group = self.exempt(self.confirmed("A>B 60"), "single_borrower")
        one, two = self.partner("A"), self.partner("B")
        self.assertFalse(group._reevaluate_exemptions(one))
        self.assertFalse(group._reevaluate_exemptions(self.partner("X") | one))
        self.assertEqual(group._reevaluate_exemptions(one | two), group)
        change = self.open_exemption(group)
        self.assertIn("More than one member", change.flag_text)
        self.assertFalse(group._reevaluate_exemptions(one | two), "asked once")
        self.confirm(group)
        self.assertEqual((group.state, group.exempt_reason), ("confirmed", False))
        self.assertFalse(group.flag_text)

    def test_what_was_rejected_is_asked_again_on_other_facts(self):
        group = self.exempt(self.confirmed("A>B 60", "A>C 60"), "single_borrower")
        one, two, three = map(self.partner, "ABC")
        group._reevaluate_exemptions(one | two)
        change = self.open_exemption(group).with_user(self.users["officer"])
        change.reject_reason = "The second application was withdrawn."
        change.action_reject()
        self.assertFalse(group._reevaluate_exemptions(one | two))
        self.assertTrue(group._reevaluate_exemptions(one | three))

    def test_dealings_within_their_days(self):
        group = self.exempt(self.confirmed("A>B 60"), "no_control")
        self.assertFalse(group._reevaluate_exemptions())
        today = fields.Date.context_today(group)
        dealing = self.relate("A>X", kind="dealing", equity_pct=0, valid_to=today)
        self.assertFalse(group._reevaluate_exemptions())
        dealing.valid_to = False
        self.identify()
        self.assertIn("arm's length", self.open_exemption(group).flag_text)

    def test_only_exempt_groups_are_asked_about(self):
        group = self.confirmed("A>B 60")
        self.relate("A>X", kind="dealing", equity_pct=0)
        self.assertFalse(group._reevaluate_exemptions())
