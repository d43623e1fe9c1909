from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestAssignment(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["complaint.process"].search([]).active = False
        cls.liaison = cls._user("liaison", "user", cls.other_department)
        cls.other_department.manager_id = cls.liaison.employee_ids
        cls.team.user_id = cls.manager
        cls.case = cls._create(
            user_id=cls.handler.id, department_id=cls.department.id, injury="no"
        )

    def order(self, user=None, **values):
        return (
            self.env["complaint.assignment"]
            .with_user(user or self.handler)
            .create(
                {
                    "case_id": self.case.id,
                    "department_id": self.other_department.id,
                    "instruction": "Look at the truck.",
                    **values,
                }
            )
        )

    def clocks(self, order):
        return {clock.metric: clock.state for clock in order.sudo().clock_ids}

    def word(self, order, user, step, text="Because"):
        wizard = (
            self.env["complaint.assignment.word"]
            .with_user(user)
            .create({"assignment_id": order.id, "step": step, "text": text})
        )
        return wizard.action_confirm()

    def test_sent_signed_answered(self):
        order = self.order()
        self.assertEqual(set(self.clocks(order)), {"sign", "answer"})
        dispatch = self.case.clock_ids.filtered(lambda c: c.metric == "dispatch")
        self.assertEqual(dispatch.state, "met")
        self.assertIn(self.liaison, self.case.activity_ids.user_id)
        mine = order.with_user(self.liaison)
        self.assertTrue(mine.can_act)
        self.assertIn(mine, mine.search([("state", "=", "sent")]))
        mine.action_sign()
        self.assertEqual((order.state, order.signed_by_id), ("signed", self.liaison))
        self.assertEqual(self.clocks(order)["sign"], "met")
        self.word(order, self.liaison, "answer", "Driver braked hard.")
        self.assertEqual(order.state, "answered")
        self.assertEqual(order.answer, "Driver braked hard.")
        self.assertEqual(self.clocks(order)["answer"], "met")

    def test_refusal_is_judged(self):
        order = self.order()
        self.word(order, self.liaison, "refuse", "Not our truck")
        self.assertEqual(self.clocks(order)["answer"], "running")
        with self.assertRaises(AccessError):
            self.word(order, self.liaison, "right")
        self.word(order, self.handler, "wrong", "It was")
        self.assertEqual(order.state, "sent")
        self.assertEqual(self.clocks(order)["answer"], "running")
        self.word(order, self.liaison, "refuse", "Really not")
        self.word(order, self.handler, "right", "Sorry")
        self.assertEqual(order.state, "released")
        self.assertEqual(set(self.clocks(order).values()), {"cancelled"})
        self.assertEqual(self.case.supervision_ids.kind, "passing")
        self.assertTrue(self.case.under_supervision)
        found = self.env["complaint.case"].search([("under_supervision", "=", True)])
        self.assertIn(self.case, found)

    def test_only_the_unit_acts(self):
        order = self.order()
        with self.assertRaises(AccessError):
            order.with_user(self.agent).action_sign()
        with self.refused(AccessError, "Logistics"):
            order.with_user(self.handler).action_sign()
        order.with_user(self.manager).action_sign()
        with self.refused(UserError, "not in a state"):
            order.with_user(self.liaison).action_sign()

    def test_words_are_needed(self):
        order = self.order()
        for call in (
            lambda: order.with_user(self.liaison).refuse(" "),
            lambda: order.with_user(self.liaison).give_answer(""),
            lambda: order.judge(True, None),
        ):
            with self.assertRaises(UserError):
                call()

    def test_nothing_is_forged(self):
        with self.refused(UserError, "sent first"):
            self.order(state="answered")
        with self.refused(UserError, "sent first"):
            self.order(signed_at="2026-01-01")
        order = self.order()
        with self.refused(UserError, "not rewritten"):
            order.write({"department_id": self.department.id})
        with self.assertRaises(AccessError):
            order.unlink()
        with self.assertRaises(AccessError):
            self.order(user=self.agent)

    def test_no_order_to_whoever_is_complained_about(self):
        self.case.respondent_ids = self.liaison.employee_ids
        with self.refused(ValidationError, "complained about"):
            self.order()

    def test_pressing_is_counted(self):
        order = self.order()
        with self.assertRaises(AccessError):
            order.with_user(self.liaison).action_expedite()
        order.action_expedite()
        order.action_expedite()
        self.assertEqual(self.case.supervision_ids.mapped("serial"), [2, 1])
        self.assertFalse(self.case.under_supervision)

    def test_supervision(self):
        with self.assertRaises(AccessError):
            self.case.with_user(self.handler).action_supervise()
        self.case.with_user(self.manager).action_supervise()
        self.case.with_user(self.manager).action_supervise()
        record = self.case.supervision_ids
        self.assertEqual(len(record), 1)
        with self.assertRaises(AccessError):
            record.with_user(self.handler).write({"result": "x"})
        with self.refused(UserError, "from the beginning"):
            record.with_user(self.manager).write({"kind": "late"})
        record.with_user(self.manager).write({"result": "Settled"})
        self.assertTrue(record.closed_at)
        with self.refused(UserError, "has ended"):
            record.with_user(self.manager).write({"result": "Again"})

    def test_units_work_their_own_hours(self):
        calendar = self.env.ref("complaint_mgmt.resource_calendar_always")
        self.other_department.complaint_calendar_id = calendar
        order = self.order()
        self.assertEqual(order.sudo().clock_ids.calendar_id, calendar)

    def test_form(self):
        form = Form(self.env["complaint.assignment"].with_user(self.handler))
        form.case_id = self.case
        form.department_id = self.other_department
        self.assertEqual(form.save().state, "sent")


@tagged("post_install", "-at_install")
class TestProcess(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["complaint.process"].search([]).active = False
        cls.process = cls.env["complaint.process"].create(
            {"name": "Ours", "type_ids": cls.type.parent_id.ids}
        )

    def step(self, requirement, stage, **values):
        self.process.step_ids = [
            (5, 0, 0),
            (0, 0, {"requirement": requirement, "stage_kind": stage, **values}),
        ]

    def test_process_follows_type_and_team(self):
        self.assertEqual(self._create().process_id, self.process)
        own = self.env["complaint.process"].create(
            {
                "name": "Team",
                "sequence": 99,
                "team_ids": self.team.ids,
                "company_id": self.company.id,
            }
        )
        case = self._create()
        self.assertEqual(case.process_id, own)

    def test_type_changed_moves_the_department(self):
        other = self.env.ref("complaint_mgmt.complaint_type_delivery_late")
        self.type.department_id = self.department
        other.department_id = self.other_department
        case = self._create()
        self.assertEqual(case.department_id, self.department)
        case.with_user(self.manager).type_id = other
        self.assertEqual(case.department_id, self.other_department)
        self.assertFalse(case.process_id)

    def test_steps_guard_stages(self):
        self.step("interim", "reply", severity="major", note="8D D3")
        case = self._create(**self._answered(severity="major"))
        with self.refused(ValidationError, "Interim measure entered.*8D D3"):
            self._move(case, "reply")
        self._move(case, "reply", interim_measure="Lot blocked")
        with self.refused(ValidationError, "Interim measure"):
            case.interim_measure = False
        normal = self._create(**self._answered())
        self._move(normal, "reply")

    def test_orders_are_answered_first(self):
        self.step("answered", "reply")
        case = self._create(**self._answered())
        order = (
            self.env["complaint.assignment"]
            .with_user(self.handler)
            .create({"case_id": case.id, "department_id": self.department.id})
        )
        with self.refused(ValidationError, "Every order answered"):
            self._move(case.with_user(self.handler), "reply")
        order.give_answer("Found it")
        self._move(case.with_user(self.handler), "reply")

    def test_independent_call_back(self):
        self.step("independent", "closed")
        case = self._create(**self._answered())
        self._move(case, "callback")
        with self.refused(ValidationError, "another unit"):
            self._move(
                case.with_user(self.handler), "closed", callback_result="satisfied"
            )
        self._move(case.with_user(self.manager), "closed", callback_result="satisfied")
        self.assertEqual(case.callback_user_id, self.manager)
        with self.refused(UserError, "system sets"):
            case.with_user(self.manager).callback_user_id = self.handler

    def test_shipped_processes(self):
        processes = self.env["complaint.process"].with_context(active_test=False)
        shipped = processes.search([("id", "!=", self.process.id)])
        self.assertEqual(len(shipped), 7)
        self.assertTrue(all(process.step_ids for process in shipped))
        bank = self.env.ref("complaint_mgmt.complaint_process_branch")
        bank.active = True
        case = self._create(process_id=bank.id)
        clock = case.clock_ids.filtered(lambda clock: clock.metric == "statutory")
        self.assertEqual((clock.amount, clock.unit), (15, "calday"))
