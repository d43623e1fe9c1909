from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.signal import RANK, growth, level


class CreditWarningDetector(models.AbstractModel):
    """Finds signals in what the addon knows. Each method returns what one rule found:
    ``group`` and ``partner`` (either may be empty), ``level``, ``basis`` (what it rests
    on: the same basis does not ring twice) and ``note`` in words.
    """

    _name = "credit.warning.detector"
    _description = "Detector of Early Warnings"

    @api.model
    def _find(self, rule, company):
        found = getattr(self, f"_find_{rule.detector}")(rule, company)
        return [signal for signal in found if signal["level"]]

    # Statements

    @api.model
    def _statements(self, company):
        """The latest annual statement of each client and group."""
        rows = self.env["credit.statement"].search(
            Domain("company_id", "child_of", company.id)
            & Domain("period", "=", "year")
            & Domain("date_to", "<=", fields.Date.context_today(self)),
            order="date_to desc, id desc",
        )
        latest = rows.browse()
        seen = set()
        for row in rows:
            key = row.partner_id.id, row.group_id.id
            if key not in seen:
                seen.add(key)
                latest += row
        groups = self._groups_of(latest.partner_id, company)
        for row in latest:
            yield row, row.group_id or groups.get(row.partner_id, row.group_id)

    @api.model
    def _groups_of(self, partners, company):
        """The control group of each partner."""
        Member = self.env["credit.group.member"]
        members = Member.search(
            Member._current_domain()
            & Domain("partner_id", "in", partners.ids)
            & Domain("kind", "=", "ownership")
            & Domain("group_id.state", "!=", "dissolved")
            & Domain("company_id", "child_of", company.id)
        )
        return {member.partner_id: member.group_id for member in members}

    def _from_statement(self, statement, group, loud, note):
        return {
            "group": group,
            "partner": statement.partner_id,
            "level": loud,
            "basis": f"credit.statement,{statement.id}",
            "note": f"{statement.display_name}: {note}",
        }

    def _find_figure(self, rule, company):
        for statement, group in self._statements(company):
            value = statement._figures().get(rule.figure_id.code)
            loud = level(value, rule._bands(), falling=rule.falling)
            text = loud and rule.figure_id._format(value, rule.figure_id.unit)
            note = f"{rule.figure_id.name} {text}"
            yield self._from_statement(statement, group, loud, note)

    def _find_growth(self, rule, company):
        code = rule.figure_id.code
        for statement, group in self._statements(company):
            before = statement.previous_id
            value = growth(
                statement._figures().get(code),
                before._figures().get(code) if before else None,
            )
            loud = level(value, rule._bands(), falling=rule.falling, inclusive=True)
            note = loud and f"{rule.figure_id.name} {value:+.1f} %"
            yield self._from_statement(statement, group, loud, note)

    def _find_negative(self, rule, company):
        code = rule.figure_id.code
        longest = max(int(float(text)) for text in rule._bands().values())
        for statement, group in self._statements(company):
            row, count = statement, 0
            while row and count < longest:
                value = row._figures().get(code)
                if value is None or value >= 0:
                    break
                row, count = row.previous_id, count + 1
            loud = level(count, rule._bands(), inclusive=True)
            note = self.env._(
                "%(figure)s below zero, periods in a row: %(count)s",
                figure=rule.figure_id.name,
                count=count,
            )
            yield self._from_statement(statement, group, loud, note)

    def _find_growth_gap(self, rule, company):
        for statement, group in self._statements(company):
            before = statement.previous_id
            if not before:
                continue
            now, then = statement._figures(), before._figures()
            grown = {
                code: growth(now.get(code), then.get(code))
                for code in ("revenue", "receivables", "inventory")
            }
            revenue = grown.pop("revenue")
            ahead = [g - revenue for g in grown.values() if None not in (g, revenue)]
            gap = max(ahead, default=None)
            loud = level(gap, rule._bands())
            note = loud and self.env._(
                "receivables or stock grew %(gap)s percentage points faster than "
                "revenue",
                gap=f"{gap:.1f}",
            )
            yield self._from_statement(statement, group, loud, note)

    def _find_audit(self, rule, company):
        texts = dict(
            self.env["credit.statement"]
            ._fields["audit"]
            ._description_selection(self.env)
        )
        for statement, group in self._statements(company):
            bad = statement.audit not in ("none", "clean")
            note = texts[statement.audit]
            yield self._from_statement(statement, group, bad and rule.level, note)

    # Groups

    def _find_ring(self, rule, company):
        rings = self.env["credit.guarantee.ring"].search(
            [("company_id", "=", company.id)]
        )
        for ring in rings:
            for group in ring.group_ids or [self.env["credit.group"]]:
                yield {
                    "group": group,
                    "partner": ring.partner_ids.browse()
                    if group
                    else ring.partner_ids[:1],
                    "level": level(ring.size, rule._bands(), inclusive=True),
                    "basis": f"ring {sorted(ring.partner_ids.ids)}",
                    "note": self.env._(
                        "Firms that vouch for one another: %(circle)s",
                        circle=ring.name,
                    ),
                }

    def _find_change(self, rule, company):
        changes = self.env["credit.group.change"].search(
            Domain("company_id", "child_of", company.id)
            & Domain("state", "in", ("proposed", "submitted"))
            & Domain("group_id.state", "in", ("confirmed", "exempt"))
            & Domain("line_ids", "!=", False)
        )
        for group, rows in changes.grouped("group_id").items():
            yield {
                "group": group,
                "partner": self.env["res.partner"],
                "level": rule.level,
                "basis": f"credit.group.change,{max(rows.ids)}",
                "note": self.env._(
                    "Members to decide about: %(names)s",
                    names=", ".join(rows.line_ids.partner_id.mapped("name")),
                ),
            }

    def _find_contagion(self, rule, company):
        """A confirmed contagious signal of a member warns its whole group."""
        warnings = self.env["credit.warning"].search(
            Domain("company_id", "child_of", company.id)
            & Domain("state", "in", ("confirmed", "handling"))
            & Domain("rule_id.contagious", "=", True)
            & Domain("rule_id", "!=", rule.id)
            & Domain("partner_id", "!=", False)
            & Domain("group_id", "!=", False)
        )
        for group, rows in warnings.grouped("group_id").items():
            worst = max(rows, key=lambda row: RANK[row.level])
            yield {
                "group": group,
                "partner": self.env["res.partner"],
                "level": rule._at_least(worst.level),
                "basis": f"credit.warning,{sorted(rows.ids)}",
                "note": self.env._(
                    "Confirmed of members: %(names)s",
                    names=", ".join(rows.mapped("display_name")),
                ),
            }
