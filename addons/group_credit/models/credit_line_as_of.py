from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_line import COUNTERS
from .credit_line_terms import KINDS, REQUESTED
from .credit_proof import ledger_query


class CreditLine(models.Model):
    """What a line was on another day: its uses from the ledger, its terms and state
    from its events."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    def _as_of(self, day):
        """``{line: values}`` at the end of ``day``, of the lines granted by then."""
        figures = self._figures_on(day)
        terms = self._terms_on(day)
        return {line: {**known, **figures[line]} for line, known in terms.items()}

    def _figures_on(self, day):
        """``{line: counters}``, summed from the ledger."""
        self.env["credit.usage"].flush_model()
        names = SQL(", ").join(map(SQL.identifier, COUNTERS))
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM (%s) AS sums WHERE id = ANY(%s)",
                names,
                ledger_query(day, self.ids),
                self.ids,
            )
        )
        found = {row[0]: map(float, row[1:]) for row in rows}
        nothing = [0.0] * len(COUNTERS)
        return {
            line: dict(zip(COUNTERS, found.get(line.id, nothing), strict=True))
            for line in self
        }

    def _terms_on(self, day):
        """``{line: limits, dates, state}``: what has happened since is taken back."""
        events = self.env["credit.line.event"].search(
            Domain("line_id", "in", self.ids) & Domain("state", "=", "applied"),
            order="date, id",
        )
        by_line = events.grouped("line_id")
        terms = {}
        for line in self:
            own = by_line.get(line, events.browse())
            past = own.filtered(lambda event: event.date <= day)
            states = [KINDS[event.kind][1] for event in past]
            state = next(filter(None, reversed(states)), None)
            if not state:
                continue  # not granted yet
            values = {name: line[name] for name in REQUESTED}
            for event in reversed(own - past):
                before = line._plain_values(event.before or {})
                values.update({n: v for n, v in before.items() if n in values})
            terms[line] = {**values, "state": state}
        return terms
