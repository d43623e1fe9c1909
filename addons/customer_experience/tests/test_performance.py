from datetime import date, timedelta

from odoo.tests import tagged

from .common import TODAY, CxCommon


@tagged("post_install", "-at_install")
class TestPerformance(CxCommon):
    def setUp(self):
        super().setUp()
        self.delivery = self._new_batch("delivery")
        self.start = self._milestone("ho_start", self.delivery)
        self._new_journeys(90, unit={"delivery_batch_id": self.delivery.id})

    def queries(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def move(self, days):
        def action():
            self.start.date_planned = TODAY + timedelta(days)

        return action

    def test_a_move_costs_by_template_not_by_customer(self):
        self.move(80)()
        self.move(81)()
        few = self.queries(self.move(84))
        self.assertEqual(len(self._touchpoints("D05")), 90)
        units = self.env["cx.unit"].create(
            [
                {
                    "name": f"2-{n}",
                    "phase_id": self.phase.id,
                    "delivery_batch_id": self.delivery.id,
                }
                for n in range(300)
            ]
        )
        partners = self.env["res.partner"].create(
            [{"name": f"More {n}"} for n in range(300)]
        )
        self.env["cx.journey"].create(
            [
                {"partner_id": partner.id, "unit_id": unit.id}
                for partner, unit in zip(partners, units, strict=True)
            ]
        )
        self.assertEqual(len(self._touchpoints("D05")), 390)
        many = self.queries(self.move(87))
        templates = len(
            self.env["cx.touchpoint"].search([("log_ids", "!=", False)]).template_id
        )
        # 300 more customers: the ORM writes and inserts by the hundred, so four more
        # statements for each customer template's update, log and the reads
        self.assertLess(many - few, 60, f"{few} -> {many}")
        self.assertLess(few, 10 * templates, f"{few} for {templates} templates")

    def test_generation_is_batched(self):
        cost = self.queries(self.move(80))
        created = len(self.phase.touchpoint_ids)
        self.assertGreater(created, 90)
        self.assertLess(cost, 55, f"{cost} for {created}")

    def test_nothing_to_do_costs_little(self):
        self.move(80)()
        cost = self.queries(
            lambda: self.env["cx.planner"]._plan(self.phase, cause="rule")
        )
        self.assertLess(cost, 20)

    def test_board_costs_the_same_for_one_phase_and_ten(self):
        def board(phases):
            def action():
                phases.read(["overdue_count", "due_soon_count", "next_milestone_name"])

            return action

        one = self.queries(board(self.phase))
        phases = self.phase
        for number in range(2, 11):
            phases |= self._new_phase(f"Phase {number}")
            self._milestone("land", phases[-1]).date_planned = date(2026, 5, 1)
        self.assertLessEqual(self.queries(board(phases)), one + 1)
