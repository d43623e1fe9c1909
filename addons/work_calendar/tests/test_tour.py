from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def test_officer_keeps_a_calendar(self):
        self.env["res.lang"]._activate_lang("en_US")
        calendar = self.env.ref("work_calendar.resource_calendar_china").copy()
        calendar.name = "Tour"
        calendar.exception_ids.unlink()
        login = "work_calendar_tour_officer"
        new_test_user(
            self.env,
            login,
            password=login,
            groups="work_calendar.group_work_calendar_officer",
            lang="en_US",
            tz="Asia/Shanghai",
        )
        self.start_tour("/odoo/working-calendars", "work_calendar_tour", login=login)
        days = calendar.exception_ids
        self.assertEqual([day.date.year for day in days].count(2031), 4)
        self.assertEqual(str(calendar.known_until), "2031-12-31")
        by_hand = days.filtered(lambda day: day.name == "Stocktaking")
        self.assertEqual((by_hand.kind, by_hand.hours), ("work", "09:00-12:00"))
