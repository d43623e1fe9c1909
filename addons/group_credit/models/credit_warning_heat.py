from collections import Counter, defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..engine.signal import RANK, worst
from .credit_warning import OPEN
from .credit_warning_rule import FAMILY_SELECTION


class CreditWarning(models.Model):
    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.warning"

    @api.model
    def heat_map(self):
        """Open signals by subject and family, the hottest subject first.

        A subject is a group, or a client whose signal is of no group.
        """
        cells = defaultdict(lambda: defaultdict(Counter))
        for name in ("group_id", "partner_id"):
            domain = Domain("state", "in", OPEN)
            domain &= Domain("group_id", "!=" if name == "group_id" else "=", False)
            for subject, family, level, state, count in self._read_group(
                domain, [name, "family", "level", "state"], ["__count"]
            ):
                cell = cells[name, subject][family]
                cell[level] += count
                cell["unverified"] += count * (state == "signal")
        rows = [
            {
                "field": name,
                "id": subject.id,
                "name": subject.display_name,
                "cells": {family: self._heat(cell) for family, cell in row.items()},
                **self._heat(sum(row.values(), Counter())),
            }
            for (name, subject), row in cells.items()
        ]
        rows.sort(
            key=lambda row: (-RANK[row["level"]], -row["heat"], row["name"], row["id"])
        )
        families = self._fields["family"]._description_selection(self.env)
        return {
            "families": [[code, dict(families)[code]] for code, _ in FAMILY_SELECTION],
            "levels": self._fields["level"]._description_selection(self.env),
            "rows": rows,
        }

    @api.model
    def _heat(self, cell):
        """A cell in numbers; a red one weighs as much as nine yellow ones."""
        counts = {level: cell[level] for level in RANK}
        return {
            "counts": counts,
            "count": sum(counts.values()),
            "unverified": cell["unverified"],
            "level": worst(level for level, count in counts.items() if count),
            "heat": sum(3 ** (RANK[level] - 1) * n for level, n in counts.items()),
        }
