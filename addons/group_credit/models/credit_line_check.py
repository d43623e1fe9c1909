from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..engine.limits import available, refusing, split


class LineRefused(UserError):
    """The lines refuse a use; ``reasons`` in words, ``decision`` as in ``check``."""

    decision = "block"


class CreditLine(models.Model):
    """Which lines a use counts on, and whether it fits."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.line"

    def _check_step(self, step):
        """Read-only: one query for the path, whatever the size of the group."""
        self.env["credit.line"].flush_model()
        try:
            path = self._find_path(self.env.cr, step, None)
        except LineRefused as refused:
            return {
                "decision": refused.decision,
                "available": 0.0,
                "reasons": [str(refused)],
                "managed": refused.decision != "ok",
            }
        rate = self._rate(step, path[0])
        unit = self._quantum(path[0]["currency_id"])
        amount = ((step.amount or 0) * rate).quantize(unit)
        cover = (step.cover * rate).quantize(unit)
        use = split(amount, cover)
        terms = list(map(self._row_terms, path))
        verdict = available(terms, step.day, low_risk=bool(use[2]))
        short = refusing(terms, use)
        decision, reasons = "ok", []
        if verdict.obstacle:
            decision = "block" if verdict.obstacle != "unlimited" else "ok"
            reasons = [self._obstacle_words(verdict, path)]
        elif short:
            prepaid = any(r["has_limit"] and not r["limit"] for r in path)
            decision = "block" if prepaid else "approval"
            reasons = [self._room_words(short.key, path, prepaid)]
        elif self._is_tight(path, use[1], step.day):
            decision = "warn"
            reasons = [self.env._("The credit line is nearly used up.")]
        return {
            "decision": decision,
            "available": float(verdict.available / rate),
            "reasons": [reason for reason in reasons if reason],
            "managed": True,
        }

    def _is_tight(self, path, amount, day):
        percent = self.env["credit.parameter"]._value(
            "line_warn_pct", self.env.company, day
        )
        return any(
            row["has_limit"]
            and row["net_limit"]
            and (row["used_net"] + row["reserved_net"] + float(amount)) * 100
            >= row["net_limit"] * percent
            for row in path
        )

    def _find_path(self, cr, step, line_id):
        """Rows of the lines that ``step`` counts on, most specific first."""
        if line_id:
            condition = SQL("l.id = %s", line_id)
        else:
            condition = SQL(
                "l.partner_id = %s AND l.state <> 'draft'"
                " AND (l.company_id IS NULL OR l.company_id IN %s)",
                step.partner_id,
                tuple(self._companies(step)),
            )
        cr.execute(
            SQL(
                """SELECT l.id AS leaf, a.*
                FROM credit_line l JOIN credit_line a ON a.id = ANY(
                    string_to_array(rtrim(l.parent_path, '/'), '/')::int[])
                WHERE %s ORDER BY l.id DESC, length(a.parent_path) DESC""",
                condition,
            )
        )
        paths = {}
        for row in cr.dictfetchall():
            paths.setdefault(row["leaf"], []).append(row)
        if line_id:
            path = paths[line_id]
            if step.partner_id and path[0]["partner_id"] != step.partner_id:
                raise UserError(
                    self.env._("The document belongs to the line of another customer.")
                )
            return path
        return self._choose_path(list(paths.values()), step)

    def _companies(self, step):
        """Whose lines a company uses: its own, then those of the offices above it."""
        company = self.env["res.company"].browse(step.company_id)
        return [int(part) for part in reversed(company.parent_path.split("/")) if part]

    def _choose_path(self, paths, step):
        """The line of the product, else of the customer where it has no product lines;
        lines in force first, then those of the own company."""
        near = [*self._companies(step), None]
        paths.sort(
            key=lambda path: (
                path[0]["state"] not in ("active", "frozen"),
                near.index(path[0]["company_id"]),
            )
        )
        of_product = [
            path
            for path in paths
            if step.product_id and path[0]["product_id"] == step.product_id
        ]
        if of_product:
            return of_product[0]
        whole = [path for path in paths if not path[0]["product_id"]]
        divided = any(
            path[0]["product_id"] and path[0]["state"] in ("active", "frozen")
            for path in paths
        )
        if whole and not divided:
            return whole[0]
        if divided:
            raise self._refused(
                self.env._(
                    "The customer has no credit line for this product. Name a product "
                    "that has one, or apply for it."
                )
            )
        raise self._refused(
            self.env._("The customer has no credit line."),
            "ok" if step.kind == "check" else "block",
        )

    def _refused(self, words, decision="block"):
        refused = LineRefused(words)
        refused.decision = decision
        return refused

    def _refusal(self, cr, step, refusing, taken, path):
        """Why the guard refused, from the rows as they are now: those below the first
        of ``refusing`` have room."""
        ids = tuple(row["id"] for row in (refusing[:1] if any(taken) else path))
        cr.execute(
            SQL(
                "SELECT * FROM credit_line WHERE id IN %s"
                " ORDER BY length(parent_path) DESC",
                ids,
            )
        )
        rows = cr.dictfetchall()
        low_risk = not taken[0] and bool(taken[2])
        verdict = available(list(map(self._row_terms, rows)), step.day, low_risk)
        if verdict.obstacle and verdict.obstacle != "unlimited":
            return self._refused(self._obstacle_words(verdict, rows))
        prepaid = any(row["has_limit"] and not row["limit"] for row in rows)
        decision = "block" if prepaid else "approval"
        return self._refused(self._room_words(verdict.key, rows, prepaid), decision)

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _line_words(self, key, path):
        """Which line decides: no figures, since these are secret."""
        level = next(row["level"] for row in path if row["id"] == key)
        return {
            "group": self.env._("the credit line of the group"),
            "member": self.env._("the credit line of the customer"),
            "product": self.env._("the credit line for the product"),
        }[level]

    def _obstacle_words(self, verdict, path):
        if verdict.obstacle in (None, "unlimited"):
            return None
        words = {
            "frozen": self.env._("%s is frozen. Ask the credit department."),
            "expired": self.env._("%s has expired and needs a renewal."),
            "terminated": self.env._(
                "%s is terminated. A new one has to be applied for."
            ),
            "defaulted": self.env._("%s is in default: nothing more can be drawn."),
            "early": self.env._("%s is not in force yet on that day."),
            "draft": self.env._("%s is not granted yet."),
        }
        text = words[verdict.obstacle]
        return self._sentence(text % self._line_words(verdict.key, path))

    def _room_words(self, key, path, prepaid):
        if prepaid:
            return self.env._("The customer may only pay in advance.")
        return self._sentence(
            self.env._(
                "%s has not enough room for the amount.",
                self._line_words(key, path),
            )
        )

    @api.model
    def _sentence(self, text):
        return text[:1].upper() + text[1:]

    # ------------------------------------------------------------
    # FACTORS
    # ------------------------------------------------------------

    def _quantum(self, currency_id):
        # sudo: how many decimals a currency has is no secret
        places = self.env["res.currency"].sudo().browse(currency_id).decimal_places
        return Decimal(1).scaleb(-places)

    def _ccf(self, step, leaf):
        product_id = step.product_id or leaf["product_id"]
        product = self.env["credit.product"].browse(product_id or [])
        return Decimal(str(product._factor_on(step.day))) if product else Decimal(100)

    def _rate(self, step, leaf):
        """What one unit of the document's currency is worth on the lines."""
        if step.currency_id == leaf["currency_id"]:
            return Decimal(1)
        there = self._rate_of(leaf["currency_id"], step)
        here = self._rate_of(step.currency_id, step)
        return round(there / here, 12)

    def _rate_of(self, currency_id, step):
        """Units of a currency for one of the company's, on the day of the step."""
        currency = self.env["res.currency"].browse(currency_id)
        company = self.env["res.company"].browse(step.company_id).root_id
        if currency == company.currency_id:
            return Decimal(1)
        oldest = self.env["credit.parameter"]._value("rate_max_age", company, step.day)
        rate = self.env["res.currency.rate"].search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, company.id)),
                ("name", "<=", step.day),
            ],
            order="name desc",
            limit=1,
        )
        if not rate or (step.day - rate.name).days > oldest:
            raise UserError(
                self.env._(
                    "There is no exchange rate of %(currency)s for %(day)s. Enter it "
                    "under Currencies first.",
                    currency=currency.name,
                    day=format_date(self.env, step.day),
                )
            )
        return Decimal(str(rate.rate))
