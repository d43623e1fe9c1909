from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestSuggestion(IdentificationCase):
    def suggest(self):
        return self.env["credit.suggestion"]._suggest(self.company)

    def shared(self, suggestions):
        """Those about partners of this test, by what they share."""
        mine = {p.id for p in self.partners.values()}
        return {
            s.kind: set(s.partner_ids.mapped("name"))
            for s in suggestions
            if set(s.partner_ids.ids) & mine
        }

    def test_what_companies_share(self):
        boss = self.person("Boss")
        self.partner("A", street="No. 8 Lake Road", city="Xi", phone="0571-8888 0001")
        self.partner("B", street="No.8 Lake Road", city="Xi", phone="0571 88880002")
        self.partner("C", phone="(0571) 8888-0001", credit_legal_rep_id=boss.id)
        self.partner("D", credit_key_manager_ids=[(6, 0, boss.ids)])
        self.assertEqual(
            self.shared(self.suggest()),
            {"address": {"A", "B"}, "phone": {"A", "C"}, "people": {"C", "D"}},
        )
        self.assertFalse(self.suggest(), "each is suggested once")

    def test_one_group_already(self):
        self.partner("A", phone="0571-9999 0001")
        self.partner("B", phone="0571-9999 0001")
        self.confirmed("A>B 60")
        self.assertFalse(self.shared(self.suggest()))

    def test_an_office_block_is_not_a_group(self):
        self.env["credit.parameter"].create(
            {"code": "suggestion_max", "value": "2", "date_from": "2020-01-01"}
        )
        for name in "ABC":
            self.partner(name, phone="0571-9999 0002")
        self.assertFalse(self.shared(self.suggest()))

    def test_accepting_drafts_a_relation(self):
        for name in "ABC":
            self.partner(name, phone="0571-9999 0003")
        suggestion = self.suggest().filtered(
            lambda s: self.partner("A") in s.partner_ids
        )
        suggestion = suggestion.with_user(self.users["officer"])
        suggestion.action_accept()
        self.assertEqual(suggestion.state, "accepted")
        relations = suggestion.relation_ids
        self.assertEqual(len(relations), 2)
        self.assertEqual(set(relations.mapped("kind")), {"related"})
        self.assertEqual(set(relations.mapped("state")), {"draft"})

    def test_dismissing_takes_a_reason_until_somebody_joins(self):
        for name in "AB":
            self.partner(name, phone="0571-9999 0004")
        suggestion = self.suggest().filtered(
            lambda s: self.partner("A") in s.partner_ids
        )
        officer = suggestion.with_user(self.users["officer"])
        with self.assertRefused("Dismiss Reason"):
            officer.action_dismiss()
        officer.dismiss_reason = "The hotline of a service provider"
        officer.action_dismiss()
        self.suggest()
        self.assertEqual(suggestion.state, "dismissed")
        self.partner("C", phone="0571-9999 0004")
        self.suggest()
        self.assertEqual(suggestion.state, "new")
        with self.assertRaises(UserError):
            officer.state = "accepted"

    def test_one_query_for_each_kind(self):
        for number in range(12):
            self.partner(f"N{number}", phone=f"0571-7777 00{number // 2:02}")
        self.suggest()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(11):
            self.suggest()
