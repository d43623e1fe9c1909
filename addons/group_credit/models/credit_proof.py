from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_line import COUNTERS, DOOR

# Rows whose counters have moved, and what is taken for uses under way.
NOW = """
    SELECT path, line_id, kind, used, used_net, used_low, reserved, reserved_net,
           reserved_low, margin_held, regulatory
    FROM credit_usage WHERE posted
    UNION ALL
    SELECT path, line_id, kind, 0, 0, 0, taken, taken_net, taken_low, 0, 0
    FROM credit_hold
"""
# Rows up to a day, of trees that the lines stand in or stood in.
PAST = """
    SELECT path, line_id, kind, used, used_net, used_low, reserved, reserved_net,
           reserved_low, margin_held, regulatory
    FROM credit_usage WHERE date <= %(day)s AND root_id IN (
        SELECT split_part(parent_path, '/', 1)::int FROM credit_line
        WHERE id = ANY(%(ids)s)
        UNION SELECT root_id FROM credit_usage WHERE line_id = ANY(%(ids)s)
        UNION SELECT unnest(%(ids)s::int[]))
"""
# What the ledger says about each line. A row of a line that joined or left counts above
# it only; a repayment makes no room on a line that is used once.
LEDGER = """
WITH moved AS (%(rows)s
), levels AS (
    SELECT m.*, e.id::int AS id,
           NULLIF(split_part(m.path, '/', e.depth::int + 1), '')::int AS below
    FROM moved m CROSS JOIN LATERAL unnest(
        string_to_array(rtrim(m.path, '/'), '/')) WITH ORDINALITY AS e (id, depth)
), counted AS (
    SELECT v.*, l.revolving OR v.kind <> 'repay' AS makes,
           b.id IS NULL OR NOT b.has_limit AS pooled
    FROM levels v JOIN credit_line l ON l.id = v.id
    LEFT JOIN credit_line b ON b.id = v.below
    WHERE NOT (v.kind = 'transfer' AND v.id = v.line_id)
)
SELECT id,
       COALESCE(sum(used) FILTER (WHERE makes), 0) AS used,
       COALESCE(sum(used_net) FILTER (WHERE makes), 0) AS used_net,
       COALESCE(sum(used_low) FILTER (WHERE makes), 0) AS used_low,
       sum(reserved) AS reserved, sum(reserved_net) AS reserved_net,
       sum(reserved_low) AS reserved_low, sum(margin_held) AS margin,
       sum(regulatory) AS regulatory, sum(used + used_low) AS outstanding,
       COALESCE(sum(used) FILTER (WHERE makes AND pooled), 0)
           + COALESCE(sum(reserved) FILTER (WHERE pooled), 0) AS rest_used,
       COALESCE(sum(used_net) FILTER (WHERE makes AND pooled), 0)
           + COALESCE(sum(reserved_net) FILTER (WHERE pooled), 0) AS rest_used_net
FROM counted GROUP BY id
"""


def ledger_query(day=None, line_ids=()):
    """``LEDGER`` as it is now, or at the end of a day for some lines."""
    rows = SQL(PAST, day=day, ids=list(line_ids)) if day else SQL(NOW)
    return SQL(LEDGER, rows=rows)


class CreditProof(models.Model):
    """The nightly proof that counters are what the ledger says; it closes the day."""

    _name = "credit.proof"
    _description = "Proof of the Ledger"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"
    _mail_post_access = "read"

    date = fields.Date("Day", required=True, readonly=True, index=True)
    proven_on = fields.Datetime(readonly=True, default=fields.Datetime.now)
    line_count = fields.Integer("Lines Compared", readonly=True)
    usage_count = fields.Integer("Rows of the Ledger", readonly=True)
    difference_ids = fields.One2many(
        "credit.proof.difference", "proof_id", string="Differences", readonly=True
    )
    state = fields.Selection(
        [("even", "Even"), ("different", "Different"), ("repaired", "Repaired")],
        required=True,
        readonly=True,
        default="even",
        tracking=True,
    )
    closed = fields.Boolean("Day Closed", readonly=True)

    _day_uniq = models.UniqueIndex(
        "(date) WHERE closed", "The day is proven and closed already."
    )

    @api.model
    def _closed_until(self):
        # not through records: that a day is closed holds for everybody
        self.flush_model(["date", "closed"])
        self.env.cr.execute("SELECT max(date) FROM credit_proof WHERE closed")
        return self.env.cr.fetchone()[0]

    @api.model
    def _compare(self):
        """``[(line id, counter, what it says, what the ledger says)]`` that differ."""
        self.env.flush_all()
        pairs = SQL(", ").join(
            SQL(
                "(%s, l.%s, COALESCE(p.%s, 0))",
                name,
                SQL.identifier(name),
                SQL.identifier(name),
            )
            for name in COUNTERS
        )
        names = list(map(SQL.identifier, COUNTERS))
        return self.env.execute_query(
            SQL(
                """SELECT l.id, c.name, c.counter, c.ledger
                FROM credit_line l LEFT JOIN (%s) AS p ON p.id = l.id
                CROSS JOIN LATERAL (VALUES %s) AS c (name, counter, ledger)
                WHERE (%s) IS DISTINCT FROM (%s) AND c.counter <> c.ledger
                ORDER BY l.id, c.name""",
                ledger_query(),
                pairs,
                # whole lines first: few differ, if any
                SQL(", ").join(SQL("l.%s", name) for name in names),
                SQL(", ").join(SQL("COALESCE(p.%s, 0)", name) for name in names),
            )
        )

    @api.model
    def _prove(self, day, close=True):
        """Compare, keep the result, close ``day``; returns the proof."""
        self.env["credit.line"]._sweep()
        found = self._compare()
        proof = self.create(
            {
                "date": day,
                "line_count": self.env["credit.line"].search_count([]),
                "usage_count": self.env["credit.usage"].search_count([]),
                "state": "different" if found else "even",
                "closed": close and not found,
                "difference_ids": [
                    fields.Command.create(
                        {
                            "line_id": line_id,
                            "counter": name,
                            "counted": counted,
                            "ledger": ledger,
                        }
                    )
                    for line_id, name, counted, ledger in found
                ],
            }
        )
        if found:
            proof._alert()
        return proof

    def _alert(self):
        manager = self.env.ref("group_credit.group_group_credit_manager")
        for user in manager.all_user_ids.filtered(lambda u: u.active and not u.share):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Counters of credit lines differ from the ledger"),
                user_id=user.id,
            )

    @api.model
    def _cron_prove(self):
        """Prove what is past, and close it."""
        yesterday = fields.Date.subtract(fields.Date.context_today(self), days=1)
        closed = self._closed_until()
        if not closed or closed < yesterday:
            self._prove(yesterday)

    def action_repair(self):
        """Set the counters to what the ledger says, as a recorded correction."""
        self.ensure_one()
        self.env["credit.line"]._check_role("group_credit.group_group_credit_manager")
        if self.state != "different":
            raise UserError(self.env._("There is nothing to repair."))
        # sudo: the correction is kept with the proof, and nobody writes counters by
        # hand
        proof = self.sudo()
        now = {(row[0], row[1]): row[3] for row in proof._compare()}
        for difference in proof.difference_ids:
            value = now.get((difference.line_id.id, difference.counter))
            if value is None:
                continue  # even again by now
            line = difference.line_id.with_context(credit_door=DOOR)
            line.write({difference.counter: value})
            line.message_post(
                body=self.env._(
                    "Correction: %(counter)s from %(counted)s to %(ledger)s, as the "
                    "ledger says.",
                    counter=line._labels({difference.counter}),
                    counted=difference.counted,
                    ledger=value,
                )
            )
            difference.repaired = True
        proof.write({"state": "repaired"})
        proof._close_if_even()

    def _close_if_even(self):
        if not self._compare() and not self.search(
            Domain("date", "=", self.date) & Domain("closed", "=", True)
        ):
            self.closed = True
