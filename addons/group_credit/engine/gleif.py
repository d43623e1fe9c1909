"""Reads level 2 of the LEI system: who consolidates whom (RR-CDF), and why a company
names no parent (reporting exceptions); also the entities of level 1 for their names.

XML is streamed: each record is forgotten once read, no entity is expanded, nothing is
fetched, and a file with a document type is refused. JSON comes plain or in the form of
the golden copy, where each value sits under "$".
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from lxml import etree

from .records import (
    ACTIVE,
    ENDED,
    ENTITY,
    VOID,
    BadFile,
    Exemption,
    FileCut,
    Interest,
    Party,
    Problem,
    Record,
    Refused,
    check_interest,
    to_day,
    to_lei,
)
from .stream import json_items

#: Relationship types: the kind of control edge, and its short name in the source ID.
#: Consolidation is a stated control without a percentage, so an ultimate parent may
#: stand beside the direct one: nothing is counted twice.
RELATIONSHIPS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": ("consolidation", "direct"),
    "IS_ULTIMATELY_CONSOLIDATED_BY": ("consolidation", "ultimate"),
    "IS_INTERNATIONAL_BRANCH_OF": ("consolidation", "branch"),
    "IS_FUND-MANAGED_BY": ("influence", "managed"),
    "IS_SUBFUND_OF": ("influence", "subfund"),
    "IS_FEEDER_TO": ("influence", "feeder"),
}
CATEGORIES = {
    "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT": "direct",
    "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT": "ultimate",
}
REASONS = frozenset(
    (
        "NATURAL_PERSONS",
        "NO_KNOWN_PERSON",
        "NON_CONSOLIDATING",
        "NO_LEI",
        "NON_PUBLIC",
        "BINDING_LEGAL_COMMITMENTS",
        "LEGAL_OBSTACLES",
        "CONSENT_NOT_OBTAINED",
        "DETRIMENT_NOT_EXCLUDED",
        "DISCLOSURE_DETRIMENTAL",
    )
)
ENDINGS = {"INACTIVE": ENDED, "RETIRED": ENDED, "ANNULLED": VOID, "DUPLICATE": VOID}
ROOTS = ("RelationshipData", "ReportingExceptionData", "LEIData")
RECORDS = ("RelationshipRecord", "Exception", "LEIRecord")


def read_gleif(stream: io.BufferedReader) -> Iterator[Record]:
    """The parties, interests, exemptions and problems of the file, in its order."""
    head = stream.peek(512)[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_json = head[:1] in (b"[", b"{")
    for position, data in json_items(stream) if is_json else _xml_items(stream):
        ref = ""
        try:
            if isinstance(data, ValueError):
                raise Refused("json", data)
            data = _unwrapped(data)
            ref = _ref(data)
            yield from _read_item(position, data)
        except Refused as refused:
            yield Problem(position, ref, refused.code, refused.value)
        except (AttributeError, TypeError, KeyError):
            yield Problem(position, ref, "record")


def _xml_items(stream: io.BufferedReader) -> Iterator[tuple[int, dict]]:
    count, known = 0, False
    try:
        events = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=[f"{{*}}{name}" for name in (*ROOTS, *RECORDS)],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in _guarded(events, stream):
            name = etree.QName(element).localname
            if event == "start" or name in ROOTS:
                known = True
                continue
            count += 1
            yield count, _as_dict(element)
            # forget the record, and the empty shells of those before it
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        if not known:
            raise BadFile("format", str(error)) from None
        raise FileCut(count, str(error)) from None
    except FileCut as cut:
        raise FileCut(count, cut.detail) from None
    if not known:
        raise BadFile("format")


def _guarded(events, stream) -> Iterator[tuple[str, etree._Element]]:
    """The events, after a look at what stands before the first element."""
    checked = False
    for event, element in events:
        if not checked:
            info = element.getroottree().docinfo
            if info.doctype or info.internalDTD is not None:
                raise BadFile("doctype")
            if etree.QName(element.getroottree().getroot()).localname not in ROOTS:
                raise BadFile("format")
            checked = True
        yield event, element


def _as_dict(element: etree._Element) -> dict | str:
    """An element as plain data: text, or its children by name (a list if repeated)."""
    data: dict = {}
    for child in element:
        if not isinstance(child.tag, str):  # a reference to an entity
            raise BadFile("doctype")
        name = child.tag.rpartition("}")[2]
        value = _as_dict(child) if len(child) else (child.text or "").strip()
        if name not in data:
            data[name] = value
        elif isinstance(data[name], list):
            data[name].append(value)
        else:
            data[name] = [data[name], value]
    return data


def _unwrapped(data):
    """The golden copy puts each value under "$" and each record under its name."""
    if isinstance(data, dict):
        if "$" in data:
            return data["$"]
        data = {key: _unwrapped(value) for key, value in data.items() if key[:1] != "@"}
        for name in ("RelationshipRecord", "Exception", "LEIRecord"):
            if len(data) == 1 and isinstance(data.get(name), dict):
                return data[name]
        return data
    return [_unwrapped(value) for value in data] if isinstance(data, list) else data


def _ref(data: dict) -> str:
    relationship = data.get("Relationship")
    if isinstance(relationship, dict):
        return str(_dig(relationship, "StartNode", "NodeID"))
    return str(data.get("LEI") or "")


def _dig(data: object, *path: str) -> object:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return "" if data is None else data


def _list(data: object, name: str) -> list:
    """A list that XML and JSON nest differently, or that has one element."""
    if isinstance(data, dict) and name in data:
        data = data[name]
    return data if isinstance(data, list) else [data] if data else []


def _read_item(position: int, data: dict) -> Iterator[Record]:
    if "Relationship" in data:
        yield from _relationship(position, data)
    elif "ExceptionCategory" in data:
        yield _exemption(position, data)
    elif "Entity" in data:
        yield _entity(position, data)
    else:
        raise Refused("record_type", ", ".join(sorted(data))[:80])


def _entity(position: int, data: dict) -> Party:
    entity = data["Entity"]
    party = Party(position, to_lei(str(data["LEI"])), ENTITY)
    party.lei = party.ref
    party.name = " ".join(str(entity.get("LegalName") or "").split())
    party.code = str(
        _dig(entity, "RegistrationAuthority", "RegistrationAuthorityEntityID")
    )
    home = entity.get("LegalJurisdiction") or _dig(entity, "LegalAddress", "Country")
    party.country = str(home)[:2].upper()
    return party


def _relationship(position: int, data: dict) -> Iterator[Record]:
    relationship, registration = data["Relationship"], data.get("Registration") or {}
    name = str(relationship.get("RelationshipType"))
    if name not in RELATIONSHIPS:
        raise Refused("relationship_type", name)
    kind, short = RELATIONSHIPS[name]
    start = to_lei(str(_dig(relationship, "StartNode", "NodeID")))
    end = to_lei(str(_dig(relationship, "EndNode", "NodeID")))
    ref = f"gleif:{start}:{short}:{end}"
    interest = Interest(position, ref, ref, end, start, kind)
    interest.stated_on = to_day(registration.get("LastUpdateDate"))
    _read_period(interest, relationship)
    _read_status(interest, data)
    interest.details = _details(name, relationship, registration)
    check_interest(interest)
    yield Party(position, start, ENTITY, lei=start)
    yield Party(position, end, ENTITY, lei=end)
    yield interest


def _read_period(interest: Interest, relationship: dict):
    periods = _list(relationship.get("RelationshipPeriods"), "RelationshipPeriod")
    for period in periods:
        if period.get("PeriodType") == "RELATIONSHIP_PERIOD":
            interest.valid_from = to_day(period.get("StartDate"))
            interest.valid_to = to_day(period.get("EndDate"))


def _read_status(interest: Interest, data: dict):
    deleted = _dig(data, "Extension", "Deletion", "DeletedAt")
    for status in (
        _dig(data, "Relationship", "RelationshipStatus"),
        _dig(data, "Registration", "RegistrationStatus"),
    ):
        interest.status = ENDINGS.get(str(status), interest.status)
    if deleted and interest.status == ACTIVE:
        interest.status = ENDED
    if interest.status == ENDED and not interest.valid_to:
        interest.valid_to = to_day(deleted) or interest.stated_on


def _details(name: str, relationship: dict, registration: dict) -> dict[str, str]:
    qualifiers = _list(
        relationship.get("RelationshipQualifiers"), "RelationshipQualifier"
    )
    found = {
        "relationship": name,
        "status": relationship.get("RelationshipStatus"),
        "registration": registration.get("RegistrationStatus"),
        "accounting standard": ", ".join(
            str(q.get("QualifierCategory")) for q in qualifiers
        ),
        "corroboration": registration.get("ValidationSources"),
        "last update": registration.get("LastUpdateDate"),
    }
    return {key: str(value) for key, value in found.items() if value}


def _exemption(position: int, data: dict) -> Exemption:
    category = str(data["ExceptionCategory"])
    if category not in CATEGORIES:
        raise Refused("exception_category", category)
    reasons = _list(data.get("ExceptionReason"), "ExceptionReason")
    reason = str(reasons[0]) if reasons else ""
    if _dig(data, "Extension", "Deletion", "DeletedAt"):
        reason = ""
    elif reason not in REASONS:
        raise Refused("exception_reason", reason)
    return Exemption(position, to_lei(str(data["LEI"])), CATEGORIES[category], reason)
