from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.group_credit.tests.common import GroupCreditCase


@tagged("post_install", "-at_install")
class TestRelation(GroupCreditCase):
    def test_votes_follow_shares_unless_given(self):
        follows, differs = self.relate("A>B 60"), self.relate("C>D 90", votes_pct=10)
        self.assertEqual((follows.votes_pct, differs.votes_pct), (60, 10))
        follows.equity_pct = 70
        self.assertEqual(follows.votes_pct, 70)
        follows.votes_pct = 5
        self.assertEqual(follows.equity_pct, 70)

    def test_percentages_keep_four_decimals(self):
        relation = self.relate("A>B 50.0001")
        relation.invalidate_recordset()
        self.assertEqual(relation.votes_pct, 50.0001)

    def test_facts_that_cannot_be(self):
        self.partner("A"), self.partner("B")
        cases = [
            ({"equity_pct": -1}, "0 to 100"),
            ({"equity_pct": 100.5}, "0 to 100"),
            ({"votes_pct": 101}, "0 to 100"),
            ({"held_id": self.partner("A").id}, "treasury"),
            ({"valid_from": "2025-06-01", "valid_to": "2025-06-01"}, "2025-06-01"),
            ({"kind": "proxy", "grantor_id": self.partner("A").id}, "Grantor"),
            ({"is_range": True, "votes_min": 60, "votes_max": 50}, "range"),
            ({"kind": "board", "seats": 4, "seats_total": 3}, "seats"),
        ]
        for vals, words in cases:
            with (
                self.subTest(vals=vals),
                self.assertRefused(words, ValidationError),
            ):
                self.env["credit.relation"].create(
                    {
                        "holder_id": self.partner("A").id,
                        "held_id": self.partner("B").id,
                        **vals,
                    }
                )

    def test_confirmed_holdings_stop_at_100(self):
        self.relate("A>X 60", "B>X 40")
        with self.assertRaises(ValidationError) as refused:
            self.relate("C>X 15", valid_from="2025-03-01")
        for part in ("X", "115", "A 60", "B 40", "C 15", "2025-03-01"):
            self.assertIn(part, str(refused.exception))

    def test_drafts_and_ended_holdings_do_not_count(self):
        self.relate("A>X 60", valid_to="2025-03-01")
        self.relate("B>X 40")
        self.relate("C>X 90", state="draft")
        self.assertTrue(self.relate("D>X 60", valid_from="2025-03-01"))

    def test_an_overlap_in_the_middle_is_found(self):
        self.relate("A>X 60", valid_from="2025-01-01", valid_to="2025-12-31")
        with self.assertRefused("2025-06-01", ValidationError):
            self.relate("B>X 50", valid_from="2025-06-01", valid_to="2025-07-01")

    def test_votes_are_summed_apart_from_shares(self):
        self.relate("A>X 30", votes_pct=70)
        with self.assertRefused("votes", ValidationError):
            self.relate("B>X 30", votes_pct=40)

    def test_confirming_a_draft_meets_the_same_gate(self):
        self.relate("A>X 60")
        draft = self.relate("B>X 50", state="draft")
        with self.assertRaises(ValidationError):
            draft.action_confirm()

    def test_a_company_may_be_marked_as_contradictory(self):
        self.partner("X").credit_holdings_unchecked = True
        self.assertEqual(len(self.relate("A>X 100", "B>X 100")), 2)

    def test_officer_prepares_and_reviewer_confirms(self):
        relation = (
            self.env["credit.relation"]
            .with_user(self.users["officer"])
            .create(
                {
                    "holder_id": self.partner("A").id,
                    "held_id": self.partner("B").id,
                    "equity_pct": 60,
                }
            )
        )
        with self.assertRaises(UserError):
            relation.action_confirm()
        with self.assertRaises(UserError):
            relation.write({"state": "confirmed"})
        relation.with_user(self.users["reviewer"]).action_confirm()
        self.assertEqual(relation.state, "confirmed")
        with self.assertRaises(UserError):
            relation.equity_pct = 70
        relation.note = "The register was seen on site."
        relation.with_user(self.users["reviewer"]).equity_pct = 70

    def test_officer_cannot_create_a_confirmed_one(self):
        with self.assertRaises(UserError):
            self.env["credit.relation"].with_user(self.users["officer"]).create(
                {
                    "holder_id": self.partner("A").id,
                    "held_id": self.partner("B").id,
                    "state": "confirmed",
                }
            )

    def test_confirmed_relations_stay_as_history(self):
        relation = self.relate("A>B 60")
        with self.assertRefused("history"):
            relation.with_user(self.users["manager"]).unlink()
        self.relate("A>C 60", state="draft").with_user(self.users["officer"]).unlink()

    def test_sales_sees_nothing(self):
        relation = self.relate("A>B 60")
        sales = self.users["sales"]
        with self.assertRaises(AccessError):
            relation.with_user(sales).read(["equity_pct"])
        partner = self.partner("B").with_user(sales)
        self.assertNotIn("credit_holder_count", partner.fields_get())
        self.assertNotIn("credit_is_state_body", partner.fields_get())
        with self.assertRaises(AccessError):
            partner.write({"credit_is_state_body": True})

    def test_viewer_reads_and_changes_nothing(self):
        relation = self.relate("A>B 60").with_user(self.users["viewer"])
        self.assertEqual(relation.equity_pct, 60)
        with self.assertRaises(AccessError):
            relation.note = "x"
        with self.assertRaises(AccessError):
            relation.create(
                {"holder_id": relation.held_id.id, "held_id": relation.holder_id.id}
            )

    def test_other_company_sees_only_shared(self):
        other = self.env["res.company"].create({"name": "Other Bank"})
        user = self.users["officer"]
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        own, shared = self.relate("A>B 60"), self.relate("A>C 60", company_id=False)
        found = (
            self.env["credit.relation"]
            .with_user(user)
            .search([("id", "in", (own | shared).ids)])
        )
        self.assertEqual(found, shared)

    def test_form_hides_the_grantor_of_other_kinds(self):
        form = Form(self.env["credit.relation"])
        form.holder_id, form.held_id = self.partner("A"), self.partner("X")
        form.kind = "proxy"
        form.grantor_id = self.partner("B")
        form.kind = "equity"
        self.assertFalse(form.save().grantor_id)

    def test_display_name(self):
        self.assertEqual(self.relate("A>B 60").display_name, "A → B 60 %")

    def test_same_source_id_twice(self):
        self.relate("A>B 60", source="register", source_ref="1")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.relate("A>C 60", source="register", source_ref="1")

    def test_since_ever_compares_with_dates(self):
        self.relate("A>X 60", valid_to=fields.Date.to_date("2024-01-01"))
        self.relate("A>X 60", valid_from="2024-01-01")
        self.assertEqual(len(self.partner("X").ids), 1)
