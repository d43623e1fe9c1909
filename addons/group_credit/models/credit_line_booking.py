from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.limits import Position
from .credit_line import DOOR
from .credit_line_check import LineRefused
from .credit_usage import DOCUMENT, MEASURES


@dataclass(frozen=True)
class Step:
    """One step of a document, as it was sent and checked."""

    kind: str
    origin_model: str
    origin_id: str
    component: str
    amount: Decimal | None  # None: all of it
    margin: Decimal = Decimal(0)
    pledged: Decimal = Decimal(0)
    day: date = None
    partner_id: int = 0
    product_id: int = 0
    currency_id: int = 0
    company_id: int = 0
    origin_name: str = ""
    note: str = ""
    # An approved override: how far beyond the limits the step may go.
    allowance: Decimal = Decimal(0)
    # What happened anyhow (opening balances, a claim that exists) is booked unguarded.
    guarded: bool = True

    @property
    def key(self):
        return (self.origin_model, self.origin_id)

    @property
    def cover(self):
        return self.margin + self.pledged


class CreditLine(models.Model):
    """How one step of a document becomes a row of the ledger."""

    _inherit = "credit.line"

    def _book(self, step):
        """Book ``step``; returns ``(usage, whether it was booked before)``."""
        # rows that no other cursor sees yet
        own = "credit_token" in self.env.cr.postcommit.data
        token = self._token()
        try:
            known, hold = self._claim(step, token, own)
        except LineRefused:
            # what a killed worker left may be the room that is missing
            if not self._sweep():
                raise
            known, hold = self._claim(step, token, own)
        if known:
            return known, True
        usage = (
            self.env["credit.usage"]
            # sudo: the ledger is written by this method alone
            .sudo()
            .with_context(credit_door=DOOR)
            .create(self._prepare_usage(step, hold))
        )
        if self._is_single_cursor():
            self.env.flush_all()
            self._settle_hold(self.env.cr, hold["id"])
            self.env.invalidate_all()
        return usage, False

    def _claim(self, step, token, own):
        """``(row booked before, hold)``, in a transaction of its own."""
        with self._short_transaction() as cr:
            # one step of a document after the other
            cr.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                ["credit:" + ":".join(step.key)],
            )
            self._wait_for_others(cr, step, token)
            known = self._find_booked(step, [cr, self.env.cr] if own else [cr])
            return known, known or self._take_hold(cr, step, token)

    def _wait_for_others(self, cr, step, token):
        """Let other transactions end that have a step of this document under way."""
        cr.execute(
            SQL(
                "SELECT id, token FROM credit_hold WHERE origin_model = %s"
                " AND origin_id = %s AND token <> %s ORDER BY id",
                *step.key,
                token,
            )
        )
        for hold_id, other in cr.fetchall():
            cr.execute(
                "SELECT pg_advisory_xact_lock(%s::bigint)",
                [other],
                log_exceptions=False,
            )
            self._settle_hold(cr, hold_id)

    def _find_booked(self, step, readers):
        """The row of a step that was sent before, in this transaction or another."""
        query = SQL(
            "SELECT id, amount::text, currency_id, partner_id FROM credit_usage"
            " WHERE origin_model = %s AND origin_id = %s AND component = %s"
            " AND kind = %s",
            *step.key,
            step.component,
            step.kind,
        )
        found = []
        self.env["credit.usage"].flush_model()
        for reader in dict.fromkeys(readers):
            reader.execute(query)
            found = found or reader.fetchall()
        if not found:
            return None
        usage_id, amount, currency_id, partner_id = found[0]
        if (
            (step.amount is not None and Decimal(amount) != step.amount)
            or (step.currency_id and step.currency_id != currency_id)
            or (step.partner_id and step.partner_id != partner_id)
        ):
            raise UserError(
                self.env._(
                    "%(model)s %(id)s, step “%(component)s”, was booked before with "
                    "%(amount)s, or for another customer. Send a correction as a step "
                    "of its own.",
                    model=step.origin_model,
                    id=step.origin_id,
                    component=step.component,
                    amount=amount,
                )
            )
        return self.env["credit.usage"].browse(usage_id)

    def _take_hold(self, cr, step, token):
        """Check ``step`` against the document and the lines, and take the room."""
        before, ccf_before, line_id, currency_id = self._document(cr, step)
        if currency_id and step.currency_id and currency_id != step.currency_id:
            raise UserError(
                self.env._("The document is in another currency since its first step.")
            )
        path = self._find_path(cr, step, line_id)
        leaf = path[0]
        step = replace(step, currency_id=step.currency_id or currency_id)
        rate, ccf = before.rate, ccf_before
        if step.kind in ("reserve", "draw", "revalue"):
            rate = self._rate(step, leaf)
        if step.kind in ("reserve", "draw"):
            ccf = self._ccf(step, leaf)
        after = self._advance(step, before, rate)
        quantum = self._quantum(leaf["currency_id"])
        delta = after.measures(ccf, quantum)
        if line_id:
            delta -= before.measures(ccf_before, quantum)
        taken = self._guard(cr, step, path, delta)
        hold = {
            "token": token,
            "line_id": leaf["id"],
            "path": leaf["parent_path"],
            "kind": step.kind,
            "origin_model": step.origin_model,
            "origin_id": step.origin_id,
            "component": step.component,
            "currency_id": step.currency_id,
            **dict(zip(("taken", "taken_net", "taken_low"), taken, strict=True)),
            "doc_drawn": after.drawn - before.drawn,
            "doc_reserved": after.reserved - before.reserved,
            "doc_cover": after.cover - before.cover,
            "doc_cover_reserved": after.cover_reserved - before.cover_reserved,
            "rate": after.rate,
            "ccf": ccf,
            "started_on": fields.Datetime.now(),
        }
        self._insert_hold(cr, hold)
        return {**hold, "leaf": leaf, "delta": delta}

    def _insert_hold(self, cr, hold):
        cr.execute(
            SQL(
                "INSERT INTO credit_hold (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, hold)),
                tuple(hold.values()),
            )
        )
        hold["id"] = cr.fetchone()[0]

    def _document(self, cr, step):
        """``(position, factor, line, currency)`` of the document before the step."""
        names = SQL(", ").join(map(SQL.identifier, DOCUMENT))
        sums = SQL(", ").join(
            SQL("sum(%s)::text", SQL.identifier(name)) for name in DOCUMENT
        )
        cr.execute(
            SQL(
                """SELECT %s, (array_agg(rate ORDER BY moved DESC, id DESC))[1]::text,
                          (array_agg(ccf ORDER BY moved DESC, id DESC))[1]::text,
                          (array_agg(line_id ORDER BY moved DESC, id DESC))[1],
                          max(currency_id)
                FROM (SELECT id, 0 AS moved, line_id, currency_id, rate, ccf, %s
                      FROM credit_usage u WHERE origin_model = %s AND origin_id = %s AND
                      NOT EXISTS (SELECT 1 FROM credit_hold h WHERE h.id = u.hold_id)
                      UNION ALL SELECT id, 1, line_id, currency_id, rate, ccf, %s FROM
                      credit_hold WHERE origin_model = %s AND origin_id = %s
                     ) AS steps""",
                sums,
                names,
                *step.key,
                names,
                *step.key,
            )
        )
        *parts, rate, ccf, line_id, currency_id = cr.fetchone()
        if not line_id and step.kind not in ("reserve", "draw"):
            raise UserError(
                self.env._(
                    "Nothing is booked for %(model)s %(id)s: reserve or draw first.",
                    model=step.origin_model,
                    id=step.origin_id,
                )
            )
        parts = [Decimal(part or 0) for part in parts]
        position = Position(*parts, Decimal(rate or 1))
        return position, Decimal(ccf or 0), line_id, currency_id

    def _advance(self, step, before, rate):
        """The document after the step; refuses what it does not allow."""
        amount = step.amount
        if step.kind == "reserve":
            return before.reserve(amount, step.cover, rate)
        if step.kind == "draw":
            return before.draw(amount, step.cover or None, rate)
        if step.kind == "margin":
            if before.cover + step.cover < 0:
                raise UserError(
                    self.env._(
                        "Margin: the document has only %(cover)s to release.",
                        cover=before.cover,
                    )
                )
            return before.secure(step.cover)
        if step.kind == "revalue":
            return replace(before, rate=rate)
        most = before.drawn if step.kind == "repay" else before.reserved
        amount = most if amount is None else amount
        if amount > most:
            words = {
                "repay": self.env._("drawn and not yet repaid"),
                "release": self.env._("reserved and not yet drawn"),
            }
            raise UserError(
                self.env._(
                    "Amount: only %(most)s of the document is %(what)s.",
                    most=most,
                    what=words[step.kind],
                )
            )
        return before.repay(amount) if step.kind == "repay" else before.release(amount)

    def _prepare_usage(self, step, hold):
        leaf, delta = hold["leaf"], hold["delta"]
        moved = hold["doc_drawn"] if step.kind == "repay" else hold["doc_reserved"]
        return {
            "line_id": leaf["id"],
            "path": leaf["parent_path"],
            "root_id": int(leaf["parent_path"].split("/")[0]),
            "group_id": leaf["group_id"],
            "partner_id": leaf["partner_id"],
            "product_id": step.product_id or leaf["product_id"],
            "company_id": step.company_id,
            "kind": step.kind,
            "date": step.day,
            "origin_model": step.origin_model,
            "origin_id": step.origin_id,
            "component": step.component,
            "origin_name": step.origin_name,
            "currency_id": hold["currency_id"],
            "line_currency_id": leaf["currency_id"],
            "amount": float(abs(moved) if step.amount is None else step.amount),
            "margin": float(step.margin),
            "pledged": float(step.pledged),
            "rate": float(hold["rate"]),
            "ccf": float(hold["ccf"]),
            **{name: float(hold[name]) for name in DOCUMENT},
            **dict(zip(MEASURES, map(float, delta), strict=True)),
            "note": step.note,
            "hold_id": hold["id"],
        }
