from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from . import common


@tagged("post_install", "-at_install")
class TestAccess(common.ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.make_rule(cls.people(cls.first, cls.second))

    def seen(self, user):
        return self.env["approval.request"].with_user(user).search([])

    def test_who_sees_a_request(self):
        document = self.submitted()
        request = document.sudo().approval_request_id
        for user in (
            self.requester,
            self.first,
            self.second,
            self.auditor,
            self.manager,
        ):
            self.assertEqual(self.seen(user), request, user.name)
            seen = request.with_user(user)
            self.assertEqual(len(seen.decision_ids), 1)
            self.assertEqual(len(seen.party_ids), 2)
            self.assertTrue(seen.approval_panel)
            self.assertEqual(
                len(document.with_user(user).approval_panel["requests"]), 1
            )
        self.assertFalse(self.seen(self.stranger))
        for row in (request, request.decision_ids, request.party_ids, request.step_ids):
            with self.assertRaises(AccessError):
                row.with_user(self.stranger).read(["create_date"])
            self.assertFalse(row.with_user(self.stranger).search([]))
        panel = document.with_user(self.stranger).approval_panel
        self.assertEqual((panel["state"], panel["requests"]), ("pending", []))

    def test_portal_sees_nothing(self):
        self.submitted()
        portal = common.new_test_user(self.env, "af_portal", "base.group_portal")
        for model in ("request", "request.step", "request.party", "decision", "rule"):
            with self.assertRaises(AccessError):
                self.env[f"approval.{model}"].with_user(portal).search([])

    def test_other_company_sees_nothing(self):
        self.submitted()
        other = self.env["res.company"].create({"name": "Other"})
        for user in (self.auditor, self.manager):
            user.write(
                {"company_ids": [Command.set(other.ids)], "company_id": other.id}
            )
            self.assertFalse(self.seen(user))
            self.assertFalse(self.env["approval.decision"].with_user(user).search([]))
            rules = self.env["approval.rule"].with_user(user).search([])
            self.assertFalse(rules.company_id)  # those of all companies stay
            steps = self.env["approval.rule.step"].with_user(user).search([])
            self.assertFalse(steps.rule_id.company_id)

    def test_only_managers_keep_rules(self):
        for user in (self.requester, self.first):
            with self.assertRaises(AccessError):
                self.rule.with_user(user).read(["name"])
        self.assertEqual(self.rule.with_user(self.auditor).name, "Test rule")
        for record in (self.rule, self.rule.step_ids, self.rule.step_ids.party_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.auditor).write({"sequence": 5})
            record.with_user(self.manager).write({"sequence": 5})

    def test_requester_needs_write_access(self):
        document = self.document()
        self.env["ir.model.access"].search(
            [("model_id", "=", self.model.id)]
        ).perm_write = False
        with self.assertRaises(AccessError):
            document.approval_submit()

    def test_approver_without_the_document_is_left_out(self):
        self.env["ir.rule"].create(
            {
                "name": "Own only",
                "model_id": self.model.id,
                "domain_force": "[('create_uid', '=', user.id)]",
            }
        )
        with self.assertRaisesRegex(UserError, "may not open the document"):
            self.submitted()

    def test_dialog(self):
        document = self.submitted()
        request = document.sudo().approval_request_id.with_user(self.first)
        wizard = self.env["approval.decide"].with_user(self.first)
        wizard = wizard.with_context(active_model=request._name, active_ids=request.ids)
        with Form(wizard) as form:
            form.comment = "seen"
        form.record.action_confirm()
        self.assertEqual(request.sudo().decision_ids[-1].comment, "seen")

    def test_dialog_with_aspects(self):
        aspect = self.env["approval.aspect"].create({"name": "Price"})
        self.rule.step_ids.party_ids.aspect_ids = aspect
        document = self.submitted()
        request = document.sudo().approval_request_id.with_user(self.first)
        wizard = self.env["approval.decide"].with_user(self.first)
        wizard = wizard.with_context(
            default_request_ids=request.ids, default_verdict="agreed"
        )
        with Form(wizard) as form:
            with form.aspect_ids.edit(0) as line:
                self.assertEqual(line.name, "Price")
                line.verdict = "conditional"
                line.condition = "two per cent less"
        form.record.action_confirm()
        self.assertEqual(request.sudo().decision_ids[-1].verdict, "conditional")
        with Form(wizard) as form:
            with form.aspect_ids.edit(0) as line:
                self.assertEqual(line.condition, "two per cent less")
                line.met = True
        form.record.action_confirm()
        self.assertEqual(request.sudo().decision_ids[-1].verdict, "agreed")

    def test_bulk_skips_what_is_not_mine(self):
        documents = [self.submitted(name=f"D{n}") for n in range(3)]
        documents[1].approval_withdraw()
        requests = self.env["approval.request"].search([])
        wizard = (
            self.env["approval.decide"]
            .with_user(self.first)
            .create({"request_ids": [Command.set(requests.ids)]})
        )
        message = wizard.action_confirm()["params"]["message"]
        self.assertIn("2", message)
        self.assertIn("D1", message)
        agreed = requests.decision_ids.filtered(lambda d: d.verdict == "agreed")
        self.assertEqual(len(agreed), 2)

    def test_dialog_of_a_stranger(self):
        document = self.submitted()
        request = document.sudo().approval_request_id
        wizard = self.env["approval.decide"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            wizard.create({"request_ids": [Command.set(request.ids)]}).action_confirm()
        self.assertEqual(len(request.decision_ids), 1)

    def test_submission_and_decision_cost(self):
        """Queries do not grow with the number of earlier requests."""
        self.submitted()
        self.env.flush_all()

        def cost():
            document = self.document()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            document.approval_submit()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        cost()
        one = cost()
        for __ in range(10):
            self.submitted()
        self.assertLessEqual(cost(), one + 2)
