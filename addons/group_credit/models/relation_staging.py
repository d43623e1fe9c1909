"""Compares a batch of records with what is recorded: the rows of an import's preview.

No model: it lives for one batch, and asks the database the same few questions for any
number of records.
"""

from odoo import fields
from odoo.fields import Domain
from odoo.tools import format_list

from ..engine.edge import HUNDRED, ZERO
from ..engine.records import (
    ACTIVE,
    ENDED,
    PERSON,
    UNKNOWN,
    VOID,
    Exemption,
    Interest,
    Share,
)
from .relation_staging_text import problem_templates

PARTIES = ("holder", "held", "grantor")
# The dates and figures of a relation: two that agree in them state one fact.
FIGURES = (
    "valid_from",
    "valid_to",
    "equity_pct",
    "votes_pct",
    "is_range",
    "votes_min",
    "votes_max",
)


class Staging:
    def __init__(self, job, lines, batch):
        self.job, self.lines, self.env = job, lines, lines.env
        self.is_table = job.file_format == "table"
        self.interests = self._newest([r for r in batch if isinstance(r, Interest)])
        kept = set(map(id, self.interests))
        self.batch = [r for r in batch if not isinstance(r, Interest) or id(r) in kept]
        refs = {
            getattr(record, name, "") for record in self.batch for name in PARTIES
        } - {""}
        self.parties = self.env["credit.party"]._by_ref(job, refs)
        self.known = self._known()
        self.seen = self._seen()
        self.partners = self._exempted()
        self.taken = []
        self.templates = problem_templates(self.env)
        relation = self.env["credit.relation"]
        self.sources = dict(relation._fields["source"]._description_selection(self.env))

    def rows(self):
        """Values of a line for each record."""
        for record in self.batch:
            if isinstance(record, Interest):
                row = self._interest(record)
                if row["status"] not in ("rejected", "foreign"):
                    self.taken.append(record)
                yield row
            elif isinstance(record, Exemption):
                yield from self._exemption(record)
            else:
                reason = self._problem(record.code, record.value)
                parties = self._party_ids(record, PARTIES[:2])
                yield self._row(record, status="rejected", reason=reason, **parties)
        yield from self._dropped()
        yield from self._replaced()

    def _row(self, said, /, **vals):
        ref = getattr(said, "ref", False) or False
        return {"import_id": self.job.id, "row": said.position, "ref": ref, **vals}

    def _party_ids(self, said, names):
        found = {name: self.parties.get(getattr(said, name)) for name in names}
        return {f"{n}_party_id": party and party.id for n, party in found.items()}

    # What the rows may be about

    def _newest(self, interests):
        """Of several statements of one record only the latest counts, wherever in the
        file it stands. A table has no records: its repetitions are mistakes."""
        if self.is_table:
            return interests
        newest = {}
        for interest in interests:
            group = newest.setdefault(interest.record, [])
            if not group or group[0].position == interest.position:
                group.append(interest)
            elif self._is_older(group[0].stated_on, interest.stated_on):
                newest[interest.record] = [interest]
        earlier = self.lines.search(
            Domain("import_id", "=", self.job.id) & Domain("record", "in", list(newest))
        )
        for record, lines in earlier.grouped("record").items():
            if self._is_older(lines[0].stated_on, newest[record][0].stated_on):
                lines.unlink()
            else:
                del newest[record]
        return [interest for group in newest.values() for interest in group]

    def _is_older(self, day, other):
        return not day or not other or day <= other

    def _known(self):
        """Relations by the record that states them, and by their fact."""
        Relation = self.env["credit.relation"].with_context(active_test=False)
        records = {i.record for i in self.interests} - {""}
        ids = {
            name: [
                party.partner_id.id
                for interest in self.interests
                if (party := self.parties.get(getattr(interest, name)))
                and party.partner_id
            ]
            for name in ("holder", "held")
        }
        found = Relation.search(
            Domain("company_id", "=", self.job.company_id.id)
            & (
                Domain("source_record", "in", list(records))
                | (
                    Domain("holder_id", "in", ids["holder"])
                    & Domain("held_id", "in", ids["held"])
                )
            )
        )
        known = {}
        for relation in found:
            keys = [
                (
                    relation.holder_id.id,
                    relation.held_id.id,
                    relation.grantor_id.id,
                    relation.kind,
                )
            ]
            if relation.source == self.job.source and relation.source_record:
                keys.append(relation.source_record)
            for key in keys:
                known[key] = known.get(key, Relation) | relation
        return known

    def _seen(self):
        """Row by the key of its fact, for the rows that are kept already."""
        keys = [self._fact_key(interest) for interest in self.interests]
        earlier = self.lines.search(
            Domain("import_id", "=", self.job.id)
            & Domain("fact_key", "in", keys)
            & Domain("status", "!=", "rejected")
        )
        return {line.fact_key: line.row for line in earlier}

    def _fact_key(self, interest):
        """What makes two rows say the same. Rows of a table are the same when their ID
        is, or, without one, when they are about the same parties and day."""
        parties = (interest.holder, interest.held, interest.kind, interest.valid_from)
        if self.is_table:
            key = ("#", interest.ref) if interest.ref else parties
        else:
            figures = (interest.valid_to, interest.equity, interest.votes)
            key = (*parties, interest.grantor, interest.status, *figures)
        return "|".join(map(str, key))

    # One interest

    def _interest(self, interest):
        key = self._fact_key(interest)
        vals = {
            "record": interest.record or False,
            "fact_key": key,
            "stated_on": interest.stated_on,
        }
        vals |= self._party_ids(interest, PARTIES)
        status, reason = self._refusal(interest)
        if not status:
            status, reason, relation, values = self._compare(interest)
            vals |= {"relation_id": relation.id, "values": values}
        first = self.seen.get(key)
        if first and (status == "new" or (self.is_table and status != "rejected")):
            status = "rejected" if self.is_table else "unchanged"
            reason = self.env._("The same relation as row %(row)s.", row=first)
        elif status != "rejected":
            self.seen.setdefault(key, interest.position)
        return self._row(interest, status=status, reason=reason, **vals)

    def _refusal(self, interest):
        """(status, reason) if the row cannot be taken for what its parties are."""
        found = {name: self.parties.get(getattr(interest, name)) for name in PARTIES}
        if not interest.grantor:
            del found["grantor"]
        for name, party in found.items():
            if not party:
                return "rejected", self._problem("missing", getattr(interest, name))
            if party.kind == UNKNOWN:
                return "rejected", self._problem("unknown", party.display_name)
            if party.match_count > 1:
                return "rejected", self.env._(
                    "%(count)s partners are called %(name)s. Give the registration "
                    "number or the reference.",
                    count=party.match_count,
                    name=party.display_name,
                )
        held = found["held"]
        if held.kind == PERSON or (held.partner_id and not held.partner_id.is_company):
            return "rejected", self._problem("held_person", held.display_name)
        partners = [party.partner_id for party in found.values()]
        if partners[0] and partners[0] == partners[1]:
            return "rejected", self._problem("self", partners[0].display_name)
        unknown = [p.display_name for p in found.values() if not p.partner_id]
        if unknown and not self.job.create_partners:
            if not self.is_table and len(unknown) == len(found):
                return "foreign", False
            names = format_list(self.env, unknown)
            return "rejected", self._problem("no_partner", names)
        return False, False

    def _values(self, interest):
        """What the row states, as values of a relation. A table may leave cells empty,
        a statement is complete."""
        details = interest.details
        text = "\n".join(f"{key}: {value}" for key, value in details.items())
        values = {
            "source": self.job.source,
            "company_id": self.job.company_id.id,
            "kind": interest.kind,
            "source_ref": interest.ref or None,
            "source_record": interest.record or None,
            "source_details": text or None,
            "note": interest.note or None,
            "seats": interest.seats,
            "seats_total": interest.seats_total,
            "valid_from": self._day(interest.valid_from),
            "valid_to": self._day(interest.valid_to),
            **self._figures(interest),
        }
        for name in PARTIES:
            party = self.parties.get(getattr(interest, name))
            values[f"{name}_id"] = party.partner_id.id if party else None
        return {name: value for name, value in values.items() if value is not None}

    def _day(self, day):
        if day:
            return fields.Date.to_string(day)
        return None if self.is_table else False

    def _figures(self, interest):
        """Votes follow the shares where they are not stated; a share that is not given
        at all is unknown, not nothing."""
        shares, votes = interest.equity, interest.votes
        if interest.kind in ("equity", "nominee") and not shares and not votes:
            votes = Share(ZERO, HUNDRED)
        votes = votes or shares
        if not votes:
            return {}
        figures = {"equity_pct": float(shares.low) if shares and shares.exact else 0.0}
        if votes.exact:
            return figures | {"votes_pct": float(votes.low), "is_range": False}
        return figures | {
            "votes_pct": 0.0,
            "is_range": True,
            "votes_min": float(votes.low),
            "votes_max": float(votes.high),
            "min_exclusive": votes.above,
        }

    # Against what is recorded

    def _compare(self, interest):
        """(status, reason, relation, values to write)."""
        values = self._values(interest)
        relation = self._same_statement(interest, values)
        if interest.status == VOID:
            text = self.env._("Withdrawn by its source as never having been true.")
            if not relation or relation.state == "revoked":
                return "unchanged", text, relation, {}
            return "changed", text, relation, {"state": "revoked"}
        if relation:
            told = {n: v for n, v in values.items() if n != "source_details"}
            differences = relation._import_differences(told)
            status = "changed" if differences else "unchanged"
            return status, "\n".join(differences), relation, values
        others = self.known.get(self._fact(values), relation)
        figures = {name: values[name] for name in FIGURES if name in values}
        for other in others.filtered(lambda r: r.state != "revoked"):
            if not other._import_differences(figures):
                return "unchanged", self._already(other), other, {}
            if (
                other.source != self.job.source
                and other.kind == "equity"
                and interest.status != ENDED
                and self._overlap(other, values)
            ):
                return "rejected", self._contradiction(other), relation, {}
        return "new", False, relation, values

    def _same_statement(self, interest, values):
        none = self.env["credit.relation"]
        if interest.record:
            stated = self.known.get(interest.record, none)
            return stated.filtered(lambda r: r.source_ref == interest.ref)[:1]
        start = fields.Date.to_date(values.get("valid_from")) or False
        return self.known.get(self._fact(values), none).filtered(
            lambda r: (
                not r.source_ref
                and r.source == self.job.source
                and r.valid_from == start
            )
        )[:1]

    def _fact(self, values):
        ids = (values.get(f"{name}_id") or False for name in PARTIES)
        return (*ids, values["kind"])

    def _overlap(self, relation, values):
        start = fields.Date.to_date(values.get("valid_from"))
        end = fields.Date.to_date(values.get("valid_to"))
        return not (
            (relation.valid_to and start and relation.valid_to <= start)
            or (relation.valid_from and end and end <= relation.valid_from)
        )

    def _already(self, relation):
        return self.env._(
            "Already recorded: %(relation)s (%(origin)s). Not counted twice.",
            relation=relation.display_name,
            origin=self.sources.get(relation.source, "—"),
        )

    def _contradiction(self, relation):
        return self.env._(
            "%(origin)s already states %(relation)s. Decide which is right: end or "
            "revoke that relation, then import again.",
            relation=relation.display_name,
            origin=self.sources.get(relation.source, "—"),
        )

    def _dropped(self):
        """Rows that end what an earlier statement of a record said and its new one no
        longer does."""
        by_record = {}
        for interest in self.interests:
            if interest.record and not self.is_table:
                by_record.setdefault(interest.record, []).append(interest)
        for record, stated in by_record.items():
            refs = {interest.ref for interest in stated}
            day = stated[0].stated_on
            for relation in self.known.get(record, ()):
                if relation.source_ref not in refs and self._can_end(relation, day):
                    text = self.env._(
                        "%(relation)s is no longer stated.",
                        relation=relation.display_name,
                    )
                    yield self._ending(stated[0], relation, day, text)

    def _replaced(self):
        """Rows that end the parent that another has taken the place of: of each kind,
        direct and ultimate, a company reports one at a time."""
        parents = {
            interest.record.rpartition(":")[0]: interest
            for interest in self.taken
            if interest.status == ACTIVE
            and interest.record.startswith("gleif:")
            and interest.record.split(":")[2] in ("direct", "ultimate")
        }
        stated = {interest.record for interest in self.interests}
        held = [self.parties[i.held].partner_id.id for i in parents.values()]
        for relation in self._reported(held) if parents else ():
            new = parents.get(relation.source_record.rpartition(":")[0])
            day = new and (new.valid_from or new.stated_on)
            if relation.source_record not in stated and self._can_end(relation, day):
                text = self.env._(
                    "%(relation)s: another parent of the same kind is stated.",
                    relation=relation.display_name,
                )
                yield self._ending(new, relation, day, text)

    def _reported(self, held):
        """Relations to the parents that these companies have reported so far."""
        return self.env["credit.relation"].search(
            Domain("company_id", "=", self.job.company_id.id)
            & Domain("source", "=", self.job.source)
            & Domain("source_record", "=like", "gleif:%")
            & Domain("held_id", "in", held)
        )

    def _can_end(self, relation, day):
        return (
            day
            and not relation.valid_to
            and relation.state != "revoked"
            and not (relation.valid_from and day <= relation.valid_from)
        )

    def _ending(self, interest, relation, day, text):
        values = {"valid_to": fields.Date.to_string(day)}
        return self._row(
            interest,
            record=interest.record,
            stated_on=day,
            status="changed",
            reason="\n".join([text, *relation._import_differences(values)]),
            relation_id=relation.id,
            values=values,
        )

    # Companies that name no parent

    def _exempted(self):
        leis = {r.lei for r in self.batch if isinstance(r, Exemption)}
        if not leis:
            return {}
        # the user's own rights, as for all partners
        found = self.job.env["res.partner"].search(
            Domain("credit_lei", "in", list(leis))
            & Domain("company_id", "in", [False, self.job.company_id.id])
        )
        return found.grouped("credit_lei")

    def _exemption(self, record):
        """Millions of companies say so; those that are no partners are left out."""
        name = f"credit_{record.parent}_exemption"
        for partner in self.partners.get(record.lei, ()):
            before, after = partner[name], record.reason or False
            field = partner._fields[name]
            labels = dict(field._description_selection(self.env))
            text = f"{labels.get(before, '—')} → {labels.get(after, '—')}"
            label = field._description_string(self.env)
            status = "unchanged" if before == after else "changed" if before else "new"
            yield self._row(
                record,
                ref=record.lei,
                partner_id=partner.id,
                status=status,
                reason=f"{label}: {text}" if before != after else False,
                values={name: after},
            )

    def _problem(self, code, value=""):
        if code == "value":
            name, _colon, value = value.partition(": ")
            field = self.env["credit.relation"]._fields[name]
            label = field._description_string(self.env)
            return self.templates[code] % {"field": label, "value": value}
        return self.templates[code] % {"value": value}
