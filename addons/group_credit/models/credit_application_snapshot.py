from odoo import fields, models
from odoo.fields import Domain

# Parameters that an approval rests on.
PARAMETERS = (
    "group_limit_pct",
    "max_validity_months",
    "incremental_min_rating",
    "theory_scope",
)


class CreditApplication(models.Model):
    """The state of the world that an approval was given on."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.application"

    def _snapshot(self):
        """Members, edges, exposures, capital, parameters and formulas as JSON."""
        self.ensure_one()
        group = self.group_id
        return {
            "taken_on": fields.Datetime.to_string(fields.Datetime.now()),
            "group": {
                "name": group.name,
                "code": group.code,
                "version": group.version,
                "controllers": group.controller_ids.mapped("name"),
            },
            "members": self._snapshot_members(),
            "edges": self._snapshot_edges(),
            "exposures": self._snapshot_exposures(),
            "capital": self._snapshot_capital(),
            "parameters": {code: self._parameter(code) for code in PARAMETERS},
            "formulas": [
                {
                    "of": theory.partner_id.name or group.name,
                    "formula": theory.formula_id.name,
                    "version": theory.formula_id.version,
                    "expression": theory.expression,
                    "inputs": theory.inputs,
                    "steps": theory.steps,
                    "result": theory.result if theory.known else None,
                }
                for theory in self.theory_ids
            ],
            "request": self._snapshot_request(),
        }

    def _snapshot_members(self):
        return [
            {
                "name": member.partner_id.name,
                "registry": member.partner_id.company_registry or "",
                "criterion": member.criterion,
                "since": fields.Date.to_string(member.date_in),
                "why": member.basis_text,
            }
            for member in self.group_id._members_on()
        ]

    def _snapshot_exposures(self):
        return [
            {
                "line": line.name,
                "level": line.level,
                "currency": line.currency_id.name,
                "limit": line.limit,
                "net_limit": line.net_limit,
                "used": line.used,
                "used_net": line.used_net,
                "reserved": line.reserved,
            }
            for line in self._group_lines()
        ]

    def _snapshot_edges(self):
        group = self.group_id
        relations = self.env["credit.relation"].search(
            Domain(group._relation_domain()) & Domain("state", "=", "confirmed")
        )
        return [
            {
                "holder": relation.holder_id.name,
                "held": relation.held_id.name,
                "kind": relation.kind,
                "equity": relation.equity_pct,
                "votes": relation.votes_pct,
            }
            for relation in relations
        ]

    def _snapshot_capital(self):
        # sudo: the figures of head office count, also for its branches
        capital = self.capital_id.sudo()
        return capital and {
            "in_force": fields.Date.to_string(capital.date_from),
            "version": capital.version,
            "net": capital.net_capital,
            "tier1": capital.tier1_capital,
            "currency": capital.currency_id.name,
            "source": capital.source,
        }

    def _snapshot_request(self):
        return {
            "kind": self.kind,
            "allocation": self.allocation,
            "from": fields.Date.to_string(self.date_start),
            "to": fields.Date.to_string(self.date_end),
            "currency": self.currency_id.name,
            "group_limit": self.group_limit,
            "group_net_limit": self.group_net_limit,
            "group_exposure": self.group_exposure,
            "percent_of_capital": round(self.capital_pct, 4),
            "lines": [
                {
                    "member": line.partner_id.name,
                    "product": line.product_id.name or "",
                    "requested": line.requested_limit,
                    "limit": line.limit,
                    "net_limit": line.net_limit,
                    "before": line.previous_limit,
                    "rating": line.rating or "",
                }
                for line in self.line_ids
            ],
        }
