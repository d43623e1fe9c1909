from datetime import date, timedelta

from openpyxl import load_workbook
from polib import pofile
from psycopg2.errors import UniqueViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from .common import TODAY, CxCommon


@tagged("post_install", "-at_install")
class TestJourney(CxCommon):
    def test_subscription_spawns_a_welcome_contact(self):
        journey = self._new_journeys(1, date_subscribed=TODAY)
        welcome = self._touchpoints("C01")
        self.assertEqual(welcome.journey_id, journey)
        self.assertEqual(welcome.partner_id, journey.partner_id)
        self.assertEqual(welcome.date_due, date(2026, 3, 3), "next working day")
        self.assertEqual(welcome.user_id, self.manager)
        self.assertEqual(welcome.state, "ready")

    def test_satisfaction_call_has_a_window_after_handover(self):
        journey = self._new_journeys(1)
        self.assertFalse(journey.touchpoint_ids)
        journey.write(
            {
                "date_subscribed": date(2025, 1, 6),
                "date_signed": date(2025, 1, 20),
                "date_ho_done": date(2026, 2, 27),
            }
        )
        call = self._touchpoints("E11")
        self.assertEqual(call.date_start, date(2026, 3, 2))
        self.assertEqual(call.date_due, date(2026, 3, 6))
        journey.date_ho_done = date(2026, 3, 1)
        self.assertEqual(call.date_due, date(2026, 3, 8))
        self.assertEqual(call.log_ids.cause, "event")

    def test_withdrawal_cancels_what_is_open(self):
        journey = self._new_journeys(1, date_subscribed=TODAY)
        journey.active = False
        self.assertEqual(journey.touchpoint_ids.state, "cancelled")
        journey.active = True
        self.assertEqual(journey.touchpoint_ids.state, "ready")

    def test_event_taken_back(self):
        journey = self._new_journeys(1, date_subscribed=TODAY)
        journey.date_subscribed = False
        self.assertEqual(self._touchpoints("C01").state, "cancelled")

    def test_stage_follows_the_events(self):
        delivery = self._new_batch("delivery")
        journey = self._new_journeys(1, unit={"delivery_batch_id": delivery.id})
        self.assertEqual(journey.stage_id.code, "B")
        for values, stage in (
            ({"date_subscribed": date(2025, 6, 2)}, "C"),
            ({"date_signed": date(2025, 6, 9)}, "D"),
        ):
            journey.write(values)
            self.assertEqual(journey.stage_id.code, stage)
        self._milestone("ho_notice", delivery).date_actual = date(2026, 2, 2)
        self.assertEqual(journey.stage_id.code, "E")
        journey.date_ho_done = date(2026, 2, 20)
        self.assertEqual(journey.stage_id.code, "F")
        journey.date_moved_in = date(2026, 3, 1)
        self.assertEqual(journey.stage_id.code, "G")

    def test_touchpoints_of_customers_by_the_date_of_their_batch(self):
        first = self._new_batch("delivery", name="First")
        second = self._new_batch("delivery", name="Second")
        journey = self._new_journeys(1, unit={"delivery_batch_id": first.id})
        self._milestone("ho_start", first).date_planned = date(2026, 4, 30)
        self._milestone("ho_start", second).date_planned = date(2026, 5, 20)
        check = self._touchpoints("D05")
        self.assertEqual(check.date_due, date(2026, 3, 31))
        journey.unit_id.delivery_batch_id = second
        self.assertEqual(check.date_due, date(2026, 4, 20))

    def test_far_ahead_is_not_generated_before_its_horizon(self):
        delivery = self._new_batch("delivery")
        self._new_journeys(1, unit={"delivery_batch_id": delivery.id})
        start = self._milestone("ho_start", delivery)
        start.date_planned = TODAY + timedelta(30 + 61)
        self.assertFalse(self._touchpoints("D05"))
        start.date_planned = TODAY + timedelta(30 + 60)
        self.assertEqual(self._touchpoints("D05").state, "planned")
        start.date_planned = TODAY + timedelta(30 + 200)
        self.assertEqual(self._touchpoints("D05").state, "planned", "it stays on file")

    def test_customer_type_filter(self):
        self._template("C01").customer_type = "company"
        person = self._new_journeys(1, date_subscribed=TODAY)
        self.assertFalse(person.touchpoint_ids)

    def test_dates_in_order_and_not_in_the_future(self):
        journey = self._new_journeys(1, date_subscribed=date(2026, 2, 2))
        with self.assertRefused(ValidationError, "cannot be before"):
            journey.date_signed = date(2026, 2, 1)
        with self.assertRefused(ValidationError, "still to come"):
            journey.date_signed = TODAY + timedelta(1)
        journey.date_signed = date(2026, 2, 2)
        with self.assertRefused(ValidationError, "Moved In.*Handed Over"):
            journey.write(
                {
                    "date_ho_done": date(2026, 2, 20),
                    "date_moved_in": date(2026, 2, 10),
                }
            )

    def test_one_journey_for_a_customer_and_unit(self):
        journey = self._new_journeys(1)
        values = {"partner_id": journey.partner_id.id, "unit_id": journey.unit_id.id}
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["cx.journey"].create(values)
        journey.active = False
        self.env.flush_all()
        self.env["cx.journey"].create(values)

    def test_a_journey_with_touchpoints_stays_in_its_phase(self):
        journey = self._new_journeys(1, date_subscribed=TODAY)
        other = self.env["cx.unit"].create(
            {"name": "9-9", "phase_id": self._new_phase("Phase 2").id}
        )
        with self.assertRefused(ValidationError, "already has touchpoints"):
            journey.unit_id = other
        with self.assertRefused(ValidationError, "has customers"):
            journey.unit_id.phase_id = other.phase_id

    def test_batch_of_another_phase_or_kind_is_refused(self):
        journey = self._new_journeys(1)
        with self.assertRefused(ValidationError, "another phase"):
            journey.unit_id.delivery_batch_id = self._new_batch("opening")

    def test_partner_change_reaches_the_touchpoints(self):
        journey = self._new_journeys(1, date_subscribed=TODAY)
        heir = self.env["res.partner"].create({"name": "Heir"})
        journey.partner_id = heir
        self.assertEqual(self._touchpoints("C01").partner_id, heir)
        self.assertEqual(heir.with_user(self.staff).cx_journey_count, 1)

    def test_import_template_matches_the_fields(self):
        fields = self.env["cx.journey"].with_context(lang="en_US").fields_get()
        english = {field["string"] for field in fields.values()}
        chinese = {
            entry.msgstr
            for entry in pofile(file_path("customer_experience/i18n/zh_CN.po"))
            if entry.msgid in english
        }
        for lang, labels in (("en_US", english), ("zh_CN", chinese)):
            journeys = self.env["cx.journey"].with_context(lang=lang)
            template = journeys.get_import_templates()[0]["template"]
            sheet = load_workbook(file_path(template.removeprefix("/"))).active
            self.assertLessEqual({cell.value for cell in sheet[1]}, labels)

    def test_import(self):
        phases = self.phase | self._new_phase("Phase 2")
        units = self.env["cx.unit"].create(
            [
                {"name": name, "phase_id": phase.id}
                for phase in phases
                for name in ("2-101", "2-102")
            ]
        )
        self.env["res.partner"].create([{"name": "Import A"}, {"name": "Import B"}])
        result = (
            self.env["cx.journey"]
            .with_user(self.manager)
            .load(
                ["partner_id", "unit_id", "date_subscribed"],
                [
                    ["Import A", "Riverside Phase 1 2-101", "2026-03-01"],
                    ["Import B", "Riverside Phase 2 2-102", "2026-02-27"],
                ],
            )
        )
        self.assertFalse(result["messages"])
        journeys = self.env["cx.journey"].browse(result["ids"])
        self.assertEqual(journeys.unit_id, units[0] | units[3])
        self.assertEqual(
            self._touchpoints("C01").sorted("date_due").mapped("date_due"),
            [date(2026, 3, 2), date(2026, 3, 2)],
        )
