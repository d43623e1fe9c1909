import doctest
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.work_calendar.engine.worktime import WorkTime

from ..engine import replan as replan_module
from ..engine import schedule
from ..engine.replan import OnFile, replan
from ..engine.schedule import Offset, Rule, Slot, add_months, roll

DAY = ((540, 720), (780, 1080))
WEEK = {weekday: DAY for weekday in range(5)}
CHINA = WorkTime(
    "Asia/Shanghai",
    WEEK,
    {
        **{date(2026, 10, day): () for day in range(1, 8)},  # National Day
        date(2026, 9, 20): None,  # a make-up Sunday
        date(2026, 10, 10): None,  # a make-up Saturday
    },
)
DATES = st.dates(date(2024, 1, 1), date(2030, 12, 31))
COUNTS = st.integers(0, 400)
UNITS = st.sampled_from(["d", "bd", "w", "m", "y"])
SLOTS = st.builds(
    lambda day, days: Slot(day, day + timedelta(days)), DATES, st.integers(0, 9)
)
STATES = st.sampled_from(
    ["planned", "ready", "in_progress", "done", "skipped", "cancelled"]
)


@tagged("post_install", "-at_install")
class TestSchedule(BaseCase):
    def due(self, anchor, count, unit, before=False, how="none"):
        rule = Rule(Offset(count, unit, before), roll=how)
        return rule.slot(anchor, CHINA).due

    def test_doctests(self):
        for module in (schedule, replan_module):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    def test_months_are_clipped_to_the_last_day(self):
        for anchor, before, expected in (
            (date(2026, 3, 31), True, date(2026, 2, 28)),
            (date(2024, 3, 31), True, date(2024, 2, 29)),
            (date(2026, 1, 31), False, date(2026, 2, 28)),
            (date(2026, 8, 31), False, date(2026, 9, 30)),
            (date(2026, 12, 31), False, date(2027, 1, 31)),
            (date(2026, 1, 15), True, date(2025, 12, 15)),
        ):
            with self.subTest(anchor=anchor, before=before):
                self.assertEqual(self.due(anchor, 1, "m", before), expected)

    def test_years_weeks_and_days(self):
        self.assertEqual(self.due(date(2024, 2, 29), 4, "y"), date(2028, 2, 29))
        self.assertEqual(self.due(date(2024, 2, 29), 1, "y"), date(2025, 2, 28))
        self.assertEqual(self.due(date(2026, 3, 2), 2, "w", True), date(2026, 2, 16))
        self.assertEqual(self.due(date(2026, 3, 2), 60, "d", True), date(2026, 1, 1))
        self.assertEqual(self.due(date(2026, 3, 2), 0, "d"), date(2026, 3, 2))

    def test_working_days(self):
        for anchor, count, before, expected in (
            (date(2026, 3, 6), 1, False, date(2026, 3, 9)),  # over a weekend
            (date(2026, 3, 2), 1, False, date(2026, 3, 3)),  # the day not counted
            (date(2026, 3, 2), 1, True, date(2026, 2, 27)),
            (date(2026, 9, 30), 1, False, date(2026, 10, 8)),  # over the holiday
            (date(2026, 10, 9), 1, False, date(2026, 10, 10)),  # a make-up Saturday
            (date(2026, 9, 21), 1, True, date(2026, 9, 20)),  # a make-up Sunday
            (date(2026, 10, 3), 0, False, date(2026, 10, 8)),  # zero: next working day
            (date(2026, 3, 2), 0, True, date(2026, 3, 2)),
        ):
            with self.subTest(anchor=anchor, count=count, before=before):
                self.assertEqual(self.due(anchor, count, "bd", before), expected)

    def test_roll(self):
        saturday = date(2026, 3, 7)
        for how, expected in (
            ("none", saturday),
            ("next", date(2026, 3, 9)),
            ("prev", date(2026, 3, 6)),
        ):
            self.assertEqual(self.due(saturday, 0, "d", how=how), expected)
        self.assertEqual(roll(date(2026, 10, 10), "next", CHINA), date(2026, 10, 10))

    def test_window(self):
        rule = Rule(Offset(7), Offset(3))
        slot = rule.slot(date(2026, 3, 2), CHINA)
        self.assertEqual(slot, Slot(date(2026, 3, 5), date(2026, 3, 9)))
        around = Rule(Offset(0), Offset(3, "bd", before=True))
        slot = around.slot(date(2026, 10, 9), CHINA)
        self.assertEqual(slot, Slot(date(2026, 9, 29), date(2026, 10, 9)))

    def test_a_window_never_ends_before_it_begins(self):
        slot = Rule(Offset(1), Offset(5)).slot(date(2026, 3, 2), CHINA)
        self.assertEqual(slot, Slot(date(2026, 3, 3), date(2026, 3, 3)))

    @given(DATES, COUNTS, UNITS)
    def test_before_and_after_are_on_their_side(self, day, count, unit):
        after = Offset(count, unit).apply(day, CHINA)
        before = Offset(count, unit, before=True).apply(day, CHINA)
        self.assertGreaterEqual(after, day)
        if count:
            self.assertLess(before, day)
            self.assertGreater(after, day)

    @given(DATES, DATES, COUNTS, UNITS, st.booleans())
    def test_a_later_anchor_is_never_due_earlier(self, one, other, count, unit, before):
        offset = Offset(count, unit, before)
        early, late = sorted((one, other))
        self.assertLessEqual(offset.apply(early, CHINA), offset.apply(late, CHINA))

    @given(DATES, st.integers(-60, 60))
    def test_months_keep_the_day_or_the_last_of_the_month(self, day, months):
        moved = add_months(day, months)
        self.assertEqual(
            moved.year * 12 + moved.month, day.year * 12 + day.month + months
        )
        if moved.day != day.day:
            self.assertLess(moved.day, day.day)
            self.assertEqual((moved + timedelta(1)).day, 1)

    @given(DATES, st.integers(1, 300))
    def test_working_days_end_on_a_working_day_and_are_counted(self, day, count):
        end = Offset(count, "bd").apply(day, CHINA)
        self.assertTrue(CHINA.is_workday(end))
        passed = [day + timedelta(n) for n in range(1, (end - day).days + 1)]
        self.assertEqual(sum(map(CHINA.is_workday, passed)), count)

    @given(DATES, st.sampled_from(["next", "prev"]))
    def test_rolled_days_are_working_days_with_none_between(self, day, how):
        rolled = roll(day, how, CHINA)
        self.assertTrue(CHINA.is_workday(rolled))
        low, high = sorted((day, rolled))
        between = [low + timedelta(n) for n in range(1, (high - low).days)]
        self.assertFalse(any(map(CHINA.is_workday, between)))


@tagged("post_install", "-at_install")
class TestReplan(BaseCase):
    MAY = Slot(date(2026, 5, 1), date(2026, 5, 1))
    JUNE = Slot(date(2026, 6, 1), date(2026, 6, 1))

    def test_history_stays(self):
        for state in ("done", "skipped"):
            for wanted in ({"a": self.MAY}, {}):
                changes = replan(wanted, {"a": OnFile(1, state, self.JUNE)})
                self.assertFalse(changes)

    def test_open_ones_move(self):
        for state in ("planned", "ready"):
            changes = replan({"a": self.MAY}, {"a": OnFile(1, state, self.JUNE)})
            self.assertEqual(dict(changes.move), {self.MAY: [1]})

    def test_locked_and_started_ones_are_flagged_once(self):
        for row in (
            OnFile(1, "ready", self.JUNE, locked=True),
            OnFile(1, "in_progress", self.JUNE),
        ):
            changes = replan({"a": self.MAY}, {"a": row})
            self.assertFalse(changes.move)
            self.assertEqual(dict(changes.flag), {self.MAY: [1]})
            seen = OnFile(
                1, row.state, self.JUNE, row.locked, True, suggested=self.MAY.due
            )
            self.assertFalse(replan({"a": self.MAY}, {"a": seen}))
            self.assertEqual(replan({"a": self.JUNE}, {"a": seen}).unflag, [1])
            self.assertEqual(dict(replan({}, {"a": seen}).flag), {None: [1]})

    def test_cancelled_ones_come_back(self):
        changes = replan({"a": self.MAY}, {"a": OnFile(1, "cancelled", self.JUNE)})
        self.assertEqual(dict(changes.revive), {self.MAY: [1]})
        self.assertFalse(replan({}, {"a": OnFile(1, "cancelled", self.JUNE)}))

    @settings(deadline=None)
    @given(
        st.dictionaries(st.integers(0, 8), SLOTS),
        st.dictionaries(
            st.integers(0, 8),
            st.tuples(STATES, SLOTS, st.booleans(), st.booleans()),
        ),
    )
    def test_a_second_run_changes_nothing(self, wanted, rows):
        on_file = {
            key: OnFile(key, state, slot, locked, flagged, flagged and slot.due)
            for key, (state, slot, locked, flagged) in rows.items()
        }
        changes = replan(wanted, on_file)
        for key, slot in changes.create.items():
            on_file[key] = OnFile(key, "planned", slot)
        for slot, ids in [*changes.move.items(), *changes.revive.items()]:
            for key in ids:
                on_file[key] = OnFile(key, "planned", slot, on_file[key].locked)
        for key in changes.cancel:
            on_file[key] = OnFile(key, "cancelled", on_file[key].slot)
        for slot, ids in changes.flag.items():
            for key in ids:
                row = on_file[key]
                due = slot.due if slot else None
                on_file[key] = OnFile(key, row.state, row.slot, row.locked, True, due)
        for key in changes.unflag:
            row = on_file[key]
            on_file[key] = OnFile(key, row.state, row.slot, row.locked)
        self.assertFalse(replan(wanted, on_file))
