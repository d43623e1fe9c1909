import json

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ComplaintCommon

MODELS_TO_SET_UP = (
    "complaint.stage",
    "complaint.type",
    "complaint.cause",
    "complaint.remedy",
    "complaint.team",
)


@tagged("post_install", "-at_install")
class TestSecurity(ComplaintCommon):
    def _sees(self, user, case):
        return case in self.env["complaint.case"].with_user(user).search([])

    def test_outsiders_have_no_business_here(self):
        for model in ("complaint.case", "complaint.tag", *MODELS_TO_SET_UP):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.outsider).search([])
        self.assertNotIn(
            "complaint_count",
            self.env["res.partner"].with_user(self.outsider).fields_get(),
        )

    def test_registrar_sees_own_desk_department_and_team(self):
        case = self._create()
        self.assertFalse(self._sees(self.agent, case))
        own = self._create(user=self.agent)
        self.assertTrue(self._sees(self.agent, own))
        case.first_contact_user_id = self.agent
        self.assertTrue(self._sees(self.agent, case))
        case.first_contact_user_id = False
        self.assertFalse(self._sees(self.agent, case))
        case.team_id.member_ids |= self.agent
        self.assertTrue(self._sees(self.agent, case))
        case.team_id.member_ids -= self.agent
        case.message_subscribe(self.agent.partner_id.ids)
        self.assertTrue(self._sees(self.agent, case))
        case.message_unsubscribe(self.agent.partner_id.ids)
        case.department_id = self.department
        self.assertFalse(self._sees(self.agent, case))
        employee = self.env["hr.employee"].search([("user_id", "=", self.agent.id)])
        employee.department_id = self.department
        self.assertTrue(self._sees(self.agent, case), "at once, no restart needed")

    def test_registrar_writes_until_handed_over(self):
        case = self._create(user=self.agent)
        case.name = "More precise"
        case.write({"stage_id": self.stages["assess"].id})
        with self.assertRaises(AccessError):
            case.name = "Too late"
        case.message_post(body="The customer called again.")
        with self.assertRaises(AccessError):
            case.unlink()

    def test_registrar_does_not_assign_or_close(self):
        with self.refused(AccessError, "assigning"):
            self._create(user=self.agent, user_id=self.handler.id)
        case = self._create(user=self.agent)
        with self.refused(AccessError, "assigning"):
            case.user_id = self.handler
        with self.refused(AccessError, "close"):
            case.write(
                {
                    "stage_id": self.stages["ended"].id,
                    "end_reason": "rejected",
                    "end_note": "No time",
                }
            )
        with self.assertRaises(AccessError):
            self.env["complaint.case.reopen"].with_user(self.agent).create(
                {"reason": "x"}
            )

    def test_colleague_of_the_team_reads_but_does_not_write(self):
        case = self._create()
        case.team_id.member_ids |= self.agent
        with self.assertRaises(AccessError):
            case.with_user(self.agent).name = "Mine now"

    def test_handler(self):
        case = self._create()
        self.assertFalse(self._sees(self.handler, case))
        case.department_id = self.department
        self.assertTrue(self._sees(self.handler, case))
        case.with_user(self.handler).action_assign_to_me()
        self.assertEqual(case.user_id, self.handler)
        case.department_id = self.other_department
        case.with_user(self.handler).name = "Mine as long as I handle it"
        with self.assertRaises(AccessError):
            case.with_user(self.handler).unlink()

    def test_supervisor_sees_all_but_does_not_configure(self):
        case = self._create()
        self.assertTrue(self._sees(self.manager, case))
        case.with_user(self.manager).user_id = self.handler
        for model in MODELS_TO_SET_UP:
            record = self.env[model].search([], limit=1)
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    record.with_user(self.manager).write({"name": "Mine"})
                with self.assertRaises(AccessError):
                    self.env[model].with_user(self.manager).create({"name": "New"})
        with self.assertRaises(AccessError):
            case.with_user(self.manager).unlink()

    def test_admin_configures(self):
        for model in MODELS_TO_SET_UP:
            with self.subTest(model=model):
                record = self.env[model].with_user(self.admin).create({"name": "New"})
                record.unlink()
        self._create().with_user(self.admin).unlink()

    def test_confidential(self):
        case = self._create(confidential=True, user=self.agent)
        case = case.with_user(self.env.user)
        self.assertTrue(self._sees(self.agent, case), "who took it")
        for user in (self.handler, self.manager, self.admin):
            self.assertFalse(self._sees(user, case), user.login)
        case.sudo().department_id = self.department
        case.sudo().team_id.member_ids |= self.handler
        self.assertFalse(self._sees(self.handler, case))
        case.sudo().confidant_ids = self.manager
        self.assertTrue(self._sees(self.manager, case))
        case.sudo().user_id = self.handler
        self.assertTrue(self._sees(self.handler, case))
        case.sudo().team_id.user_id = self.admin
        self.assertTrue(self._sees(self.admin, case))

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        case = self.env["complaint.case"].create({"name": "x", "company_id": other.id})
        team = self.env["complaint.team"].create({"name": "x", "company_id": other.id})
        self.assertFalse(self._sees(self.admin, case))
        self.assertNotIn(
            team, self.env["complaint.team"].with_user(self.admin).search([])
        )
        self.admin.company_ids |= other
        self.assertIn(
            case,
            self.env["complaint.case"]
            .with_user(self.admin)
            .with_context(allowed_company_ids=other.ids)
            .search([]),
        )


@tagged("post_install", "-at_install")
class TestRpc(HttpCase):
    def _call(self, model, method, *args, **kwargs):
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer.get("result"), answer.get("error", {}).get("data", {})

    def setUp(self):
        super().setUp()
        self.user = new_test_user(
            self.env,
            "rpc_manager",
            groups="complaint_mgmt.group_complaint_mgmt_admin,base.group_allow_export",
        )
        self.staff = self.env["hr.employee"].create(
            {"name": "rpc_manager", "user_id": self.user.id}
        )
        self.case = self.env["complaint.case"].create({"name": "Rude at the counter"})
        self.authenticate("rpc_manager", "rpc_manager")

    def test_respondent_over_rpc(self):
        case = self.case.id
        found, _error = self._call(
            "complaint.case", "search_count", [["id", "=", case]]
        )
        self.assertEqual(found, 1)
        message = self.case.message_post(body="Secret")
        self.case.respondent_ids = self.staff
        self.env.flush_all()
        found, _error = self._call(
            "complaint.case", "search_count", [["id", "=", case]]
        )
        self.assertEqual(found, 0)
        for method, args in (
            ("read", [[case], ["name"]]),
            ("web_read", [[case], {"name": {}}]),
            ("write", [[case], {"name": "x"}]),
            ("write", [[case], {"respondent_ids": [[5, 0, 0]]}]),
            ("export_data", [[case], ["name"]]),
            ("message_post", [[case]]),
            ("action_readback", [[case]]),
            ("unlink", [[case]]),
        ):
            with self.subTest(method=method):
                _result, error = self._call("complaint.case", method, *args)
                self.assertEqual(error.get("name"), "odoo.exceptions.AccessError")
        self._call(
            "complaint.case", "message_subscribe", [case], self.user.partner_id.ids
        )
        self.assertNotIn(self.user.partner_id, self.case.message_partner_ids)
        for method, args in (
            ("web_search_read", [[["id", "=", case]], {"name": {}}]),
            ("web_read_group", [[["id", "=", case]], ["stage_id"], ["__count"]]),
        ):
            result, error = self._call("complaint.case", method, *args)
            self.assertFalse(error)
            self.assertNotIn("Rude", json.dumps(result))
        result, _error = self._call("complaint.case", "name_search", "Rude")
        self.assertEqual(result, [])
        _result, error = self._call("mail.message", "read", message.ids, ["body"])
        self.assertEqual(error.get("name"), "odoo.exceptions.AccessError")

    def test_guards_over_rpc(self):
        closed = self.env.ref("complaint_mgmt.complaint_stage_closed").id
        _result, error = self._call(
            "complaint.case", "write", self.case.ids, {"stage_id": closed}
        )
        self.assertEqual(error.get("name"), "odoo.exceptions.ValidationError")
        self.assertIn("Read-back", error["message"])
        for method in (
            "_check_may_settle",
            "_after_move",
            "_lock_out_respondents",
            "_acknowledge",
        ):
            _result, error = self._call("complaint.case", method, self.case.ids)
            self.assertEqual(error.get("name"), "odoo.exceptions.AccessError")

    def test_fields_that_only_the_system_sets(self):
        """Marks of what happened cannot be forged."""
        for values in (
            {"closed_at": "2026-01-01 00:00:00"},
            {"reopen_count": 0},
            {"readback_at": "2026-01-01 00:00:00"},
            {"number": "TS/2026/99999"},
            {"acknowledged_at": "2026-01-01 00:00:00"},
        ):
            with self.subTest(values=values):
                _result, error = self._call(
                    "complaint.case", "write", self.case.ids, values
                )
                self.assertEqual(error.get("name"), "odoo.exceptions.UserError", error)
