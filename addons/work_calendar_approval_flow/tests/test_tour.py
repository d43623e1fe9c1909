from odoo.tests import HttpCase, tagged

from . import common


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def test_two_people(self):
        """One enters and submits, the other approves; the calendar changes."""
        self.env["res.lang"]._activate_lang("en_US")
        users = common.make_users(self.env, "tour")
        calendar = common.make_calendar(self.env)
        common.make_rule(self.env, users["approver"])
        change = common.make_change(
            self.env(user=users["officer"]), calendar, name="Tour change"
        )
        self.start_tour(
            f"/odoo/calendar-changes/{change.id}",
            "calendar_change_submit_tour",
            login="tour_officer",
        )
        self.assertEqual(change.approval_state, "pending")
        self.assertFalse(calendar.exception_ids)
        self.start_tour(
            "/odoo/my-approvals", "calendar_change_approve_tour", login="tour_approver"
        )
        self.assertEqual(change.approval_state, "approved")
        self.assertEqual(len(calendar.exception_ids), 2)
        decision = change.approval_request_id.decision_ids[-1]
        self.assertEqual(decision.comment, "Agreed in the tour")
        self.assertEqual(decision.user_id, users["approver"])

    def test_opening_a_link_changes_nothing(self):
        users = common.make_users(self.env, "link")
        common.make_rule(self.env, users["approver"])
        calendar = common.make_calendar(self.env)
        change = common.make_change(self.env(user=users["officer"]), calendar)
        change.approval_submit()
        mail = self.env["mail.mail"].search(
            [("model", "=", change._name), ("res_id", "=", change.id)], limit=1
        )
        link = f"/mail/view?model={change._name}"
        self.assertIn(link, mail.body_html.replace("&amp;", "&"))
        self.authenticate("link_approver", "link_approver")
        response = self.url_open(f"/mail/view?model={change._name}&res_id={change.id}")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(change.approval_state, "pending")
        self.assertEqual(len(change.sudo().approval_request_id.decision_ids), 1)
