from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common import WorkCalendarCase


@tagged("post_install", "-at_install")
class TestAccess(WorkCalendarCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.make_day("2026-03-11", name="Outing")
        cls.settings = cls.make_user("settings", "base.group_system")

    def test_officer(self):
        Day = self.Day.with_user(self.officer)
        day = Day.create({"calendar_id": self.calendar.id, "date": "2026-03-12"})
        day.write({"kind": "work", "hours": "08:00-12:00"})
        day.unlink()
        self.calendar.with_user(self.officer)._get_worktime()
        wizard = self.env["resource.calendar.known.until"].with_user(self.officer)
        wizard = wizard.create({"calendar_id": self.calendar.id})
        wizard.known_until = "2026-12-31"
        wizard.action_apply()
        self.assertEqual(str(self.calendar.known_until), "2026-12-31")

    def test_officer_leaves_the_rest_of_the_calendar_alone(self):
        calendar = self.calendar.with_user(self.officer)
        for values in (
            {"tz": "UTC"},
            {"name": "Mine"},
            {"known_until": "2030-12-31"},
            {"attendance_ids": [(5, 0, 0)]},
            {"exception_ids": [(5, 0, 0)]},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                calendar.write(values)
        with self.assertRaises(AccessError):
            calendar.attendance_ids[0].hour_to = 11

    def test_settings_administrator(self):
        calendar = self.calendar.with_user(self.settings)
        calendar.write(
            {"exception_ids": [(0, 0, {"date": "2026-03-14", "kind": "work"})]}
        )
        calendar.known_until = "2026-12-31"
        self.assertTrue(
            self.settings.has_group("work_calendar.group_work_calendar_officer")
        )

    def test_employee_reads(self):
        day = self.day.with_user(self.employee)
        self.assertEqual(day.name, "Outing")
        for operation in ("write", "create", "unlink"):
            self.assertFalse(day.has_access(operation))
        with self.assertRaises(AccessError):
            day.name = "Party"
        for model in ("resource.calendar.import", "resource.calendar.known.until"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.employee).create(
                    {"calendar_id": self.calendar.id}
                )
        with self.assertRaises(AccessError):
            self.calendar.with_user(self.employee)._set_known_until("2030-12-31")

    def test_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        calendar = self.make_calendar("Other", company_id=other.id)
        day = self.Day.create({"calendar_id": calendar.id, "date": "2026-03-11"})
        mine = self.make_day("2026-03-13")
        Day = self.Day.with_user(self.officer)
        self.assertNotIn(day, Day.search([]))
        with self.assertRaises(AccessError):
            day.with_user(self.officer).kind = "work"
        with self.assertRaises(AccessError):
            Day.create({"calendar_id": calendar.id, "date": "2026-03-12"})
        with self.assertRaises(AccessError):
            mine.with_user(self.officer).calendar_id = calendar
        wizard = self.env["resource.calendar.known.until"].with_user(self.officer)
        with self.assertRaises(AccessError):
            wizard.create({"calendar_id": calendar.id}).action_apply()
        # A shared calendar is everybody's.
        shared = self.make_calendar("Shared", company_id=False)
        Day.create({"calendar_id": shared.id, "date": "2026-03-11"})
        # Core shows everybody every calendar's hours: with its days, or they are wrong.
        self.assertEqual(len(calendar.with_user(self.officer)._get_exception_days()), 1)


@tagged("post_install", "-at_install")
class TestAccessOverRpc(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env.ref("work_calendar.resource_calendar_china")
        cls.day = cls.calendar.exception_ids[0]
        for name in ("user", "portal"):
            login = f"work_calendar_rpc_{name}"
            new_test_user(cls.env, login, groups=f"base.group_{name}", password=login)

    def call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def refused(self, *args, **kwargs):
        with (
            self.subTest(args),
            mute_logger("odoo.http"),
            self.assertRaises(JsonRpcException) as caught,
        ):
            self.call(*args, **kwargs)
        self.assertIn("odoo.exceptions.AccessError", str(caught.exception))

    def assertCannotChange(self):
        day, calendar = self.day.ids, self.calendar.ids
        model = "resource.calendar.exception"
        values = {"calendar_id": calendar[0], "date": "2026-03-11"}
        self.refused(model, "create", [values])
        self.refused(model, "write", day, {"kind": "work"})
        self.refused(model, "unlink", day)
        self.refused(model, "copy", day)
        loaded = self.call(model, "load", ["date", "kind"], [["2026-03-11", "rest"]])
        self.assertTrue(loaded["messages"])
        self.refused("resource.calendar", "write", calendar, {"known_until": False})
        self.refused("resource.calendar", "write", calendar, {"version": 1})
        for wizard in ("resource.calendar.import", "resource.calendar.known.until"):
            self.refused(wizard, "create", [{"calendar_id": calendar[0]}])
        # What is not meant for clients cannot be called by any.
        for method, args in (
            ("_set_known_until", ["2030-12-31"]),
            ("_bump_version", []),
            ("_get_worktime", []),
        ):
            self.refused("resource.calendar", method, calendar, *args)

    def test_employee(self):
        self.authenticate("work_calendar_rpc_user", "work_calendar_rpc_user")
        [read] = self.call(
            "resource.calendar.exception", "read", self.day.ids, ["date", "kind"]
        )
        self.assertEqual(read["kind"], self.day.kind)
        self.assertTrue(
            self.call(
                "resource.calendar.exception",
                "get_unusual_days",
                "2026-02-01 00:00:00",
                "2026-02-28 00:00:00",
                context={"default_calendar_id": self.calendar.id},
            )["2026-02-16"]
        )
        self.assertCannotChange()

    def test_portal(self):
        self.authenticate("work_calendar_rpc_portal", "work_calendar_rpc_portal")
        model = "resource.calendar.exception"
        self.refused(model, "read", self.day.ids, ["date"])
        self.refused(model, "search_read", [], ["date"])
        self.refused("resource.calendar", "read", self.calendar.ids, ["version"])
        self.assertCannotChange()
