import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from . import common

ANY_CONTEXT = {
    "skip_validation_check": True,
    "approval_unlock": True,
    "install_mode": True,
    "active_test": False,
    "tracking_disable": True,
    "bypass": object(),
}


@tagged("post_install", "-at_install")
class TestLock(common.ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_rule(cls.people(cls.first))

    def test_locked_while_pending(self):
        document = self.submitted(amount=5, note="a")
        document.note = "still open"
        for user in (self.requester, self.first, self.admin):
            for values in ({"amount": 6}, {"accused_id": user.id}, {"log": "x"}):
                with (
                    self.subTest(values),
                    self.assertRaisesRegex(UserError, "under approval"),
                ):
                    document.with_user(user).with_context(**ANY_CONTEXT).write(values)
        with self.assertRaises(UserError):
            document.sudo().amount = 6

    def test_approved_stays_what_it_was(self):
        document = self.submitted(amount=5)
        document.with_user(self.first).approval_approve()
        document.accused_id = self.third
        with self.assertRaisesRegex(UserError, "is approved"):
            document.amount = 6
        with self.assertRaises(UserError):
            document.approval_submit()

    def test_lines_are_locked_with_their_document(self):
        document = self.document(line_ids=[Command.create({"name": "a", "amount": 1})])
        other = self.document()
        document.approval_submit()
        line = document.line_ids
        for change in (
            lambda: line.write({"amount": 2}),
            lambda: line.write({"document_id": other.id}),
            lambda: line.unlink(),
            lambda: line.create({"document_id": document.id}),
            lambda: line.create({"document_id": other.id}).write(
                {"document_id": document.id}
            ),
            lambda: document.write({"line_ids": [Command.clear()]}),
            lambda: line.update_field_translations("name", {"en_US": "x"}),
            lambda: document.update_field_translations("name", {"en_US": "x"}),
            lambda: document.web_override_translations({"name": "x"}),
        ):
            with (
                self.assertRaisesRegex(UserError, "under approval"),
                self.cr.savepoint(),
            ):
                change()

    def test_what_changed_behind_the_lock_is_not_approved(self):
        document = self.submitted(amount=5, line_ids=[Command.create({"amount": 1})])
        self.env.flush_all()
        self.cr.execute("UPDATE approval_test_line SET amount = 2")
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "no longer what was submitted.*Line"):
            document.with_user(self.first).approval_approve()
        document.with_user(self.first).approval_return("changed")
        self.assertEqual(document.approval_state, "returned")

    def test_renaming_a_partner_changes_no_document(self):
        partner = self.env["res.partner"].create({"name": "Old"})
        document = self.submitted(partner_id=partner.id)
        partner.name = "New"
        document.with_user(self.first).approval_approve()
        content = document.sudo().approval_request_id.content
        self.assertEqual(content["partner_id"]["text"], "Old")

    def test_state_cannot_be_set(self):
        document = self.submitted()
        for values in (
            {"approval_state": "approved"},
            {"approval_request_id": False},
            {"approval_request_ids": [Command.clear()]},
        ):
            for target in (document, document.with_user(self.admin), document.sudo()):
                with self.assertRaisesRegex(UserError, "cannot be set"):
                    target.with_context(**ANY_CONTEXT).write(values)
                with self.assertRaisesRegex(UserError, "cannot be set"):
                    target.create({"name": "x", **values})
        copy = document.copy()
        self.assertEqual(copy.approval_state, "draft")
        self.assertFalse(copy.approval_request_ids)

    def test_history_cannot_be_deleted(self):
        document = self.submitted()
        document.approval_withdraw()
        for target in (document, document.with_user(self.admin), document.sudo()):
            with self.assertRaisesRegex(UserError, "history"):
                target.unlink()
        self.document().unlink()

    def test_rows_are_sealed(self):
        """D1 to D4: nobody forges, changes or deletes a row, in no mode or context."""
        document = self.submitted()
        document.with_user(self.first).approval_refuse("no")
        request = document.sudo().approval_request_id
        rows = [request, request.step_ids, request.party_ids, request.decision_ids]
        self.env.flush_all()
        for row in rows:
            values = row.sudo().copy_data()[0] if row else {}
            for user in (self.requester, self.first, self.manager, self.admin):
                for target in (row.with_user(user), row.with_user(user).sudo()):
                    target = target.with_context(**ANY_CONTEXT)
                    for call in (
                        lambda t=target: t.write({"create_date": "2020-01-01"}),
                        lambda t=target: t.unlink(),
                        lambda t=target, v=values: t.create(v),
                        lambda t=target: t[:1].copy(),
                    ):
                        with self.assertRaises(UserError):
                            call()
                    for operation in ("create", "write", "unlink"):
                        self.assertFalse(row.with_user(user).has_access(operation))
        with self.assertRaises(UserError):
            document.sudo().write({"approval_request_ids": [Command.create({})]})

    def test_database_refuses_as_well(self):
        self.submitted()
        self.env.flush_all()
        for statement in (
            "UPDATE approval_decision SET verdict = 'agreed'",
            "DELETE FROM approval_decision",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RaiseException),
                self.cr.savepoint(),
            ):
                self.cr.execute(statement)

    def test_attachments_are_kept(self):
        document = self.submitted()
        mine = self.env["ir.attachment"].with_user(self.first)
        attachment = mine.create({"name": "sheet.txt", "raw": b"seen"})
        document.with_user(self.first).approval_approve(attachment_ids=attachment.ids)
        decision = document.sudo().approval_request_id.decision_ids[-1]
        kept = decision.attachment_ids
        self.assertEqual(kept.raw, b"seen")
        self.assertEqual(decision.attachment_sums[0]["checksum"], kept.checksum)
        attachment.raw = b"other"
        self.assertEqual(kept.raw, b"seen")
        self.assertEqual(kept.with_user(self.requester).raw, b"seen")
        with self.assertRaises(AccessError):
            kept.with_user(self.stranger).read(["raw"])
        for user in (self.first, self.manager, self.admin):
            with self.assertRaises(AccessError):
                kept.with_user(user).write({"raw": b"forged"})
            with self.assertRaises(AccessError):
                kept.with_user(user).unlink()

    def test_foreign_attachments_are_not_taken(self):
        document = self.submitted()
        secret = self.env["ir.attachment"].create({"name": "secret", "raw": b"x"})
        with self.assertRaises(AccessError):
            document.with_user(self.first).approval_approve(attachment_ids=secret.ids)
