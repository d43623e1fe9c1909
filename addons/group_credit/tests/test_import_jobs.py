"""Long imports: in slices, stopped and resumed, by whom, and what they cost."""

import itertools
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.group_credit.models import (
    credit_relation_import,
    credit_relation_import_line,
)
from odoo.addons.group_credit.tests.test_import_registers import (
    RegisterCase as _RegisterCase,
)
from odoo.addons.group_credit.tests.test_import_registers import (
    entity,
    holding,
    person,
)


def register(groups, size=9):
    """Groups of a person, his parent company and its subsidiaries; JSON Lines."""
    rows = []
    for g in range(groups):
        rows += [person(f"p{g}", f"张{g}"), entity(f"h{g}")]
        rows += [entity(f"s{g}-{i}") for i in range(size)]
        rows.append(holding(f"p{g}", f"h{g}", 75))
        rows += [holding(f"h{g}", f"s{g}-{i}", 51) for i in range(size)]
    return "\n".join(map(json.dumps, rows)).encode()


@tagged("post_install", "-at_install")
class TestImportJobs(_RegisterCase):
    def setUp(self):
        super().setUp()
        for user in self.users.values():
            user.lang = "en_US"  # the scheduler speaks the language of the user
        # everything is long, and a batch is short
        for module, name, value in (
            (credit_relation_import, "AT_ONCE_BYTES", 0),
            (credit_relation_import, "AT_ONCE_ROWS", 0),
            (credit_relation_import, "BATCH", 10),
            (credit_relation_import_line, "LOT", 10),
        ):
            patcher = patch.object(module, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)
        # no commit inside a test
        patcher = patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        patcher = patch.object(self.env.cr, "rollback", lambda: None)
        patcher.start()
        self.addCleanup(patcher.stop)

    def slices(self, job):
        """Runs the scheduler until the import rests; returns how often."""
        for count in range(1, 200):
            self.env["credit.relation.import"]._cron_work()
            if job.state in ("preview", "done", "failed") or job.is_stopped:
                return count
        self.fail("the import never rests")

    def test_rows_are_removed_after_a_while(self):
        job = self.upload(register(2))
        job.action_preview()
        self.slices(job)
        job.action_import()
        self.slices(job)
        summary, relations = job.summary, self.relations(job)
        self.assertEqual((job.state, job.new_count, len(relations)), ("done", 20, 20))
        waiting = self.upload(register(1))
        waiting.action_preview()
        self.slices(waiting)
        Import = self.env["credit.relation.import"]
        Import._gc_lines()
        self.assertTrue(job.line_ids, "done today")
        days = self.env["credit.parameter"]._value("import_keep_days", self.company)
        past = fields.Datetime.now() - timedelta(days=days, hours=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE credit_relation_import SET write_date = %s WHERE id IN %s",
            [past, (job.id, waiting.id)],
        )
        self.env.invalidate_all()
        Import._gc_lines()
        self.assertFalse(job.line_ids)
        self.assertEqual((job.summary, job.new_count), (summary, 20))
        self.assertEqual((job.todo_count, job.progress), (0, 100))
        self.assertEqual(self.relations(job), relations)
        self.assertTrue(job.file)
        self.assertTrue(waiting.line_ids, "nobody has decided about these")

    def relations(self, job):
        return self.env["credit.relation"].search([("import_id", "=", job.id)])

    def test_in_slices(self):
        job = self.upload(register(4))
        job.action_preview()
        self.assertEqual((job.state, job.step), ("reading", "parties"))
        # the clock leaps at every look: one batch a run
        with patch.object(credit_relation_import.time, "monotonic", self._leaps()):
            runs = self.slices(job)
        self.assertGreater(runs, 5)
        self.assertEqual((job.state, job.new_count), ("preview", 40))
        self.assertEqual(job.row_total, 40)
        job.action_import()
        self.assertEqual(job.state, "importing")
        self.slices(job)
        self.assertEqual((job.state, job.progress), ("done", 100))
        self.assertEqual(len(job.line_ids.relation_id), 40)

    def _leaps(self):
        looks = itertools.count()
        # three looks make a run: when it ends, before its batch, after its batch
        return lambda: next(looks) * credit_relation_import.SLICE * 0.6

    def test_stopped_and_resumed_without_half_a_group(self):
        job = self.upload(register(6))
        job.action_preview()
        self.slices(job)
        job.action_import()
        lots = []
        apply = type(self.env["credit.relation.import.line"])._apply

        def stop_after_two(lines, running):
            apply(lines, running)
            lots.append(lines)
            if len(lots) == 2:
                job.action_stop()

        with patch.object(
            self.registry["credit.relation.import.line"], "_apply", stop_after_two
        ):
            self.slices(job)
        self.assertTrue(job.is_stopped)
        self.assertEqual(job.state, "importing")
        self.assertEqual(len(job.line_ids.relation_id), 20)
        self.assertEqual(job.progress, 100 * 20 / 60)
        for lines in lots:  # each a whole group: its person and its nine companies
            self.assertEqual(len(lines), 10)
            parties = lines.holder_party_id | lines.held_party_id
            self.assertEqual(len(parties), 11)
        self.env["credit.relation.import"]._cron_work()
        self.assertEqual(len(job.line_ids.relation_id), 20, "stopped means stopped")
        job.action_resume()
        self.slices(job)
        self.assertEqual(len(job.line_ids.relation_id), 60)

    def test_reading_goes_on_behind_the_last_row(self):
        job = self.upload(register(3))
        job.action_preview()
        self.slices(job)
        rows = job.line_ids.mapped("row")
        # as after a crash: the books hold the first batch only
        job.line_ids.filtered(lambda line: line.row > rows[9]).sudo().unlink()
        job.sudo().write({"state": "reading", "step": "lines"})
        self.slices(job)
        self.assertEqual(job.line_ids.mapped("row"), rows)

    def test_a_bad_file_fails_in_words_and_can_be_replaced(self):
        job = self.upload(b"<html/>")
        job.action_preview()
        self.slices(job)
        self.assertEqual(job.state, "failed")
        self.assertIn("neither", job.error)
        job.action_back()
        self.assertEqual(job.state, "upload")

    def test_the_scheduler_may_do_no_more_than_the_user(self):
        job = self.upload(register(1), role="officer")
        job.action_preview()
        self.slices(job)
        job.confirm = True
        with self.assertRefused("Only a reviewer"):
            job.action_import()
        job.confirm = False
        job.action_import()
        self.slices(job)
        relations = job.line_ids.relation_id
        self.assertEqual(set(relations.mapped("state")), {"draft"})
        self.assertEqual(relations.create_uid, self.users["officer"])
        relations.with_user(self.users["reviewer"]).action_confirm()
        # the register changes what is confirmed by now: not for an officer to do
        changed = register(1).replace(b"51", b"52")
        job = self.upload(changed, role="officer")
        job.action_preview()
        self.slices(job)
        self.assertEqual(job.changed_count, 9)
        job.action_import()
        self.slices(job)
        self.assertEqual(job.rejected_count, 9)
        self.assertIn("reviewer", job.line_ids[-1].reason)
        self.assertEqual(set(relations.mapped("equity_pct")), {75, 51})

    def test_roles(self):
        Import = self.env["credit.relation.import"]
        for role in ("viewer", "sales"):
            with self.assertRaises(AccessError):
                self.upload(register(1), role=role)
        job = self.upload(register(1), role="officer")
        job.action_preview()
        self.slices(job)
        self.assertTrue(job.with_user(self.users["viewer"]).summary)
        for name in ("action_preview", "action_import", "action_stop", "action_back"):
            with self.assertRaises(AccessError):
                getattr(job.with_user(self.users["viewer"]), name)()
        with self.assertRaises(AccessError):
            Import.with_user(self.users["sales"]).search([])
        mine = job.with_user(self.users["officer"])
        for vals in (
            {"state": "importing"},
            {"user_id": self.users["reviewer"].id},
            {"file": False},
            {"source": "contract"},
        ):
            with self.assertRaises(AccessError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            mine.line_ids[0].write({"values": {"state": "confirmed"}})
        forged = Import.with_user(self.users["officer"]).create(
            {"file": "eA==", "user_id": self.users["reviewer"].id, "state": "importing"}
        )
        self.assertEqual((forged.state, forged.user_id.id), ("upload", False))

    def test_a_running_import_is_not_deleted(self):
        job = self.upload(register(1))
        job.action_preview()
        with self.assertRefused("Stop it"):
            job.unlink()
        job.action_stop()
        job.unlink()
        self.assertFalse(job.exists())

    def test_another_file_starts_from_nothing(self):
        job = self.upload(register(2))
        job.action_preview()
        self.slices(job)
        job.action_back()
        job.action_preview()
        self.slices(job)
        self.assertEqual((job.row_total, job.new_count), (20, 20))

    def test_rows_of_another_company_stay_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.users["reviewer"].company_ids |= other
        job = self.upload(register(1), company_id=other.id)
        Import = self.env["credit.relation.import"].with_user(self.users["officer"])
        self.assertNotIn(job, Import.search([]))


@tagged("post_install", "-at_install")
class TestImportCost(_RegisterCase):
    def test_two_thousand_edges(self):
        """Queries per thousand rows, not per row: reading, comparing, importing, and
        all of it once more when nothing changed."""
        with (
            patch.object(credit_relation_import, "AT_ONCE_BYTES", 1 << 30),
            patch.object(credit_relation_import, "AT_ONCE_ROWS", 10_000),
        ):
            job = self.upload(register(200))
            self.assertLess(self._queries(job.action_preview), 200)
            self.assertEqual(job.new_count, 2000)
            self.assertLess(self._queries(job.action_import), 400)
            self.assertEqual(len(job.line_ids.relation_id), 2000)
            again = self.upload(register(200))
            self.assertLess(self._queries(again.action_preview), 200)
            self.assertEqual((again.unchanged_count, again.todo_count), (2000, 0))

    def _queries(self, method):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        method()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
