from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def test_complaint_from_call_to_reply(self):
        """A call is registered, assigned and handled; what is missing is said."""
        self.env["res.lang"]._activate_lang("zh_CN")
        department = self.env["hr.department"].create({"name": "品质管理部"})
        people = {}
        for login, name, role in (
            ("tour_agent", "乔雨晴", "user"),
            ("tour_handler", "方致远", "handler"),
            ("tour_manager", "纪书衡", "manager"),
        ):
            people[role] = new_test_user(
                self.env,
                login,
                groups=f"complaint_mgmt.group_complaint_mgmt_{role}",
                name=name,
                lang="zh_CN",
                tz="Asia/Shanghai",
            )
        quality = self.env.ref("complaint_mgmt.complaint_type_product_quality")
        quality.department_id = department
        self.start_tour(
            "/odoo/complaints", "complaint_case_register_tour", login="tour_agent"
        )
        case = self.env["complaint.case"].search([("partner_name", "=", "梁思远")])
        self.assertEqual(case.stage_kind, "assess")
        self.assertEqual(case.first_contact_user_id, people["user"])
        self.assertEqual(case.department_id, department)
        self.start_tour(
            "/odoo/complaints", "complaint_case_assign_tour", login="tour_manager"
        )
        self.assertEqual(case.user_id, people["handler"])
        self.start_tour(
            "/odoo/complaints", "complaint_case_handle_tour", login="tour_handler"
        )
        self.assertEqual(case.stage_kind, "reply")
        self.assertEqual(case.liability, "company")
