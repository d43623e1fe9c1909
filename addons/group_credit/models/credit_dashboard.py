"""What the dashboard of credit lines shows.

Everything is read with the rights of who asks, and comes with the domain or the record
behind it.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .credit_line import OPEN_STATES

#: Groups that are listed by what they use.
TOP = 10
#: Months over which the use of a group is drawn.
MONTHS = 12
#: Steps of the ladder of expiry: the last day of each, from today; then all later ones.
LADDER = (-1, 30, 60, 90, 180)
FIGURES = ("limit", "used", "reserved", "drawable", "utilisation")


class CreditDashboard(models.AbstractModel):
    _name = "credit.dashboard"
    _description = "Dashboard of Credit Lines"

    @api.model
    def figures(self, group_id=False):
        """Figures of all groups, or of one.

        :param int group_id: a ``credit.group``, or False for the overview
        :return dict: ``currency_id``, ``tiles``, ``lines`` (by use, or the tree of one
            group), ``ladder``, ``concentration`` and, of a group, its ``course``
        :raise AccessError: for who may not see credit lines, or this group
        """
        lines = self.env["credit.line"]
        lines.check_access("read")
        if group_id:
            group = self.env["credit.group"].browse(group_id).exists()
            if not group:
                raise UserError(self.env._("This group does not exist any more."))
            group.check_access("read")
            return self._of_group(group)
        return self._overview()

    # ------------------------------------------------------------
    # OVERVIEW
    # ------------------------------------------------------------

    def _open_roots(self):
        """Lines in force with none above: of groups, and of single customers."""
        return Domain("state", "in", OPEN_STATES) & Domain("parent_id", "=", False)

    def _overview(self):
        currency = self.env.company.currency_id
        roots = self._open_roots()
        own = roots & Domain("currency_id", "=", currency.id)
        foreign = roots & Domain("currency_id", "!=", currency.id)
        lines = self.env["credit.line"]
        limit, used, reserved, count = lines._read_group(
            own, [], ["limit:sum", "used:sum", "reserved:sum", "__count"]
        )[0]
        return {
            "name": self.env.company.name,
            "group_id": False,
            "currency_id": currency.id,
            "tiles": [
                *self._amount_tiles(limit, used, reserved, own),
                self._tile("lines", self.env._("Lines in force"), count, own),
                self._count_tile(
                    "over",
                    self.env._("Above the limit"),
                    Domain("over_limit", "=", True),
                    tone="danger",
                ),
                self._count_tile(
                    "frozen", self.env._("Frozen"), Domain("state", "=", "frozen")
                ),
                self._count_tile(
                    "foreign", self.env._("Lines in other currencies"), foreign
                ),
            ],
            "lines": [self._row(line) for line in self._top(own)],
            "ladder": self._ladder(roots),
            "concentration": self._concentration(),
            "course": [],
        }

    def _top(self, domain):
        """The roots of which most is drawn."""
        return self.env["credit.line"].search(
            domain & Domain("used", ">", 0), order="used desc, id", limit=TOP
        )

    def _amount_tiles(self, limit, used, reserved, domain):
        taken = (used or 0) + (reserved or 0)
        share = round(100 * taken / limit, 1) if limit else None
        return [
            self._tile("limit", self.env._("Limits"), limit or 0, domain, money=True),
            self._tile("used", self.env._("Used"), used or 0, domain, money=True),
            self._tile(
                "reserved", self.env._("Reserved"), reserved or 0, domain, money=True
            ),
            self._tile(
                "utilisation", self.env._("Utilisation"), share, domain, unit="%"
            ),
        ]

    def _tile(self, key, label, value, domain, **more):
        return {
            "key": key,
            "label": label,
            "value": value,
            "domain": list(domain),
            **more,
        }

    def _count_tile(self, key, label, domain, **more):
        count = self.env["credit.line"].search_count(domain)
        return self._tile(key, label, count, domain, **more)

    def _row(self, line, depth=0):
        return {
            "id": line.id,
            # sudo: whoever reads the line may read of whom it is
            "group_id": line.sudo().group_id.id,
            "name": line.name,
            "state": line.state,
            "depth": depth,
            "date_end": fields.Date.to_string(line.date_end),
            "has_limit": line.has_limit,
            "obstacle": line.obstacle or "",
            **{name: line[name] for name in FIGURES},
        }

    def _ladder(self, domain):
        """How many lines, and which limits, end by when."""
        today = fields.Date.context_today(self)
        steps, after = [], None
        for days in (*LADDER, None):
            within = domain & Domain("date_end", "!=", False)
            if after is not None:
                within &= Domain("date_end", ">", today + timedelta(days=after))
            if days is not None:
                within &= Domain("date_end", "<=", today + timedelta(days=days))
            limit, count = self.env["credit.line"]._read_group(
                within, [], ["limit:sum", "__count"]
            )[0]
            steps.append(
                {
                    "after": after,
                    "until": days,
                    "count": count,
                    "limit": limit or 0,
                    "domain": list(within),
                }
            )
            after = days
        return steps

    def _concentration(self, group=None):
        """What groups take of the capital, by the last screening."""
        domain = Domain("latest", "=", True) & Domain("pct", ">", 0)
        domain &= (
            Domain("group_id", "=", group.id) & Domain("partner_id", "=", False)
            if group
            else Domain("rule", "=", "group_limit_pct")
        )
        rules = dict(
            self.env["credit.screening"]
            ._fields["rule"]
            ._description_selection(self.env)
        )
        return [
            {
                "id": row.id,
                # sudo: whoever reads the finding may read of whom it is
                "name": rules[row.rule] if group else row.sudo().group_id.name,
                "pct": round(row.pct, 2),
                "limit_pct": round(row.limit_pct, 2),
                "status": row.status,
            }
            for row in self.env["credit.screening"].search(
                domain, order="pct desc, id", limit=TOP
            )
        ]

    # ------------------------------------------------------------
    # ONE GROUP
    # ------------------------------------------------------------

    def _of_group(self, group):
        lines = self.env["credit.line"]
        mine = Domain("group_id", "=", group.id) & Domain("state", "in", OPEN_STATES)
        tree = lines.search(mine, order="parent_path")
        roots = tree.filtered(lambda line: not line.parent_id)
        has_members = "member" in tree.mapped("level")
        members = Domain("level", "=", "member") if has_members else Domain.TRUE
        root = roots[:1]
        tiles = []
        if root:
            tiles = [
                *self._amount_tiles(root.limit, root.used, root.reserved, mine),
                self._tile(
                    "drawable",
                    self.env._("To be drawn today"),
                    root.drawable,
                    mine,
                    money=True,
                ),
            ]
        currency = root.currency_id or self.env.company.currency_id
        return {
            "name": group.name,
            "group_id": group.id,
            "currency_id": currency.id,
            "tiles": tiles,
            "lines": [
                self._row(line, depth=line.parent_path.count("/") - 1) for line in tree
            ],
            # limits of members: those of their products are parts of them
            "ladder": self._ladder(mine & members),
            "concentration": self._concentration(group),
            "course": self._course(root) if root else [],
        }

    def _course(self, line):
        """The line at the end of each of the last months, and today."""
        today = fields.Date.context_today(self)
        first = today.replace(day=1)
        days = [first - relativedelta(months=n, days=1) for n in range(MONTHS - 1)]
        past = [(day, line._as_of(day).get(line)) for day in reversed(days)]
        return [
            {
                "day": fields.Date.to_string(day),
                **{name: values[name] for name in ("limit", "used", "reserved")},
            }
            for day, values in [*past, (today, line)]
            if values
        ]
