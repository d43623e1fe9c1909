import threading

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from . import common


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Real connections, real commits, the server's own way of trying again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            switched_off = env["approval.rule"].search(
                [("model", "=", "resource.calendar.change")]
            )
            users = common.make_users(env, "race")
            calendar = common.make_calendar(env)
            rule = common.make_rule(env, users["approver"], users["plain"])
            change = common.make_change(env(user=users["officer"]), calendar)
            self.addCleanup(
                self.clean, users, calendar.id, rule.id, change.id, switched_off.ids
            )
            users = {name: user.id for name, user in users.items()}
        self.users, self.rule, self.change = users, rule.id, change.id
        self.calendar = calendar.id

    def clean(self, users, calendar, rule, change, switched_off):
        with self.registry.cursor() as cr:
            # the one way to remove a decision: take the guard of the table down
            cr.execute("ALTER TABLE approval_decision DISABLE TRIGGER USER")
            for table in ("decision", "request_party", "request_step"):
                cr.execute(
                    f"DELETE FROM approval_{table} WHERE request_id IN ("
                    "SELECT id FROM approval_request WHERE res_model = %s "
                    "AND res_id = %s)",
                    ["resource.calendar.change", change],
                )
            cr.execute(
                "DELETE FROM approval_request WHERE res_model = %s AND res_id = %s",
                ["resource.calendar.change", change],
            )
            cr.execute("ALTER TABLE approval_decision ENABLE TRIGGER USER")
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["resource.calendar.change"].browse(change).unlink()
            env["approval.rule"].browse(rule).unlink()
            env["approval.rule"].browse(switched_off).active = True
            env["resource.calendar"].browse(calendar).unlink()
            for user in users.values():
                partner = env["res.users"].browse(user.id).partner_id
                env["res.users"].browse(user.id).unlink()
                partner.unlink()

    def submit(self, mode):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["approval.rule"].browse(self.rule).step_ids.mode = mode
            change = env["resource.calendar.change"].browse(self.change)
            change.with_user(self.users["officer"]).approval_submit()

    def at_once(self, uids, call):
        """What each of the users gets who make the same call at the same moment."""
        barrier = threading.Barrier(len(uids))
        results = {}

        def press(key, uid):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, uid, {"lang": "en_US"})
                change = env["resource.calendar.change"].browse(self.change)
                first = iter([True])

                def attempt():
                    # so the snapshot of each transaction is older than both calls
                    self.assertTrue(change.approval_state)
                    if next(first, False):
                        barrier.wait(30)
                    return call(change)

                try:
                    results[key] = retrying(attempt, env)
                except Exception as error:
                    results[key] = error

        threads = [
            threading.Thread(target=press, args=(key, uid))
            for key, uid in enumerate(uids)
        ]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        return list(results.values())

    def decide_at_once(self, *names):
        uids = [self.users[name] for name in names]
        return self.at_once(uids, lambda change: change.approval_approve("now"))

    def outcome(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            request = env["resource.calendar.change"].browse(self.change)
            request = request.approval_request_id
            days = env["resource.calendar"].browse(self.calendar).exception_ids
            verdicts = request.decision_ids.mapped("verdict")
            return request.state, verdicts.count("agreed"), len(days)

    def test_both_are_needed(self):
        self.submit("all")
        self.assertEqual(self.decide_at_once("approver", "plain"), [True, True])
        self.assertEqual(self.outcome(), ("approved", 2, 2))

    def test_one_is_enough(self):
        self.submit("any")
        results = self.decide_at_once("approver", "plain")
        self.assertEqual(results.count(True), 1, results)
        late = next(result for result in results if result is not True)
        self.assertEqual(late["tag"], "display_notification")
        self.assertEqual(self.outcome(), ("approved", 1, 2))

    def test_double_click(self):
        self.submit("all")
        results = self.decide_at_once("approver", "approver")
        self.assertEqual(results.count(True), 1, results)
        self.assertEqual(self.outcome(), ("pending", 1, 0))

    def test_second_copy_of_the_cron(self):
        self.submit("all")
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE approval_request_party SET remind_on = '2020-01-01' "
                "WHERE request_id IN (SELECT approval_request_id "
                "FROM resource_calendar_change WHERE id = %s)",
                [self.change],
            )
        results = self.at_once(
            [SUPERUSER_ID, SUPERUSER_ID],
            lambda change: change.approval_request_id._cron_remind_and_escalate(),
        )
        self.assertEqual(results, [None, None])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            change = env["resource.calendar.change"].browse(self.change)
            reminders = change.message_ids.filtered("subject").mapped("partner_ids")
            self.assertEqual(
                len(change.message_ids.filtered(lambda m: "Reminder" in m.body)), 2
            )
            self.assertEqual(len(reminders), 2, "each of the two people once")
