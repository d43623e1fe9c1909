from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestHandover(ComplaintCommon):
    def _report(self, user=None, **values):
        """The slip of an employee who has no role in complaints."""
        return (
            self.env["complaint.handover"]
            .with_user(user or self.outsider)
            .create(
                {
                    "name": "Wall scratched on delivery",
                    "partner_name": "Ms Qi",
                    "partner_phone": "139 0000 3318",
                    "description": "Scratched <b>the</b> wall",
                    "injury": "no",
                    "readback": True,
                    **values,
                }
            )
        )

    def test_any_employee_reports_with_the_form(self):
        form = Form(self.env["complaint.handover"].with_user(self.outsider))
        form.name = "Wall scratched"
        form.partner_name = "Ms Qi"
        form.partner_phone = "13900003318"
        form.description = "One metre long"
        form.injury = "no"
        slip = form.save()
        self.assertEqual(slip.state, "waiting")
        case = slip.sudo().case_id
        self.assertEqual(slip.number, case.number)
        self.assertEqual(case.first_contact_user_id, self.outsider)
        self.assertEqual(case.handover_state, "waiting")
        self.assertTrue(case.handover_at)
        with self.assertRaises(AccessError):
            case.with_user(self.outsider).read(["name"])

    def test_text_is_text(self):
        case = self._report().sudo().case_id
        self.assertIn("&lt;b&gt;", case.description)
        self.assertEqual(case.readback_user_id, self.outsider)

    def test_desk_accepts(self):
        self.team.user_id = self.manager
        slip = self._report()
        case = slip.sudo().case_id
        case.team_id.member_ids |= self.agent
        todo = case.activity_ids
        self.assertEqual(todo.user_id, self.manager)
        case.write(self._registered())
        with self.refused(ValidationError, "Accept Hand-over"):
            self._move(case, "assess")
        case.with_user(self.agent).action_accept_handover()
        self.assertEqual(slip.state, "accepted")
        self.assertEqual(slip.accepted_user_id, self.agent)
        self.assertFalse(case.activity_ids)
        self.assertEqual(case.first_contact_user_id, self.outsider, "stays on record")
        case.with_user(self.agent).name = "The clerk completes what was taken down"
        self._move(case.with_user(self.agent), "assess")
        with self.refused(UserError, "no acceptance"):
            case.with_user(self.agent).action_accept_handover()

    def test_strangers_of_the_team_do_not_accept(self):
        case = self._report().sudo().case_id
        with self.assertRaises(AccessError):
            case.with_user(self.agent).action_accept_handover()
        with self.assertRaises(AccessError):
            case.with_user(self.outsider).action_accept_handover()

    def test_taking_over_accepts(self):
        case = self._report().sudo().case_id
        case.with_user(self.manager).user_id = self.handler
        self.assertEqual(case.handover_state, "accepted")
        self.assertEqual(case.accepted_user_id, self.manager)

    def test_reporter_sees_only_own_slips_and_cannot_change_them(self):
        slip = self._report()
        other = self._report(user=self.agent)
        slips = self.env["complaint.handover"].with_user(self.outsider)
        self.assertEqual(slips.search([]), slip)
        with self.assertRaises(AccessError):
            other.with_user(self.outsider).read(["name"])
        with self.assertRaises(UserError):
            slip.name = "Nothing happened"
        with self.assertRaises(AccessError):
            slip.unlink()
        forged = self._report(user_id=self.agent.id)
        self.assertEqual(forged.user_id, self.outsider)

    def test_reporter_complained_about_loses_the_slip(self):
        employee = self.env["hr.employee"].create(
            {"name": "outsider", "user_id": self.outsider.id}
        )
        slip = self._report()
        slip.sudo().case_id.respondent_ids = employee
        self.assertFalse(
            self.env["complaint.handover"].with_user(self.outsider).search([])
        )

    def test_dates(self):
        now = fields.Datetime.now()
        with self.refused(ValidationError, "future"):
            self._report(received_at=now + timedelta(hours=2))
        with self.refused(AccessError, "supervisor"):
            self._report(received_at=now - timedelta(days=30))

    def test_files_go_along(self):
        photo = (
            self.env["ir.attachment"]
            .with_user(self.outsider)
            .create({"name": "wall.png", "raw": b"\x89PNG\r\n\x1a\n"})
        )
        case = self._report(attachment_ids=photo.ids).sudo().case_id
        copies = self.env["ir.attachment"].search(
            [("res_model", "=", "complaint.case"), ("res_id", "=", case.id)]
        )
        self.assertEqual(copies.mapped("name"), ["wall.png"])
        foreign = self.env["ir.attachment"].create(
            {"name": "secret.txt", "raw": b"x", "res_model": "ir.cron", "res_id": 1}
        )
        with self.assertRaises(AccessError):
            self._report(attachment_ids=foreign.ids)


@tagged("post_install", "-at_install")
class TestIntake(ComplaintCommon):
    def test_received_before_the_contract(self):
        with self.refused(ValidationError, "lies before"):
            self._create(
                received_at=datetime(2026, 3, 1, 4), contract_date="2026-03-02"
            )
        self._create(received_at=datetime(2026, 3, 2, 4), contract_date="2026-03-02")

    def test_late_entry(self):
        now = fields.Datetime.now()
        self.assertFalse(self._create(received_at=now - timedelta(hours=2)).late_entry)
        self.assertTrue(self._create(received_at=now - timedelta(days=2)).late_entry)

    def test_first_contact_is_not_pushed_on(self):
        case = self._create(user=self.agent)
        with self.refused(AccessError, "stays its first contact"):
            case.first_contact_user_id = self.handler
        case.with_user(self.manager).first_contact_user_id = self.handler

    def test_marks_of_the_handover_cannot_be_entered(self):
        case = self._create(user=self.manager)
        for values in (
            {"handover_state": "accepted"},
            {"accepted_user_id": self.manager.id},
            {"split_from_id": case.id},
        ):
            with self.refused(UserError, "cannot be entered"):
                case.write(values)

    def test_duplicates_are_found_while_typing(self):
        first = self._create(
            product_id=self.product.id,
            partner_id=False,
            partner_name="Lin",
            partner_phone="+86 138-0000-0001",
        )
        form = Form(self.env["complaint.case"].with_user(self.manager))
        form.partner_name = "Lin"
        form.product_id = self.product
        self.assertEqual(form.duplicate_count, 0)
        form.partner_phone = "13800000001"
        self.assertEqual(form.duplicate_count, 1)
        self.assertEqual(form.duplicate_ids.ids, first.ids)
        form.partner_phone = "13800000002"
        self.assertEqual(form.duplicate_count, 0)
        form.partner_id = self.customer
        self.assertEqual(form.duplicate_count, 0, "the number was left as typed")

    def test_split(self):
        self.team.member_ids |= self.handler
        case = self._create(received_at=fields.Datetime.now() - timedelta(days=9))
        wizard = (
            self.env["complaint.case.split"]
            .with_user(self.handler)
            .with_context(active_id=case.id)
            .create(
                {
                    "name": "The fitter was rude",
                    "type_id": self.env.ref(
                        "complaint_mgmt.complaint_type_service_behaviour"
                    ).id,
                    "description": "<p>Rude.</p>",
                }
            )
        )
        wizard.action_split()
        part = case.split_ids
        self.assertEqual(part.name, "The fitter was rude")
        self.assertEqual(part.received_at, case.received_at)
        self.assertEqual(part.partner_id, self.customer)
        self.assertNotEqual(part.number, case.number)
        self.assertTrue(part.confidential, "by its own type")
        self.assertEqual(part.stage_kind, "register")

    def _merge(self, cases, user=None):
        return (
            self.env["complaint.case.merge"]
            .with_user(user or self.manager)
            .with_context(active_ids=cases.ids)
            .create({})
            .action_merge()
        )

    def test_merge(self):
        now = fields.Datetime.now()
        apology = self.env.ref("complaint_mgmt.complaint_remedy_apology")
        newer = self._create(
            product_id=self.product.id,
            remedy_ids=apology.ids,
            amount_claimed=900,
            received_at=now,
        )
        older = self._create(
            product_id=self.product.id, received_at=now - timedelta(days=1)
        )
        self.env["ir.attachment"].create(
            {
                "name": "photo.png",
                "raw": b"x",
                "res_model": newer._name,
                "res_id": newer.id,
            }
        )
        self._merge(newer | older)
        self.assertEqual(newer.merged_into_id, older, "the one received first goes on")
        self.assertEqual(newer.stage_kind, "ended")
        self.assertFalse(older.closed_at)
        self.assertEqual(older.remedy_ids, self.repair | apology)
        self.assertEqual(older.amount_claimed, 900)
        self.assertEqual(
            self.env["ir.attachment"].search_count(
                [("res_model", "=", older._name), ("res_id", "=", older.id)]
            ),
            1,
        )
        with self.refused(UserError, "closed"):
            self._merge(newer | older)

    def test_merge_refuses(self):
        case = self._create(product_id=self.product.id)
        stranger = self._create(
            partner_id=self.env["res.partner"].create({"name": "Other"}).id,
            partner_phone="13911111111",
        )
        with self.refused(UserError, "another customer"):
            self._merge(case | stranger)
        with self.refused(UserError, "at least two"):
            self._merge(case)
        with self.assertRaises(AccessError):
            self._merge(case | stranger, user=self.agent)

    def test_duplicate_names_the_complaint_that_goes_on(self):
        case, other = self._create(), self._create()
        with self.refused(ValidationError, "Duplicate of"):
            self._move(case, "ended", end_reason="duplicate", end_note="Same")
        with self.refused(ValidationError, "cannot be a duplicate"):
            case.merged_into_id = case
        self._move(
            case,
            "ended",
            end_reason="duplicate",
            end_note="Same",
            merged_into_id=other.id,
        )


@tagged("post_install", "-at_install")
class TestDispute(ComplaintCommon):
    def _dispute(self, case, user=None, **values):
        return (
            self.env["complaint.dispute"]
            .with_user(user or self.handler)
            .create({"name": "Claims damages", "case_id": case.id, **values})
        )

    def test_complaint_becomes_a_dispute(self):
        case = self._create(user_id=self.handler.id, department_id=self.department.id)
        dispute = self._dispute(case)
        self.assertRegex(dispute.number, r"^JF/\d{4}/\d{5}$")
        self.assertEqual(dispute.case_id.number, case.number)
        action = case.with_user(self.handler).action_open_dispute()
        self.assertEqual(action["res_id"], dispute.id)
        with self.refused(ValidationError, "Result"):
            dispute.state = "settled"
        dispute.write({"state": "settled", "result": "Half of the price"})
        self.assertTrue(dispute.closed_at)
        with self.refused(UserError, "stay"):
            dispute.number = "JF/1"
        with self.refused(UserError, "stay on record"):
            dispute.sudo().unlink()

    def test_parts_are_seen_where_the_complaint_is(self):
        case = self._create(user_id=self.handler.id, department_id=self.department.id)
        dispute = self._dispute(case)
        disputes = self.env["complaint.dispute"]
        self.assertIn(dispute, disputes.with_user(self.manager).search([]))
        self.assertFalse(disputes.with_user(self.agent).search([]))
        self.assertEqual(
            disputes.with_user(self.agent)._read_group([], [], ["__count"]), [(0,)]
        )
        with self.assertRaises(AccessError):
            dispute.with_user(self.agent).read(["name"])
        with self.assertRaises(AccessError):
            self._dispute(case, user=self.agent)
        staff = self.env["hr.employee"].search([("user_id", "=", self.manager.id)])
        case.respondent_ids = staff
        self.assertFalse(disputes.with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            dispute.with_user(self.manager).read(["name"])
        with self.assertRaises(AccessError):
            dispute.with_user(self.manager).name = "x"
        with self.refused(ValidationError, "in charge"):
            dispute.user_id = self.manager

    def test_whoever_only_reads_the_complaint_changes_no_part(self):
        case = self._create(user_id=self.handler.id, department_id=self.department.id)
        dispute = self._dispute(case)
        case.message_subscribe(self.agent.partner_id.ids)
        self.assertEqual(dispute.with_user(self.agent).name, "Claims damages")
        other_handler = self._user("handler_two", "handler", self.other_department)
        case.message_subscribe(other_handler.partner_id.ids)
        dispute.with_user(other_handler).read(["name"])
        with self.assertRaises(AccessError):
            dispute.with_user(other_handler).name = "x"


@tagged("post_install", "-at_install")
class TestContractDateZone(ComplaintCommon):
    @freeze_time("2026-03-02 18:30:00")
    def test_day_counts_where_the_user_is(self):
        """Half past two in the morning in Shanghai is already the next day there."""
        cases = self.env["complaint.case"].with_context(tz="Asia/Shanghai")
        case = cases.create(self._registered(contract_date="2026-03-03"))
        self.assertTrue(case)
