from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from . import common


@tagged("post_install", "-at_install")
class TestFlow(common.ApprovalCommon):
    def verdicts(self, document):
        return document.sudo().approval_request_id.decision_ids.mapped("verdict")

    def test_one_step(self):
        self.make_rule(self.people(self.first))
        document = self.document()
        self.assertEqual(document.approval_state, "draft")
        self.assertTrue(document.approval_can_submit)
        document.approval_submit()
        self.assertEqual(document.approval_state, "pending")
        self.assertFalse(document.approval_can_decide)
        asked = document.with_user(self.first)
        self.assertTrue(asked.approval_can_decide)
        asked.approval_approve("fine")
        self.assertEqual(document.approval_state, "approved")
        self.assertEqual(document.log, "before approved ")
        self.assertEqual(self.verdicts(document), ["submitted", "agreed"])

    def test_stranger_and_requester_have_no_say(self):
        self.make_rule(self.people(self.first))
        document = self.submitted()
        for user in (
            self.stranger,
            self.requester,
            self.manager,
            self.admin,
            self.auditor,
        ):
            with self.assertRaises(AccessError):
                document.with_user(user).approval_approve("me!")
        self.assertEqual(document.approval_state, "pending")
        self.assertEqual(self.verdicts(document), ["submitted"])

    def test_steps_in_order(self):
        self.make_rule(self.people(self.first), self.people(self.boss))
        document = self.submitted()
        with self.assertRaises(AccessError):
            document.with_user(self.boss).approval_approve()
        document.with_user(self.first).approval_approve()
        self.assertEqual(document.approval_state, "pending")
        document.with_user(self.boss).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_parties_in_sequence(self):
        self.make_rule({**self.people(self.first, self.second), "parallel": False})
        document = self.submitted()
        with self.assertRaises(AccessError):
            document.with_user(self.second).approval_approve()
        document.with_user(self.first).approval_approve()
        document.with_user(self.second).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_any(self):
        self.make_rule({**self.people(self.first, self.second), "mode": "any"})
        document = self.submitted()
        document.with_user(self.first).approval_refuse("no")
        self.assertEqual(document.approval_state, "pending")
        document.with_user(self.second).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_committee_two_of_three(self):
        self.make_rule(
            {
                "mode": "count",
                "count": 2,
                "party_ids": [
                    Command.create({"group_id": self.role.id, "every_member": True}),
                ],
            }
        )
        document = self.submitted()
        document.with_user(self.first).approval_approve()
        answer = document.with_user(self.first).approval_approve()
        self.assertEqual(answer["tag"], "display_notification", "no second vote")
        self.assertEqual(document.approval_state, "pending")
        document.with_user(self.third).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_committee_refused_when_out_of_reach(self):
        self.make_rule(
            {
                "mode": "count",
                "count": 2,
                "party_ids": [
                    Command.create({"group_id": self.role.id, "every_member": True}),
                ],
            }
        )
        document = self.submitted()
        document.with_user(self.first).approval_refuse("no")
        self.assertEqual(document.approval_state, "pending")
        document.with_user(self.second).approval_refuse("no")
        self.assertEqual(document.approval_state, "refused")
        self.assertIn("refused", document.log)

    def test_role_is_one_party(self):
        self.make_rule({"party_ids": [Command.create({"group_id": self.role.id})]})
        document = self.submitted()
        document.with_user(self.second).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_refusal_and_return_need_a_reason(self):
        self.make_rule(self.people(self.first))
        document = self.submitted()
        with self.assertRaisesRegex(UserError, "Comment"):
            document.with_user(self.first).approval_refuse("  ")
        with self.assertRaisesRegex(UserError, "Comment"):
            document.with_user(self.first).approval_return()
        document.with_user(self.first).approval_return("amount?")
        self.assertEqual(document.approval_state, "returned")

    def test_rounds_stay_in_history(self):
        self.make_rule(self.people(self.first))
        document = self.submitted()
        document.with_user(self.first).approval_refuse("no")
        document.amount = 5
        document.approval_submit()
        document.approval_withdraw()
        self.assertEqual(document.approval_state, "draft")
        document.approval_submit()
        document.with_user(self.first).approval_approve()
        requests = document.sudo().approval_request_ids.sorted("id")
        self.assertEqual(requests.mapped("state"), ["refused", "withdrawn", "approved"])
        self.assertEqual(requests.mapped("round"), [1, 2, 3])

    def test_only_requester_or_manager_withdraws(self):
        self.make_rule(self.people(self.first))
        document = self.submitted()
        with self.assertRaises(AccessError):
            document.with_user(self.first).approval_withdraw("not mine")
        with self.assertRaisesRegex(UserError, "Comment"):
            document.with_user(self.manager).approval_withdraw()
        document.with_user(self.manager).approval_withdraw("requester left")
        self.assertEqual(document.approval_state, "draft")

    def test_no_double_submission(self):
        self.make_rule(self.people(self.first))
        document = self.submitted()
        with self.assertRaisesRegex(UserError, "already"):
            document.approval_submit()

    def test_matrix_review(self):
        price, quality = self.env["approval.aspect"].create(
            [{"name": "Price"}, {"name": "Quality"}]
        )
        aspects = {"aspect_ids": [Command.set((price | quality).ids)]}
        self.make_rule(self.people(self.first, self.second, **aspects))
        document = self.submitted()
        yes = [
            {"aspect": "Price", "verdict": "yes"},
            {"aspect": "Quality", "verdict": "yes"},
        ]
        with self.assertRaisesRegex(UserError, "each aspect"):
            document.with_user(self.first).approval_approve(aspects=yes[:1])
        condition = {"aspect": "Quality", "verdict": "conditional"}
        with self.assertRaisesRegex(UserError, "Condition"):
            document.with_user(self.first).approval_approve(aspects=[yes[0], condition])
        condition["condition"] = "sample approved"
        document.with_user(self.first).approval_approve(aspects=[yes[0], condition])
        document.with_user(self.second).approval_approve(aspects=yes)
        self.assertEqual(document.approval_state, "pending", "a condition counts as no")
        condition["met"] = True
        document.with_user(self.first).approval_approve(aspects=[yes[0], condition])
        self.assertEqual(document.approval_state, "approved")
        self.assertEqual(
            self.verdicts(document), ["submitted", "conditional", "agreed", "agreed"]
        )

    def test_matrix_waits_for_everybody(self):
        aspect = self.env["approval.aspect"].create({"name": "Price"})
        self.make_rule(
            self.people(self.first, self.second, aspect_ids=[Command.set(aspect.ids)])
        )
        document = self.submitted()
        document.with_user(self.first).approval_approve(
            "too cheap", aspects=[{"aspect": "Price", "verdict": "no"}]
        )
        self.assertEqual(document.approval_state, "pending")
        document.with_user(self.second).approval_approve(
            aspects=[{"aspect": "Price", "verdict": "yes"}]
        )
        self.assertEqual(document.approval_state, "refused")

    def test_next_step_decides_knowing_the_refusal(self):
        self.make_rule(
            {**self.people(self.first), "if_refused": "next"}, self.people(self.boss)
        )
        document = self.submitted()
        document.with_user(self.first).approval_refuse("I would not")
        self.assertEqual(document.approval_state, "pending")
        document.with_user(self.boss).approval_approve("I do")
        self.assertEqual(document.approval_state, "approved")

    def test_override_level(self):
        steps = [self.people(self.first), {**self.people(self.boss), "override": True}]
        self.make_rule(*steps)
        document = self.submitted()
        document.with_user(self.first).approval_approve()
        self.assertEqual(
            document.approval_state, "approved", "not asked when all agree"
        )
        document = self.submitted()
        document.with_user(self.first).approval_refuse("no")
        self.assertEqual(document.approval_state, "pending")
        document.with_user(self.boss).approval_approve("on my word")
        self.assertEqual(document.approval_state, "approved")
        self.assertTrue(document.sudo().approval_request_id.decision_ids[-1].override)
        document = self.submitted()
        document.with_user(self.first).approval_refuse("no")
        document.with_user(self.boss).approval_refuse("neither")
        self.assertEqual(document.approval_state, "refused")

    def test_four_eyes(self):
        self.make_rule(
            self.people(self.first, self.second),
            {
                **self.people(self.second, self.third, self.boss),
                "mode": "any",
                "differ_field_ids": [
                    Command.set(
                        self.env["ir.model.fields"]
                        ._get(self.model.model, "accused_id")
                        .ids
                    )
                ],
            },
        )
        document = self.submitted(accused_id=self.third.id)
        document.with_user(self.first).approval_approve()
        document.with_user(self.second).approval_approve()
        answer = document.with_user(self.second).approval_approve()
        self.assertEqual(answer["tag"], "display_notification", "decided before")
        with self.assertRaises(AccessError):
            document.with_user(self.third).approval_approve()
        document.with_user(self.boss).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_nobody_left(self):
        rule = self.make_rule(self.people(self.requester))
        document = self.document()
        with self.assertRaisesRegex(UserError, "Test rule.*four eyes") as caught:
            document.approval_submit()
        self.assertIn("Requester", str(caught.exception))
        self.assertFalse(document.sudo().approval_request_ids, "nothing half-written")
        rule.step_ids = [
            Command.clear(),
            Command.create({"name": "A", "sequence": 1, **self.people(self.first)}),
            Command.create({"name": "B", "sequence": 2, **self.people(self.first)}),
        ]
        with self.assertRaisesRegex(UserError, "“B”"):
            document.approval_submit()

    def test_user_field_and_department(self):
        department = self.env["hr.department"].create({"name": "Sales"})
        boss = self.env["hr.employee"].create({"name": "Boss", "user_id": self.boss.id})
        department.manager_id = boss
        self.env["hr.employee"].create(
            {"name": "R", "user_id": self.requester.id, "department_id": department.id}
        )
        head = self.env["ir.model.fields"]._get(self.model.model, "head_id")
        self.make_rule(
            {"party_ids": [Command.create({"kind": "field", "field_id": head.id})]},
            {"party_ids": [Command.create({"kind": "requester"})]},
        )
        document = self.document()
        with self.assertRaisesRegex(UserError, "names nobody"):
            document.approval_submit()
        document.head_id = self.first
        document.approval_submit()
        document.with_user(self.first).approval_approve()
        document.with_user(self.boss).approval_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_revoke(self):
        self.make_rule(self.people(self.first))
        document = self.submitted()
        document.with_user(self.first).approval_approve()
        self.assertFalse(document.with_user(self.first).approval_can_withdraw)
        self.assertTrue(document.approval_can_withdraw)
        document.approval_withdraw("has to change")
        self.assertEqual(document.approval_state, "draft")
        self.assertEqual(self.verdicts(document), ["submitted", "agreed", "withdrawn"])
