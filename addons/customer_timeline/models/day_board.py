"""What waits for one user: the board of the day."""

from datetime import UTC, datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: Entries of one heading; beyond them stands how many there are.
MOST = 20


class DayBoard(models.AbstractModel):
    """Headings of what waits, with the time that is left.

    An addon inherits it under a name of its own, gives ``_headings``, and opens the
    client action ``customer_timeline.day_board`` with ``{"model": its name}``. All is
    counted and read with the rights of who asks.
    """

    _name = "day.board"
    _description = "What Waits for a User"

    @api.model
    def board(self):
        """What waits for the user, the most urgent first.

        :return list: headings ``{key, label, tone, model, domain, count, entries}``;
            empty ones are left out. An entry is ``{model, id, title, subtitle, due,
            day}``: ``due`` an instant in UTC, or ``day`` a date
        """
        return [heading for heading in self._headings() if heading and heading["count"]]

    @api.model
    def _headings(self):
        """Made to be extended: what :meth:`_heading` gives, or None."""
        return []

    @api.model
    def _heading(self, key, label, model, domain, order, entry, tone=""):
        """
        :param callable entry: record -> ``{title, subtitle, due or day, open}``;
            ``open`` is ``(model, id)`` of the form to open, if not the record's own
        """
        records = self.env[model]
        if not records.has_access("read"):
            return None
        count = records.search_count(domain)
        found = records.search(domain, order=order, limit=MOST) if count else records
        entries = []
        for record in found:
            values = {"due": False, "day": False} | entry(record)
            where, which = values.pop("open", (model, record.id))
            entries.append(values | {"model": where, "id": which})
        return {
            "key": key,
            "label": label,
            "tone": tone,
            "model": model,
            "domain": list(Domain(domain)),
            "count": count,
            "entries": entries,
        }

    @api.model
    def _tomorrow(self):
        """The instant, naive in UTC, at which the user's day is over."""
        day = fields.Date.context_today(self) + timedelta(days=1)
        start = self.env.tz.localize(datetime.combine(day, time.min))
        return start.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _line(self, *parts):
        return " · ".join(part for part in parts if part)
