from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CxCommon


@tagged("post_install", "-at_install")
class TestTemplate(CxCommon):
    def values(self, **vals):
        return {
            "code": "X01",
            "name": "Test",
            "stage_id": self.env.ref("customer_experience.cx_stage_g").id,
            "milestone_type_id": self._milestone("web_live").type_id.id,
            **vals,
        }

    def new(self, **vals):
        return self.env["cx.touchpoint.template"].create(self.values(**vals))

    def test_owner_comes_from_the_stage(self):
        template = self.new()
        self.assertEqual(template.role_id.code, "PM")
        form = Form(self.env["cx.touchpoint.template"])
        form.stage_id = self.env.ref("customer_experience.cx_stage_f")
        self.assertEqual(form.role_id.code, "EN")

    def test_anchor_must_fit_the_scope(self):
        for values, message in (
            ({"anchor": "event", "event": "signed"}, "Each customer"),
            ({"milestone_type_id": False}, "choose the milestone"),
            ({"scope": "batch"}, "milestone of the phase"),
            ({"scope": "journey", "anchor": "event"}, "choose the milestone"),
        ):
            with self.subTest(values=values):
                with self.assertRefused(ValidationError, message):
                    self.new(**values)

    def test_offsets_have_limits(self):
        for values in ({"due_offset": -1}, {"start_offset": 5000}, {"lead_days": -1}):
            with self.subTest(values=values):
                with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                    self.new(**values)

    def test_code_is_unique(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.new(code="B01")

    def test_rule_in_words(self):
        self.assertEqual(
            self._template("B01").rule_text, "1 months before Sales site opening"
        )
        self.assertEqual(
            self._template("E11").rule_text,
            "3 days after Handover until 7 days after Handover",
        )
        self.assertEqual(self._template("C04").rule_text, "on Contract signing")

    def test_new_template_reaches_phases_in_the_background(self):
        self._milestone("web_live").date_planned = date(2026, 4, 1)
        self.phase.planned_at = self.env.cr.now()
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search([])
        self.new(due_offset=2, due_direction="before")
        added = triggers.search([]) - before
        self.assertEqual(
            added.cron_id, self.env.ref("customer_experience.ir_cron_plan")
        )
        self.assertFalse(self.phase.planned_at)
        self.env["cx.planner"]._plan_safely(self.phase)
        self.assertEqual(self._touchpoints("X01").date_due, date(2026, 3, 30))

    def test_changed_offset_replans(self):
        self._milestone("web_live").date_planned = date(2026, 4, 1)
        touchpoint = self._touchpoints("A05")
        self._template("A05").due_offset = 5
        self.env["cx.planner"]._plan_safely(self.phase)
        self.assertEqual(touchpoint.date_due, date(2026, 4, 8))
        self.assertEqual(touchpoint.log_ids.cause, "rule")

    def test_archived_template_cancels_what_is_open(self):
        self._milestone("web_live").date_planned = date(2026, 4, 1)
        touchpoint = self._touchpoints("A05")
        self._template("A05").active = False
        self.env["cx.planner"]._plan_safely(self.phase)
        self.assertEqual(touchpoint.state, "cancelled")
        self._template("A05").active = True
        self.env["cx.planner"]._plan_safely(self.phase)
        self.assertEqual(touchpoint.state, "planned")

    def test_what_a_used_template_is_dated_by_is_fixed(self):
        self._milestone("web_live").date_planned = date(2026, 4, 1)
        template = self._template("A05")
        with self.assertRefused(ValidationError, "Archive it"):
            template.milestone_type_id = self._milestone("land").type_id
        template.write({"scope": "phase", "name": "Other name"})

    def test_the_library(self):
        """Every row as the specification of the touchpoints gives it."""
        expected = {
            "A02": ("phase", "drawings", "10 d after", None),
            "B01": ("phase", "site_open", "1 m before", None),
            "B06": ("batch", "opening", "2 w before", "1 m before"),
            "C01": ("journey", "subscribed", "1 bd after", None),
            "C02": ("batch", "sign_start", "7 bd before", None),
            "C05": ("journey", "signed", "7 d after", "2 d after"),
            "C06": ("journey", "signed", "30 d after", None),
            "D03": ("batch", "ho_start", "60 d before", None),
            "D03F": ("batch", "ho_start", "90 d before", None),
            "E02": ("batch", "ho_start", "3 m before", None),
            "E11": ("journey", "ho_done", "7 d after", "3 d after"),
            "F01": ("batch", "ho_start", "3 m after", "0 d after"),
            "G08": ("batch", "ho_end", "4 y after", None),
        }
        for code, row in expected.items():
            template = self._template(code)
            start = (
                f"{template.start_offset} {template.start_unit} "
                f"{template.start_direction}"
            )
            with self.subTest(code=code):
                self.assertEqual(
                    (
                        template.scope,
                        template.event or template.milestone_type_id.code,
                        f"{template.due_offset} {template.due_unit} "
                        f"{template.due_direction}",
                        start if template.has_window else None,
                    ),
                    row,
                )
        for template in self.library:
            self.assertEqual(template.code[0], template.stage_id.code)
            self.assertTrue(template.role_id)
        self.assertGreaterEqual(len(self.library), 40)
        stars = self.library.filtered("is_mot").mapped("code")
        self.assertEqual(
            stars,
            ["B01", "B02", "B06", "C01", "C02", "C04", "C05", "D03", "D03F", "E02"]
            + ["E11", "F01"],
        )
