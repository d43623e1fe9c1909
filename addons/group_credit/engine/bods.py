"""Reads the Beneficial Ownership Data Standard 0.4 (JSON array or JSON Lines).

Statements about entities and persons become parties. A relationship becomes one
interest for each thing it gives: shares and votes of one period are one, the right to
appoint the board another. What is held through others is kept as evidence only, since
the chain itself counts. Nominees need no rule of their own: the standard puts a
nomination between the two parties as an arrangement, which its nominator controls.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from .records import (
    ACTIVE,
    ARRANGEMENT,
    ENDED,
    ENTITY,
    PERSON,
    STATE,
    UNKNOWN,
    BadFile,
    Interest,
    Party,
    Problem,
    Record,
    Refused,
    Share,
    check_interest,
    number_refs,
    to_day,
    to_lei,
    to_share,
)
from .stream import json_items

INDIRECT = "indirect"
SHARES, VOTES = "shareholding", "votingRights"
#: Interest types of the standard as kinds of control edges. What gives no right to
#: decide is significant influence: recorded, never control by itself.
KINDS = {
    SHARES: "equity",
    VOTES: "equity",
    "appointmentOfBoard": "board",
    "controlViaCompanyRulesOrArticles": "articles",
    "controlByLegalFramework": "manual",
    "nominator": "manual",
}
INFLUENCES = frozenset(
    (
        "otherInfluenceOrControl",
        "seniorManagingOfficial",
        "settlor",
        "trustee",
        "protector",
        "beneficiaryOfLegalArrangement",
        "rightsToSurplusAssetsOnDissolution",
        "rightsToProfitOrIncome",
        "rightsGrantedByContract",
        "conditionalRightsGrantedByContract",
        "boardMember",
        "boardChair",
        "unknownInterest",
        "unpublishedInterest",
        "enjoymentAndUseOfAssets",
        "rightToProfitOrIncomeFromAssets",
        "nominee",
    )
)
ENTITY_KINDS = {
    "arrangement": ARRANGEMENT,
    "state": STATE,
    "stateBody": STATE,
    "unknownEntity": UNKNOWN,
    "anonymousEntity": UNKNOWN,
}
STATUSES = {"new": ACTIVE, "updated": ACTIVE, "closed": ENDED}


def read_bods(stream: io.BufferedReader) -> Iterator[Record]:
    """The parties, interests and problems of the file, in its order."""
    for position, statement in json_items(stream):
        ref = ""
        try:
            if isinstance(statement, ValueError):
                raise Refused("json", statement)
            ref = _text(statement, "recordId") or _text(statement, "statementId")
            if "statementType" in statement or "statementID" in statement:
                raise BadFile("bods_version")
            yield from _read_statement(position, statement)
        except Refused as refused:
            ends = _ends(statement)
            yield Problem(position, ref, refused.code, refused.value, *ends)
        except (AttributeError, TypeError, KeyError):
            yield Problem(position, ref, "record")


def _read_statement(position: int, statement: dict) -> Iterator[Record]:
    record, kind = _text(statement, "recordId"), _text(statement, "recordType")
    if not record:
        raise Refused("no_id", _text(statement, "statementId"))
    details = statement.get("recordDetails") or {}
    if kind == "entity":
        yield _entity(position, record, details)
    elif kind == "person":
        yield _person(position, record, details)
    elif kind == "relationship":
        yield from _relationship(position, record, statement, details)
    else:
        raise Refused("record_type", kind)


def _ends(statement: object) -> tuple[str, str]:
    """Whom a wrong statement is about, as far as it says."""
    details = statement.get("recordDetails") if isinstance(statement, dict) else None
    if not isinstance(details, dict):
        return "", ""
    return _text(details, "interestedParty"), _text(details, "subject")


def _text(data: dict, key: str) -> str:
    value = data.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _country(details: dict) -> str:
    places = [details.get("jurisdiction"), *(details.get("nationalities") or [])]
    places += [a.get("country") for a in details.get("addresses") or []]
    codes = (_text(place, "code") for place in places if isinstance(place, dict))
    return next((code[:2].upper() for code in codes if code), "")


def _entity(position: int, record: str, details: dict) -> Party:
    kind = _text(details.get("entityType") or {}, "type")
    party = Party(position, record, ENTITY_KINDS.get(kind, ENTITY))
    party.name, party.country = _text(details, "name"), _country(details)
    for identifier in details.get("identifiers") or []:
        scheme, code = _text(identifier, "scheme"), _text(identifier, "id")
        if scheme == "XI-LEI":
            party.lei = to_lei(code)
        elif code and not party.code:
            party.code = code
    if not party.name and not party.lei and not party.code:
        party.kind = UNKNOWN
    return party


def _person(position: int, record: str, details: dict) -> Party:
    names = details.get("names") or []
    name = next((n for n in names if _text(n, "type") == "legal"), None)
    name = name or (names[0] if names else {})
    parts = (_text(name, "givenName"), _text(name, "familyName"))
    full = _text(name, "fullName") or " ".join(filter(None, parts))
    kind = PERSON if full else UNKNOWN
    return Party(position, record, kind, full, country=_country(details))


def _relationship(
    position: int, record: str, statement: dict, details: dict
) -> Iterator[Record]:
    ends = []
    for name in ("interestedParty", "subject"):
        end = details.get(name)
        if isinstance(end, dict):
            why = filter(None, (_text(end, "reason"), _text(end, "description")))
            raise Refused("unspecified", ": ".join(why))
        if not isinstance(end, str) or not end:
            raise Refused("party", name)
        ends.append(end)
    stated_on = to_day(statement.get("statementDate"))
    status = STATUSES.get(_text(statement, "recordStatus") or "new")
    if not status:
        raise Refused("record_status", _text(statement, "recordStatus"))
    source = _source(statement)
    facts: list[Interest] = []
    for data in details.get("interests") or [{}]:
        interest = Interest(position, f"bods:{record}", "", *ends, "influence")
        interest.status, interest.stated_on = status, stated_on
        _fill(interest, data, bool(details.get("componentRecords")))
        if not _joined(interest, facts):
            facts.append(interest)
        interest.details |= source
    number_refs(facts)
    for interest in facts:
        if status == ENDED and not interest.valid_to:
            interest.valid_to = stated_on
        check_interest(interest)
    yield from facts


def _source(statement: dict) -> dict[str, str]:
    publication = statement.get("publicationDetails") or {}
    asserted = (statement.get("source") or {}).get("assertedBy") or []
    found = {
        "statement": _text(statement, "statementId"),
        "stated on": _text(statement, "statementDate"),
        "publisher": _text(publication.get("publisher") or {}, "name"),
        "asserted by": ", ".join(filter(None, (_text(a, "name") for a in asserted))),
    }
    return {key: value for key, value in found.items() if value}


def _fill(interest: Interest, data: dict, composed: bool):
    """Read one interest of the statement; ``composed``: the statement names the chain
    it is made of."""
    kind, directness = _text(data, "type"), _text(data, "directOrIndirect")
    if kind and kind not in KINDS and kind not in INFLUENCES:
        raise Refused("interest_type", kind)
    indirect = directness == "indirect" or (composed and directness != "direct")
    interest.kind = INDIRECT if indirect else KINDS.get(kind, "influence")
    share = _share(data.get("share") or {})
    if kind == VOTES:
        interest.votes = share
    else:
        interest.equity = share
    interest.valid_from = to_day(data.get("startDate"))
    interest.valid_to = to_day(data.get("endDate"))
    interest.details = {"interest": kind or "unknownInterest"}
    if directness != "direct":
        interest.details["directness"] = directness or "unknown"
    if data.get("beneficialOwnershipOrControl"):
        interest.details["beneficial owner"] = "yes"
    if share and (not share.exact or kind not in (SHARES, VOTES)):
        interest.details[f"share of {kind or 'unknownInterest'}"] = str(share)
    if _text(data, "details"):
        interest.details["details"] = _text(data, "details")


def _share(data: dict) -> Share | None:
    return to_share(
        data.get("exact"),
        data.get("minimum"),
        data.get("maximum"),
        data.get("exclusiveMinimum"),
        data.get("exclusiveMaximum"),
    )


def _joined(interest: Interest, facts: list[Interest]) -> bool:
    """Whether the votes found the shares they belong to, or the shares their votes."""
    if interest.kind not in ("equity", INDIRECT):
        return False
    mine, theirs = ("votes", "equity") if interest.votes else ("equity", "votes")
    period = (interest.kind, interest.valid_from, interest.valid_to)
    for fact in facts:
        if (
            getattr(interest, mine)
            and getattr(fact, theirs)
            and not getattr(fact, mine)
            and (fact.kind, fact.valid_from, fact.valid_to) == period
        ):
            setattr(fact, mine, getattr(interest, mine))
            types = f"{fact.details['interest']}, {interest.details['interest']}"
            fact.details = interest.details | fact.details | {"interest": types}
            return True
    return False
