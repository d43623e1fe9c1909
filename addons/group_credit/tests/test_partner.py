from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import GroupCreditCase

VALID_CODE = "91110000600037341L"


@tagged("post_install", "-at_install")
class TestPartner(GroupCreditCase):
    def test_unified_social_credit_code(self):
        china = self.env.ref("base.cn")
        partner = self.partner("A", country_id=china.id, company_registry=VALID_CODE)
        self.assertEqual(partner.company_registry_label, "Unified Social Credit Code")
        for wrong in ("91110000600037341A", "91110000600037341", "ABC"):
            with (
                self.subTest(wrong=wrong),
                self.assertRefused("check digit", ValidationError),
            ):
                partner.company_registry = wrong
        partner.company_registry = (
            "110000009999999"  # 15 digits, as registered before 2015
        )
        self.partner(
            "B", country_id=self.env.ref("base.de").id, company_registry="HRB 1"
        )
        self.partner("C", company_registry="4711")

    def test_relation_counts(self):
        self.relate("A>B 60", "A>C 60", "B>D 60")
        partner = self.partner("A").with_user(self.users["viewer"])
        self.assertEqual(
            (partner.credit_holding_count, partner.credit_holder_count), (2, 0)
        )
        self.assertEqual(self.partner("B").credit_holder_count, 1)

    def test_groups_of_a_partner(self):
        group = self.make_group("G", ["A", "B"])
        self.assertEqual(self.partner("A").credit_group_ids, group)
        found = self.env["res.partner"].search(
            [("credit_group_ids", "in", group.ids), ("name", "in", ["A", "B", "C"])]
        )
        self.assertEqual(found, self.partner("A") | self.partner("B"))
        self.partner("C")
        ids = [self.partner(n).id for n in "ABC"]
        lonely = self.env["res.partner"].search(
            [("id", "in", ids), ("credit_group_ids", "=", False)]
        )
        self.assertEqual(lonely, self.partner("C"))
        group.member_ids[:1].date_out = group.member_ids[0].date_in
        self.partner("A").invalidate_recordset()
        self.assertFalse(self.partner("A").credit_group_ids)

    def test_partner_in_relations_cannot_be_deleted(self):
        self.relate("A>B 60")
        with self.assertRefused("Archive"):
            self.partner("A").with_user(self.users["sales"]).unlink()
        self.partner("B").active = False

    def test_flags_take_an_officer(self):
        partner = self.partner("A")
        with self.assertRaises(AccessError):
            partner.with_user(self.users["viewer"]).write({"credit_treasury_pct": 5})
        partner.with_user(self.users["officer"]).write({"credit_treasury_pct": 5})
