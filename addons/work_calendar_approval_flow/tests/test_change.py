import base64
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from . import common

ROWS = b"date,kind,name\n2031-03-05,rest,Stock\n2031-03-08,work,\n"


@tagged("post_install", "-at_install")
class TestChange(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["approval.rule"].search(
            [("model", "=", "resource.calendar.change")]
        ).active = False
        cls.users = common.make_users(cls.env, "change")
        cls.officer, cls.approver = cls.users["officer"], cls.users["approver"]
        cls.calendar = common.make_calendar(cls.env)
        cls.days = cls.env["resource.calendar.exception"].with_user(cls.officer)

    def change(self, **values):
        return common.make_change(self.env(user=self.officer), self.calendar, **values)

    def day(self, day="2031-03-05", **values):
        return self.days.create(
            {"calendar_id": self.calendar.id, "date": day, "kind": "rest", **values}
        )

    def test_without_a_rule_days_are_edited_directly(self):
        day = self.day()
        day.kind = "work"
        day.unlink()
        with self.assertRaisesRegex(UserError, "No approval rule"):
            self.change().approval_submit()

    def test_with_a_rule_direct_edits_are_refused(self):
        day = self.day()
        common.make_rule(self.env, self.approver)
        admin = self.env.ref("base.user_admin")
        forged = {"calendar_change": True, "install_mode": True, "APPROVED": object()}
        for user in (self.officer, admin):
            target = day.with_user(user).with_context(**forged)
            for attempt in (
                lambda t=target: t.write({"kind": "work"}),
                lambda t=target: t.sudo().write({"kind": "work"}),
                lambda t=target: t.unlink(),
                lambda t=target: t.create(
                    {"calendar_id": self.calendar.id, "date": "2031-03-06"}
                ),
                lambda t=target: t.calendar_id.sudo().write(
                    {"exception_ids": [Command.clear()]}
                ),
            ):
                with (
                    self.assertRaisesRegex(UserError, "Working Calendars / Changes"),
                    self.cr.savepoint(),
                ):
                    attempt()
        self.assertEqual(day.kind, "rest")

    def test_rule_of_another_company_or_switched_off(self):
        other = self.env["res.company"].create({"name": "Other"})
        rule = common.make_rule(self.env, self.approver, company_id=other.id)
        day = self.day()
        rule.company_id = False
        with self.assertRaises(UserError):
            day.kind = "work"
        rule.active = False
        day.kind = "work"

    def test_shared_calendar_follows_any_company(self):
        shared = self.env["resource.calendar"].create(
            {"name": "Shared", "company_id": False}
        )
        common.make_rule(self.env, self.approver)
        with self.assertRaises(UserError):
            self.day(calendar_id=shared.id)

    def test_approved_change_is_entered(self):
        gone, kept = self.day("2031-03-12"), self.day("2031-03-05", name="Old")
        common.make_rule(self.env, self.approver)
        change = self.change()
        change.line_ids = [Command.create({"date": "2031-03-12", "kind": "remove"})]
        self.assertEqual(
            [bool(line.before) for line in change.line_ids.sorted("date")],
            [True, False, True],
        )
        change.approval_submit()
        with self.assertRaises(UserError):
            change.line_ids[0].kind = "work"
        self.assertFalse(change.applied_on)
        change.with_user(self.approver).approval_approve("go")
        self.assertTrue(change.applied_on)
        self.assertFalse(gone.exists())
        self.assertEqual(kept.name, "Stock")
        day = self.calendar.exception_ids.filtered(lambda d: d.kind == "work")
        self.assertEqual((day.date, day.hours), (date(2031, 3, 8), "09:00-12:00"))
        self.assertEqual(day.create_uid, self.approver)
        with self.assertRaises(UserError):
            day.with_user(self.officer).hours = False

    def test_refused_change_is_not_entered(self):
        common.make_rule(self.env, self.approver)
        change = self.change()
        change.approval_submit()
        change.with_user(self.approver).approval_refuse("not in March")
        self.assertFalse(self.calendar.exception_ids)
        self.assertFalse(change.applied_on)

    def test_empty_change(self):
        common.make_rule(self.env, self.approver)
        change = self.change(line_ids=[])
        with self.assertRaisesRegex(UserError, "Enter the days"):
            change.approval_submit()

    def test_wrong_hours_are_refused_early(self):
        with self.assertRaisesRegex(UserError, "not understood"):
            self.change(
                line_ids=[Command.create({"date": "2031-01-01", "hours": "morning"})]
            )

    def test_import_becomes_a_change(self):
        wizard = self.env["resource.calendar.import"].with_user(self.officer)
        wizard = wizard.create(
            {
                "calendar_id": self.calendar.id,
                "file": base64.b64encode(ROWS),
                "filename": "2031.csv",
            }
        )
        wizard.action_preview()
        common.make_rule(self.env, self.approver)
        action = wizard.action_import()
        self.assertEqual(action["res_model"], "resource.calendar.change")
        change = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(change.name, "2031.csv")
        self.assertEqual(len(change.line_ids), 2)
        self.assertFalse(self.calendar.exception_ids)

    def test_access(self):
        change = self.change()
        plain = change.with_user(self.users["plain"])
        self.assertEqual(plain.name, "Inventory")
        for attempt in (
            lambda: plain.write({"name": "x"}),
            lambda: plain.approval_submit(),
            lambda: plain.line_ids.write({"kind": "work"}),
            lambda: plain.unlink(),
        ):
            with self.assertRaises(AccessError):
                attempt()
        other = self.env["res.company"].create({"name": "Other"})
        self.users["plain"].write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            plain.read(["name"])
