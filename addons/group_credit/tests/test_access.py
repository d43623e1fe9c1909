from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.group_credit.tests.common import IdentificationCase


@tagged("post_install", "-at_install")
class TestAccess(IdentificationCase):
    def setUp(self):
        super().setUp()
        self.group = self.confirmed("A>B 60")
        self.relate("B>C 60")
        self.identify()
        self.change = self.group.change_ids.filtered(lambda c: c.state == "proposed")
        self.suggestion = self.env["credit.suggestion"].create(
            {
                "kind": "phone",
                "key": "1",
                "value": "1",
                "company_id": self.company.id,
                "partner_ids": [Command.set(self.group.member_ids.partner_id.ids)],
            }
        )

    def test_no_action_works_without_the_role(self):
        """Every action a client could call, as somebody who may only look, or not
        even that."""
        relation = self.relate("A>D 10", state="draft")
        tie = self.tie("P", "spouse", "Q", state="draft")
        calls = {
            self.group: (
                "action_submit",
                "action_confirm",
                "action_exempt",
                "action_dissolve",
                "action_identify",
                "action_propose_change",
                "action_determine_lead",
            ),
            self.change: (
                "approval_submit",
                "approval_approve",
                "approval_refuse",
                "approval_return",
                "approval_withdraw",
                "action_reject",
            ),
            self.suggestion: ("action_accept", "action_dismiss"),
            relation: ("action_confirm", "action_revoke"),
            tie: ("action_confirm", "action_revoke"),
        }
        self.suggestion.dismiss_reason = self.change.reject_reason = "x"
        for role in ("viewer", "sales"):
            for records, names in calls.items():
                for name in names:
                    if records == self.group and name in ("action_confirm",):
                        continue  # confirmed already: nothing to do
                    with (
                        self.subTest(role=role, model=records._name, name=name),
                        self.assertRaises(UserError),
                    ):
                        getattr(records.with_user(self.users[role]), name)()
        self.assertEqual(self.change.state, "proposed")
        self.assertEqual(self.group.state, "confirmed")

    def test_what_was_decided_is_not_written_past_the_decision(self):
        manager = self.group.with_user(self.users["manager"])
        for vals in (
            {"version": 1},
            {"flags": []},
            {"lead_institution_id": self.company.id},
            {"controller_ids": [Command.clear()]},
            {"root_id": self.partner("B").id},
            {"kind": "supply_chain"},
        ):
            with self.subTest(vals=vals), self.assertRefused("decided"):
                manager.write(vals)
        with self.assertRefused("Only a manager"):
            self.group.with_user(self.users["officer"]).exempt_reason = "government"
        with self.assertRefused("history"):
            manager.unlink()

    def test_a_reason_is_not_forged(self):
        group = self.make_group("G", ["X", "Y"], user="officer")
        with self.assertRefused("follows from the relations"):
            group.member_ids[0].basis = {"kind": "votes", "votes": "99"}
        with self.assertRefused("follows from the relations"):
            group.member_ids = [
                Command.create({"partner_id": self.partner("Z").id, "basis": {}})
            ]

    def test_parameters_belong_to_managers(self):
        parameter = self.env.ref("group_credit.parameter_control_threshold")
        with self.assertRaises(AccessError):
            parameter.with_user(self.users["reviewer"]).value = "10"
        with self.assertRefused("not a possible value"):
            parameter.with_user(self.users["manager"]).value = "many"
        with self.assertRaises(AccessError):
            parameter.with_user(self.users["manager"]).unlink()

    def test_a_parameter_rules_from_its_day_on(self):
        Parameter = self.env["credit.parameter"]
        Parameter.create(
            [
                {
                    "code": "group_size_review",
                    "value": "7",
                    "date_from": "2025-01-01",
                    "company_id": self.company.id,
                },
                {"code": "group_size_review", "value": "9", "date_from": "2025-06-01"},
            ]
        )
        value = Parameter._value
        self.assertEqual(value("group_size_review", self.company, "2024-12-31"), 50)
        self.assertEqual(value("group_size_review", self.company, "2025-07-01"), 7)
        other = self.env.ref("base.main_company")
        self.assertEqual(value("group_size_review", other, "2025-07-01"), 9)
