import logging
import random
from contextlib import contextmanager
from decimal import Decimal
from functools import partial

import psycopg2

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.modules import module
from odoo.tools import SQL

from ..engine.limits import Measures
from .credit_usage import MEASURES

_logger = logging.getLogger(__name__)

# Nobody waits for the disk: the main transaction, which commits later, makes a hold
# durable with itself, and what a crash undoes of a settlement is settled once more.
READ_COMMITTED = (
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '5s';"
    " SET LOCAL synchronous_commit = off"
)


class CreditLine(models.Model):
    """The two phases of a use.

    A row that many transactions touch must not be held by a long one: Odoo's
    transactions are REPEATABLE READ, and all but one would fail. So a short transaction
    of its own takes the room (a *hold*) and commits. The ledger row is part of the main
    transaction. When that has ended, another short one either moves the counters for
    the committed row, or gives the room back. A worker that is killed in between leaves
    the hold; since the main transaction locks the hold's token, anybody can tell that
    it is over, and the cron or the next who needs the room settles it.
    """

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    # ------------------------------------------------------------
    # CURSORS
    # ------------------------------------------------------------

    def _is_single_cursor(self):
        """Where there is but one cursor: in tests, while addons are loaded, and in a
        transaction that has changed lines, since only it sees them as they are."""
        return (
            bool(module.current_test)
            or not self.env.registry.ready
            or "credit_lines_changed" in self.env.cr.postcommit.data
        )

    def _keep_cursor(self):
        """From now on nobody else can touch these rows before the transaction ends."""
        self.env.cr.postcommit.data["credit_lines_changed"] = True

    @contextmanager
    def _short_transaction(self):
        if self._is_single_cursor():
            self.env.flush_all()
            with self.env.cr.savepoint(flush=False):
                yield self.env.cr
            self.env.invalidate_all()
            return
        try:
            with self.env.registry.cursor() as cr:
                cr.execute(READ_COMMITTED)
                yield cr
        except psycopg2.errors.LockNotAvailable:
            raise UserError(
                self.env._(
                    "The credit line is being changed at this moment. Please try again."
                )
            ) from None

    def _token(self):
        """The number that this transaction locks as long as it lives."""
        data = self.env.cr.postcommit.data
        token = data.get("credit_token")
        if not token:
            token = data["credit_token"] = str(random.getrandbits(62))
            if not self._is_single_cursor():
                settle = partial(_settle_after, self.env.registry, token)
                self.env.cr.postcommit.add(settle)
                self.env.cr.postrollback.add(settle)
        if not self._is_single_cursor():
            # again for each step: a lock taken in a savepoint goes with it
            self.env.cr.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [token])
        return token

    # ------------------------------------------------------------
    # COUNTERS
    # ------------------------------------------------------------

    def _guard(self, cr, step, path, delta):
        """Take the room on every line of ``path``, most specific first, or refuse."""
        needs_line = step.guarded and step.kind in ("reserve", "draw")
        taken = (
            delta.raised() if step.kind in ("reserve", "draw") else (Decimal(0),) * 3
        )
        if not needs_line and not any(taken):
            return taken
        pooled = True
        for number, row in enumerate(path):
            cr.execute(self._guard_query(step, row["id"], taken, pooled))
            if not cr.rowcount:
                raise self._refusal(cr, step, path[number:], taken, path)
            pooled = not row["has_limit"]
        return taken

    def _guard_query(self, step, line_id, taken, pooled):
        """Only the row itself is asked: under READ COMMITTED it is read anew once the
        lock is there, rows of a subquery are not."""
        nominal, net, low = taken
        rest = (nominal, net) if pooled else (Decimal(0), Decimal(0))
        query = SQL(
            "UPDATE credit_line SET reserved = reserved + %s, reserved_net = "
            "reserved_net + %s, reserved_low = reserved_low + %s, rest_used = "
            "rest_used + %s, rest_used_net = rest_used_net + %s WHERE id = %s",
            *taken,
            *rest,
            line_id,
        )
        if not step.guarded:
            return query
        return SQL(
            """%s AND state = 'active'
            AND (date_start IS NULL OR date_start <= %s)
            AND (date_end IS NULL OR date_end >= %s)
            AND (NOT has_limit OR (
                (%s <= 0 OR used + reserved + %s <= "limit" + %s)
                AND (%s <= 0 OR used_net + reserved_net + %s <= net_limit + %s)
                AND (%s <= 0 OR used_low + reserved_low + %s <= low_risk_limit + %s)))
            AND (NOT has_limit OR allocation <> 'carve_out' OR %s <= 0
                OR (rest_used + %s <= "limit" - carved + %s
                    AND rest_used_net + %s <= net_limit - carved_net + %s))""",
            query,
            step.day,
            step.day,
            *(nominal, nominal, step.allowance),
            *(net, net, step.allowance),
            *(low, low, step.allowance),
            *(rest[0], rest[0], step.allowance, rest[1], step.allowance),
        )

    def _settle_if_over(self, cr, hold_id, token):
        """Settle the hold of a transaction that has ended; False while it lives."""
        cr.execute("SELECT pg_try_advisory_xact_lock(%s::bigint)", [token])
        if not cr.fetchone()[0]:
            return False
        self._settle_hold(cr, hold_id)
        return True

    def _sweep(self, domain=None):
        """Settle what transactions left that have ended; returns how many."""
        if self._is_single_cursor():
            return 0
        # sudo: holds are nobody's to read, and the room they keep is everybody's
        holds = self.env["credit.hold"].sudo()
        registry = self.env.registry
        with registry.cursor() as cr:
            found = holds.with_env(holds.env(cr=cr)).search(domain or [])
            left = [(hold.id, hold.token) for hold in found]
        return sum(_settle_one(registry, *hold) for hold in left)

    def _settle_hold(self, cr, hold_id):
        """Count the committed ledger row of a hold, or give the room back.

        Its transaction must be over. Locks no more than one path.
        """
        cr.execute(
            "DELETE FROM credit_hold WHERE id IN (SELECT id FROM credit_hold"
            " WHERE id = %s FOR UPDATE SKIP LOCKED)"
            " RETURNING path, line_id, kind, taken::text, taken_net::text,"
            " taken_low::text",
            [hold_id],
        )
        hold = cr.fetchone()
        if not hold:
            return
        path, line_id, kind, *taken = hold
        taken = Measures(
            **dict(
                zip(
                    ("reserved", "reserved_net", "reserved_low"),
                    map(Decimal, taken),
                    strict=True,
                )
            )
        )
        names = SQL(", ").join(
            SQL("%s::text", SQL.identifier(name)) for name in MEASURES
        )
        cr.execute(
            SQL(
                "UPDATE credit_usage SET posted = true WHERE hold_id = %s"
                " AND NOT posted RETURNING %s",
                hold_id,
                names,
            )
        )
        row = cr.fetchone()
        delta = Measures(*map(Decimal, row)) if row else Measures()
        self._move(cr, path, line_id, kind, delta, taken)

    def _move(self, cr, path, line_id, kind, delta, taken=None):
        """Add ``delta`` to the counters of the lines of ``path``, less what a hold has
        taken before."""
        ids = [int(part) for part in path.split("/") if part]
        cr.execute(
            SQL("SELECT id, has_limit FROM credit_line WHERE id IN %s", tuple(ids))
        )
        has_limit = dict(cr.fetchall())
        below = None
        for each in reversed(ids):
            pooled = below is None or not has_limit[below]
            below = each
            if kind == "transfer" and each == line_id:
                continue  # only what is above changes
            cr.execute(self._move_query(each, kind, delta, taken or Measures(), pooled))

    def _move_query(self, line_id, kind, delta, taken, pooled):
        # a repayment makes no room on a line that is used once only
        once = kind == "repay"
        pool = SQL(
            "CASE WHEN revolving OR NOT %s THEN %s ELSE 0 END + %s",
            once,
            delta.used,
            delta.reserved - taken.reserved,
        )
        pool_net = SQL(
            "CASE WHEN revolving OR NOT %s THEN %s ELSE 0 END + %s",
            once,
            delta.used_net,
            delta.reserved_net - taken.reserved_net,
        )
        return SQL(
            """UPDATE credit_line SET
            used = used + CASE WHEN revolving OR NOT %s THEN %s ELSE 0 END,
            used_net = used_net + CASE WHEN revolving OR NOT %s THEN %s ELSE 0 END,
            used_low = used_low + CASE WHEN revolving OR NOT %s THEN %s ELSE 0 END,
            reserved = reserved + %s, reserved_net = reserved_net + %s,
            reserved_low = reserved_low + %s, margin = margin + %s,
            regulatory = regulatory + %s, outstanding = outstanding + %s,
            rest_used = rest_used + %s, rest_used_net = rest_used_net + %s WHERE id =
            %s""",
            *(once, delta.used, once, delta.used_net, once, delta.used_low),
            delta.reserved - taken.reserved,
            delta.reserved_net - taken.reserved_net,
            delta.reserved_low - taken.reserved_low,
            delta.margin,
            delta.regulatory,
            delta.used + delta.used_low,
            pool if pooled else Decimal(0),
            pool_net if pooled else Decimal(0),
            line_id,
        )


def _settle_after(registry, token):
    """The transaction has ended: settle its holds, each in a transaction of its own so
    that no two paths are locked at once."""
    try:
        with registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM credit_hold WHERE token = %s ORDER BY id", [token]
            )
            hold_ids = [hold_id for (hold_id,) in cr.fetchall()]
        for hold_id in hold_ids:
            _settle_one(registry, hold_id, token)
    except psycopg2.Error:
        # what is left is settled by the cron
        _logger.warning("Holds of credit lines are settled later", exc_info=True)


def _settle_one(registry, hold_id, token):
    with registry.cursor() as cr:
        cr.execute(READ_COMMITTED)
        lines = api.Environment(cr, SUPERUSER_ID, {})["credit.line"]
        return lines._settle_if_over(cr, hold_id, token)
