from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def test_officer_keeps_the_calendar(self):
        calendar = self.env.ref("work_calendar.resource_calendar_china").copy()
        calendar.name = "Tour"
        login = "work_calendar_tour_officer"
        new_test_user(
            self.env,
            login,
            password=login,
            groups="work_calendar.group_work_calendar_officer",
            tz="Asia/Shanghai",
        )
        self.start_tour(
            "/odoo/rest-and-make-up-days", "work_calendar_tour", login=login
        )
        days = calendar.exception_ids.filtered(lambda day: day.date.year != 2026)
        self.assertEqual(len(days), 4)
        self.assertEqual(str(calendar.known_until), "2027-12-31")
        by_hand = calendar.exception_ids.filtered(lambda day: day.name == "Stocktaking")
        self.assertEqual((by_hand.kind, by_hand.hours), ("work", "09:00-12:00"))
