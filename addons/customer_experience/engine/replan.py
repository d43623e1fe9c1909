"""What has to change so that the touchpoints on file agree with their rules.

Pure: takes what the rules want and what is on file, gives back the difference. Running
it on its own result gives nothing, so a double run is harmless.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from .schedule import Slot

MOVABLE = ("planned", "ready")


@dataclass(frozen=True)
class OnFile:
    """A touchpoint as it stands; `suggested` is the date that a lock keeps out."""

    id: int
    state: str
    slot: Slot
    locked: bool = False
    flagged: bool = False
    suggested: object = None

    @property
    def movable(self) -> bool:
        return self.state in MOVABLE and not self.locked


def _lists() -> defaultdict:
    return defaultdict(list)


@dataclass
class Changes:
    create: dict[Hashable, Slot] = field(default_factory=dict)
    move: dict[Slot, list[int]] = field(default_factory=_lists)
    revive: dict[Slot, list[int]] = field(default_factory=_lists)
    cancel: list[int] = field(default_factory=list)
    flag: dict[Slot | None, list[int]] = field(default_factory=_lists)
    unflag: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(
            (self.create, self.move, self.revive, self.cancel, self.flag, self.unflag)
        )


def replan(
    wanted: Mapping[Hashable, Slot], on_file: Mapping[Hashable, OnFile]
) -> Changes:
    """Compare by subject. Done and skipped touchpoints are history: they stay.

    >>> from datetime import date
    >>> may, june = (Slot(date(2026, m, 1), date(2026, m, 1)) for m in (5, 6))
    >>> replan({"a": may, "b": may}, {"b": OnFile(7, "planned", june)}).create.keys()
    dict_keys(['a'])
    >>> dict(replan({"b": may}, {"b": OnFile(7, "planned", june)}).move) == {may: [7]}
    True
    >>> bool(replan({"b": may}, {"b": OnFile(7, "done", june)}))
    False
    >>> replan({}, {"b": OnFile(7, "ready", june)}).cancel
    [7]
    """
    changes = Changes()
    for key, slot in wanted.items():
        if key not in on_file:
            changes.create[key] = slot
    for key, row in on_file.items():
        slot = wanted.get(key)
        if row.state == "cancelled":
            if slot:
                changes.revive[slot].append(row.id)
        elif row.movable:
            if not slot:
                changes.cancel.append(row.id)
            elif slot != row.slot:
                changes.move[slot].append(row.id)
            elif row.flagged:
                changes.unflag.append(row.id)
        elif row.state in (*MOVABLE, "in_progress"):
            _compare_held(changes, row, slot)
    return changes


def _compare_held(changes: Changes, row: OnFile, slot: Slot | None) -> None:
    """A locked or started touchpoint keeps its date; people see what the rule says."""
    if slot == row.slot:
        if row.flagged:
            changes.unflag.append(row.id)
    elif not row.flagged or row.suggested != (slot.due if slot else None):
        changes.flag[slot].append(row.id)
