from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.approval_flow.tests.rpc_fuzz import RpcFuzz, models_of

from . import common

ADDONS = {"approval_flow", "work_calendar", "work_calendar_approval_flow"}
# What only the approval engine writes, or only approvals managers.
TABLES = (
    "approval_aspect",
    "approval_decision",
    "approval_request",
    "approval_request_step",
    "approval_request_step_excluded_rel",
    "approval_request_step_escalation_rel",
    "approval_request_party",
    "approval_request_party_user_rel",
    "approval_rule",
    "approval_rule_step",
    "approval_rule_party",
    "resource_calendar_exception",
    "resource_calendar_change",
    "resource_calendar_change_line",
)
RULES = (
    "approval_aspect",
    "approval_rule",
    "approval_rule_step",
    "approval_rule_party",
)


@tagged("post_install", "-at_install")
class TestFuzz(RpcFuzz, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = common.make_users(cls.env, "fuzz")
        cls.users["portal"] = new_test_user(
            cls.env, "fuzz_portal", "base.group_portal", password="fuzz_portal"
        )
        cls.calendar = common.make_calendar(cls.env)
        cls.env["resource.calendar.exception"].create(
            {"calendar_id": cls.calendar.id, "date": "2031-05-05"}
        )
        cls.rule = common.make_rule(cls.env, cls.users["approver"])
        cls.aspect = cls.env["approval.aspect"].create({"name": "Fuzz"})
        cls.names = [*models_of(cls.env, ADDONS), "resource.calendar"]

    def samples(self):
        """A fresh change under approval, and a record of every other model."""
        change = common.make_change(self.env(user=self.users["officer"]), self.calendar)
        change.approval_submit()
        request = change.sudo().approval_request_id
        away = self.env["approval.delegation"].create(
            {
                "user_id": self.env.ref("base.user_admin").id,
                "delegate_id": self.users["approver"].id,
                "date_to": "2099-12-31",
            }
        )
        return {
            record._name: record
            for record in (
                change,
                change.line_ids[:1],
                self.calendar,
                self.calendar.exception_ids[:1],
                request,
                request.step_ids,
                request.party_ids,
                request.decision_ids,
                self.rule,
                self.rule.step_ids,
                self.rule.step_ids.party_ids,
                self.aspect,
                away,
            )
        }

    def table(self, name):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT t::text FROM %s AS t", SQL.identifier(name))
        )
        return sorted(row for (row,) in rows)

    def tables(self, names=TABLES):
        return {name: self.table(name) for name in names}

    def as_user(self, name):
        samples = self.samples()
        before = self.tables()
        with mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_rule"):
            self.fuzz(self.names, samples, self.users[name])
        self.env.invalidate_all()
        return samples, before, self.tables()

    def check_decisions(self, before, after, user, verdicts):
        """Old rows stand as they were; new ones are the user's own."""
        old = set(before["approval_decision"])
        self.assertLessEqual(old, set(after["approval_decision"]))
        new = self.env["approval.decision"].search(
            [], limit=len(after["approval_decision"]) - len(old), order="id desc"
        )
        self.assertEqual(new.user_id, user)
        self.assertFalse(new.principal_id)
        self.assertLessEqual(set(new.mapped("verdict")), verdicts)
        return set(new.mapped("verdict"))

    def check_delegations(self, user):
        """Nobody made himself the substitute of somebody else."""
        for delegation in self.env["approval.delegation"].search([]):
            if delegation.create_uid == user:
                self.assertEqual(delegation.user_id, user)

    def test_portal_user_changes_nothing(self):
        __, before, after = self.as_user("portal")
        self.assertEqual(before, after)
        self.assertGreater(self.tried, 2000)

    def test_employee_changes_nothing(self):
        __, before, after = self.as_user("plain")
        self.assertEqual(before, after)
        self.check_delegations(self.users["plain"])

    def test_requester_withdraws_and_no_more(self):
        officer = self.users["officer"]
        samples, before, after = self.as_user("officer")
        verdicts = self.check_decisions(
            before, after, officer, {"submitted", "withdrawn"}
        )
        self.assertIn("withdrawn", verdicts, "the calls do reach the methods")
        requests = samples["resource.calendar.change"].sudo().approval_request_ids
        self.assertLessEqual(set(requests.mapped("state")), {"pending", "withdrawn"})
        for name in [*RULES, "resource_calendar_exception"]:
            self.assertEqual(before[name], after[name])
        self.assertTrue(samples["resource.calendar.change"].exists())

    def test_approver_decides_and_no_more(self):
        approver = self.users["approver"]
        samples, before, after = self.as_user("approver")
        verdicts = self.check_decisions(
            before, after, approver, {"agreed", "refused", "returned"}
        )
        self.assertTrue(verdicts, "the calls do reach the methods")
        for name in [*RULES, "resource_calendar_change_line"]:
            self.assertEqual(before[name], after[name])
        self.assertEqual(samples["resource.calendar.change"].name, "Inventory")
        self.assertEqual(samples["approval.request"].decision_count, 2, "one, once")

    def test_record_not_asked_about_stays_pending(self):
        """An approver of one document has no say on another."""
        self.rule.domain = "[('name', '=', 'Inventory')]"
        other = common.make_rule(
            self.env, self.users["plain"], domain="[('name', '=', 'Other')]"
        )
        change = common.make_change(
            self.env(user=self.users["officer"]), self.calendar, name="Other"
        )
        change.approval_submit()
        samples = {change._name: change, "approval.request": change.approval_request_id}
        samples["approval.rule"] = other
        before = self.tables()
        with mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_rule"):
            self.fuzz(
                ["resource.calendar.change", "approval.request"],
                samples,
                self.users["approver"],
            )
        self.assertEqual(before, self.tables())
