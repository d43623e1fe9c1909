from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import concentration
from ..engine.concentration import Position, exact

# Groups that are one risk by the rules; pools of persons answer in other ways.
KINDS = ("ownership", "dependence", "supply_chain")
BANDS = ("yellow", "orange", "red")


class CreditScreening(models.Model):
    """What a group or client takes of the capital on a day, against each rule.

    A day is screened as often as asked; its rows are then replaced. Rows of earlier
    days stay, so that the course can be seen.
    """

    _name = "credit.screening"
    _description = "Concentration"
    _order = "date desc, pct desc, id"
    _rec_name = "rule"

    date = fields.Date(required=True, readonly=True)
    latest = fields.Boolean(readonly=True)
    rule = fields.Selection(
        [
            ("group_limit_pct", "Group: Net Exposure to Net Capital"),
            ("large_group_limit_pct", "Group: Regulatory Exposure to Tier 1"),
            ("large_exposure_pct", "Group: Large Exposure"),
            ("single_loan_pct", "Client: Loans to Net Capital"),
            ("single_exposure_pct", "Client: Regulatory Exposure to Tier 1"),
            ("dependence_check_pct", "Client: Dependence to Be Examined"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    group_id = fields.Many2one(
        "credit.group",
        string="Group Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: the group as a whole.",
    )
    amount = fields.Monetary(readonly=True)
    base_amount = fields.Monetary("Capital Base", readonly=True)
    pct = fields.Float("% of Capital", digits=(9, 4), readonly=True, aggregator="max")
    limit_pct = fields.Float("Limit %", digits=(9, 4), readonly=True, aggregator=None)
    limit_amount = fields.Monetary("Limit", readonly=True, aggregator=None)
    headroom = fields.Monetary(readonly=True, aggregator=None)
    status = fields.Selection(
        [
            ("breach", "Above the Limit"),
            ("red", "Red"),
            ("orange", "Orange"),
            ("yellow", "Yellow"),
            ("report", "Large Exposure"),
            ("review", "To Examine"),
            ("unknown", "Unknown"),
            ("ok", "In Order"),
        ],
        required=True,
        readonly=True,
        group_expand=True,
    )
    capital_id = fields.Many2one("credit.capital", readonly=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )

    # Serves the board, which shows the last screening alone.
    _latest_idx = models.Index("(company_id) WHERE latest")
    # Serves the replacement of a day.
    _day_idx = models.Index("(company_id, date)")

    @api.model
    def action_screen(self):
        """Screen the user's companies as of today."""
        self.env["credit.group"].check_access("write")
        for company in self.env.companies.root_id:
            self._screen(company)
        return {
            "type": "ir.actions.client",
            "tag": "soft_reload",
        }

    @api.model
    def _cron_screen(self):
        # sudo: every company is screened, whoever runs the job
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        for company in companies:
            self._screen(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _screen(self, company, day=None):
        """Replace the rows of ``day`` (today), and return them."""
        day = fields.Date.to_date(day) or fields.Date.context_today(self)
        # sudo: findings are written by the computation alone, for all who read them
        self = self.sudo()
        self.search(
            Domain("company_id", "=", company.id) & Domain("date", "=", day)
        ).unlink()
        rows = self.create(self._findings(company, day))
        last = self.search(
            Domain("company_id", "=", company.id), order="date desc", limit=1
        ).date
        stale = self.search(
            Domain("company_id", "=", company.id)
            & Domain("latest", "=", True)
            & Domain("date", "!=", last)
        )
        stale.latest = False
        rows.filtered(lambda row: row.date == last).latest = True
        return rows

    @api.model
    def _findings(self, company, day):
        """Values of the rows of one company."""
        capital = self.env["credit.capital"]._in_force(company, day)
        bases = capital._bases() if capital else {}
        percents, bands = self._percents(company, day)
        positions = self._positions(company, day)
        groups = self._groups(company, day)
        of_partner = {
            partner: group for group, members in groups.items() for partner in members
        }
        found = []
        for group, members in groups.items():
            held = [p for partner in members for p in positions.get(partner, ())]
            found += [
                (group, finding)
                for finding in concentration.screen(
                    held, bases, percents["group"], bands
                )
                if finding.amount
            ]
        everybody = [p for held in positions.values() for p in held]
        found += [
            (of_partner.get(finding.party), finding)
            for finding in concentration.screen(
                everybody, bases, percents["single"], bands
            )
            if finding.amount
        ]
        return [
            {
                **self._row(group, finding),
                "limit_pct": percents["all"][finding.code],
                "date": day,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "capital_id": capital.id,
            }
            for group, finding in found
        ]

    @api.model
    def _row(self, group, finding):
        limit = finding.limit
        return {
            "rule": finding.code,
            "group_id": group,
            "partner_id": finding.party,
            "amount": finding.amount,
            "base_amount": finding.base,
            "pct": finding.ratio,
            "limit_amount": limit,
            "headroom": None if limit is None else limit - finding.amount,
            "status": finding.status,
        }

    @api.model
    def _percents(self, company, day):
        """The rules in force by scope, and the levels of warning; zero switches off."""
        value = self.env["credit.parameter"]._value
        known = {code: exact(value(code, company, day)) for code in concentration.RULES}
        percents = {"all": known, "group": {}, "single": {}}
        for code, (_base, _what, scope, _excess) in concentration.RULES.items():
            if known[code]:
                percents[scope][code] = known[code]
        bands = {
            level: exact(value(f"concentration_{level}_pct", company, day))
            for level in BANDS
        }
        return percents, bands

    @api.model
    def _groups(self, company, day):
        """Ids of confirmed groups, with the ids of who was a member on ``day``."""
        Member = self.env["credit.group.member"]
        rows = Member._read_group(
            Member._current_domain(day)
            & Domain("group_id.state", "=", "confirmed")
            & Domain("group_id.kind", "in", KINDS)
            & (
                Domain("company_id", "=", False)
                | Domain("company_id", "child_of", company.id)
            ),
            ["group_id"],
            ["partner_id:array_agg"],
        )
        return {group.id: partners for group, partners in rows}

    @api.model
    def _positions(self, company, day):
        """What each client owes on ``day``, by product, in the company's currency."""
        rows = self.env["credit.usage"]._read_group(
            Domain("date", "<=", day)
            # who joins or leaves a group owes what it owed before
            & Domain("kind", "!=", "transfer")
            & Domain("partner_id", "!=", False)
            & (
                Domain("company_id", "=", False)
                | Domain("company_id", "child_of", company.id)
            ),
            ["partner_id", "product_id", "root_id"],
            ["used:sum", "used_low:sum", "used_net:sum", "regulatory:sum"],
        )
        positions = defaultdict(list)
        for partner, product, root, used, low, net, regulatory in rows:
            gross, net, regulatory = (
                exact(root.currency_id._convert(x, company.currency_id, company, day))
                for x in (used + low, net, regulatory)
            )
            if gross:
                positions[partner.id].append(
                    Position(
                        partner.id,
                        gross,
                        margin=gross - net,
                        loan=product.is_loan,
                        counted=regulatory,
                    )
                )
        return positions
