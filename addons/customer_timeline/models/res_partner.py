from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.timeline import Place, Source, behind, latest, moment

#: How many events a page of the timeline has, and how many may be asked for at once.
PAGE, MOST = 30, 100
#: How many of the things to come are shown above it.
UPCOMING = 5
#: Kinds with more records than that are shown as "999+": counting is not for free.
COUNTED = 1000


class ResPartner(models.Model):
    _inherit = "res.partner"

    # ------------------------------------------------------------
    # WHAT OTHER ADDONS EXTEND
    # ------------------------------------------------------------

    @api.model
    def _timeline_sources(self):
        """The kinds of records a timeline shows: a list of :class:`Source`.

        Each addon adds its own; a source is read with the rights of the user who looks.
        """
        return [
            source
            for source in self._timeline_core_sources()
            if source.model in self.env
        ]

    @api.model
    def _timeline_core_sources(self):
        """Records of apps of Odoo that may be installed."""
        return [
            Source(
                "lead",
                self.env._("Opportunities"),
                "crm.lead",
                icon="fa-star",
                details=("stage_id", "user_id"),
            ),
            Source(
                "order",
                self.env._("Orders"),
                "sale.order",
                icon="fa-shopping-cart",
                date="date_order",
                details=("state", "user_id"),
            ),
            Source(
                "invoice",
                self.env._("Invoices"),
                "account.move",
                icon="fa-file-text-o",
                date="invoice_date",
                details=("payment_state",),
                domain=(
                    ("move_type", "in", ("out_invoice", "out_refund")),
                    ("state", "=", "posted"),
                ),
            ),
            Source(
                "registration",
                self.env._("Event Registrations"),
                "event.registration",
                icon="fa-ticket",
                details=("event_id", "state"),
            ),
        ]

    def _timeline_facts(self):
        """How things stand with the customer, in words for the user who looks.

        :return: a list of ``{"name", "value", "tone"}``, the tone one of Bootstrap's
            colours; each addon adds its own
        """
        self.ensure_one()
        return []

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def get_customer_timeline(self, before=None, kinds=None, limit=PAGE):
        """One page of what happened with the customer and its contacts, latest first.

        :param before: the ``more`` of the page before, to go on behind it
        :param kinds: only these kinds of events
        :param limit: events of the page, at most 100
        :return: ``events`` and ``more`` (where to go on, or False); the first page also
            has ``kinds`` with their counts, ``facts`` and ``upcoming`` events
        """
        self.ensure_one()
        self.check_access("read")
        sources = [
            source
            for source in self._timeline_sources()
            if self.env[source.model].has_access("read")
        ]
        shown = [source for source in sources if not kinds or source.kind in kinds]
        contacts = self.with_context(active_test=False)
        family = contacts.search([("id", "child_of", self.id)]).ids
        limit = min(max(int(limit), 1), MOST)
        events = self._timeline_events(
            shown, family, self._timeline_past(before), limit + 1
        )
        page = {"events": events[:limit], "more": False}
        if len(events) > limit:
            last = events[limit - 1]
            page["more"] = [last["moment"], last["kind"], last["id"]]
        if before:
            return page
        return page | {
            "kinds": self._timeline_kinds(sources, family),
            "facts": self._timeline_facts(),
            "upcoming": self._timeline_upcoming(shown, family),
        }

    @api.model
    def _timeline_past(self, before):
        """What restricts a source to the events behind a place, or else until now."""
        if before:
            at, kind, record_id = before
            place = Place(fields.Datetime.to_datetime(at), str(kind), int(record_id))
            return lambda source, is_date: behind(source, is_date, place)
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        return lambda source, is_date: [(source.date, "<=", today if is_date else now)]

    @api.model
    def _timeline_kinds(self, sources, family):
        kinds = []
        for source in sources:
            count = self.env[source.model].search_count(
                self._timeline_domain(source, family), limit=COUNTED
            )
            if count:
                kinds.append(
                    {
                        "kind": source.kind,
                        "name": source.name,
                        "icon": source.icon,
                        "count": f"{count - 1}+" if count == COUNTED else str(count),
                    }
                )
        return kinds

    @api.model
    def _timeline_upcoming(self, sources, family):
        """The next things to come, soonest first."""
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        events = self._timeline_events(
            sources,
            family,
            lambda source, is_date: [(source.date, ">", today if is_date else now)],
            UPCOMING,
            order="asc",
        )
        return events[::-1][:UPCOMING]

    @api.model
    def _timeline_domain(self, source, family):
        return Domain(
            [
                (source.partner, "in", family),
                (source.date, "!=", False),
                *source.domain,
            ]
        )

    @api.model
    def _timeline_events(self, sources, family, between, limit, order="desc"):
        """The events of these sources within ``between(source, is date)``."""
        found = {}
        for source in sources:
            Model = self.env[source.model]
            is_date = Model._fields[source.date].type == "date"
            records = Model.search_fetch(
                self._timeline_domain(source, family)
                & Domain(between(source, is_date)),
                ["display_name", source.date, *source.details],
                order=f"{source.date} {order}, id {order}",
                limit=limit,
            )
            for record in records:
                place = Place(moment(record[source.date]), source.kind, record.id)
                found[place] = (source, record, is_date)
        most = len(found) if order == "asc" else limit
        return [
            self._timeline_event(place, *found[place]) for place in latest(found, most)
        ]

    @api.model
    def _timeline_event(self, place, source, record, is_date):
        return {
            "kind": source.kind,
            "id": record.id,
            "model": source.model,
            "icon": source.icon,
            "moment": fields.Datetime.to_string(place.moment),
            "is_date": is_date,
            "title": record.display_name,
            "details": [
                text
                for name in source.details
                if (text := self._timeline_text(record, name))
            ],
            "tone": source.tone(record) if source.tone else "",
        }

    @api.model
    def _timeline_text(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "many2one":
            # sudo: a name, as any list shows it to who may read the record
            return value.sudo().display_name or ""
        return str(value) if value else ""
