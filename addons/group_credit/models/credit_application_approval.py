import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import concentration
from ..engine.concentration import exact
from .res_partner_rating import RATINGS

RANK = {rating: rank for rank, (rating, _label) in enumerate(RATINGS)}


class CreditApplication(models.Model):
    """What the rules say about an application, and its way through the approval."""

    # One subject a file.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.application"

    theory_ids = fields.One2many("credit.application.theory", "application_id")
    theory_limit = fields.Monetary(
        "Theoretical Limit of the Group", compute="_compute_theory_limit"
    )
    theory_known = fields.Boolean(compute="_compute_theory_limit")
    capital_id = fields.Many2one("credit.capital", compute="_compute_capital")
    capital_pct = fields.Float(
        "% of Net Capital", digits=(7, 4), compute="_compute_capital"
    )
    hard_limit = fields.Monetary(
        "Limit of One Group",
        compute="_compute_capital",
        help="Share of the net capital that one group may take.",
    )

    @api.depends("theory_ids.result", "theory_ids.known", "theory_ids.partner_id")
    def _compute_theory_limit(self):
        for application in self:
            limit = application._theory(self.env["res.partner"])
            application.theory_known = limit is not None
            application.theory_limit = limit or 0.0

    @api.depends("group_exposure", "date_start", "company_id")
    def _compute_capital(self):
        for application in self:
            company = application.company_id or self.env.company
            capital = self.env["credit.capital"]._in_force(company)
            limit = application._hard_limit(capital)
            net = capital and application._from_capital(
                capital, capital._bases()["net"]
            )
            application.capital_id = capital
            application.hard_limit = limit or 0.0
            application.capital_pct = (
                application.group_exposure * 100 / net if net else 0.0
            )

    def _from_capital(self, capital, amount):
        """``amount`` of the base in the currency of the application."""
        if amount is None:
            return None
        # sudo: the currency of head office is no secret
        currency = capital.sudo().currency_id
        return currency._convert(
            float(amount),
            self.currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )

    def _hard_limit(self, capital):
        """What one group may take at most; None as long as capital is unknown."""
        net = capital._bases()["net"] if capital else None
        if net is None:
            return None
        percent = exact(self._parameter("group_limit_pct"))
        return self._from_capital(capital, net * percent / concentration.HUNDRED)

    def _theory(self, partner):
        """The theoretical limit of a member, or of the group; None if unknown."""
        return self.theory_ids.filtered(lambda t: t.partner_id == partner)._limit()

    def action_recompute_theory(self):
        """Take the figures of the statements as they are now."""
        self.theory_ids.check_access("write")
        self.theory_ids._check_stage()
        self.theory_ids._calculate()

    # What the rules ask for

    def _unmet_terms(self):
        """What the rules object to: nothing of it can be approved away."""
        return [
            *self._unmet_capital(),
            *self._unmet_allocation(),
            *self._unmet_theory(),
            *self._unmet_rating(),
        ]

    def _unmet_capital(self):
        limit = self._hard_limit(self.capital_id)
        if limit is None:
            return [
                self.env._(
                    "The capital base is unknown: have it entered and put in force "
                    "under Configuration / Capital Base."
                )
            ]
        if self._compare(self.group_exposure, limit) > 0:
            return [
                self.env._(
                    "The group would owe %(amount)s, above the %(limit)s that one "
                    "group may take (%(percent)s %% of net capital). Reduce the "
                    "limits, or share the credit with other institutions.",
                    amount=self._format(self.group_exposure),
                    limit=self._format(limit),
                    percent=f"{self._parameter('group_limit_pct'):g}",
                )
            ]
        return []

    def _unmet_allocation(self):
        """I1 and I2: each member within the group; dedicated ones together."""
        missing = []
        for name, total in (("limit", "group_limit"), ("net_limit", "group_net_limit")):
            members = self._kept_lines(name) | self.line_ids._member_totals(name)
            label = self._fields[total]._description_string(self.env)
            for partner, amount in members.items():
                if self._compare(amount, self[total]) > 0:
                    missing.append(
                        self.env._(
                            "%(label)s: %(partner)s alone takes %(amount)s of "
                            "%(total)s.",
                            label=label,
                            partner=partner.display_name,
                            amount=self._format(amount),
                            total=self._format(self[total]),
                        )
                    )
            if (
                self.allocation == "dedicated"
                and self._compare(sum(members.values()), self[total]) > 0
            ):
                missing.append(
                    self.env._(
                        "%(label)s: the members together take %(amount)s of %(total)s.",
                        label=label,
                        amount=self._format(sum(members.values())),
                        total=self._format(self[total]),
                    )
                )
        return missing

    def _unmet_theory(self):
        """I5: no line above the theoretical limit, and none where that is unknown."""
        scope = self._parameter("theory_scope")
        if scope == "none" or self.kind == "decrease":
            return []
        asked = [(self.env["res.partner"], self.group_id.name, self.group_net_limit)]
        if scope == "all":
            totals = self.line_ids._member_totals("net_limit")
            asked += [(p, p.display_name, amount) for p, amount in totals.items()]
        missing = []
        for partner, name, amount in asked:
            limit = self._theory(partner)
            if limit is None and amount:
                missing.append(
                    self.env._(
                        "The theoretical limit of %s is unknown: compute it, and enter "
                        "the figures that are missing.",
                        name,
                    )
                )
            elif limit is not None and self._compare(amount, limit) > 0:
                missing.append(
                    self.env._(
                        "%(name)s would get %(amount)s, above its theoretical limit of "
                        "%(limit)s.",
                        name=name,
                        amount=self._format(amount),
                        limit=self._format(limit),
                    )
                )
        return missing

    def _unmet_rating(self):
        """I11: incremental credit takes at least a rating."""
        least = self._parameter("incremental_min_rating")
        weak = self.line_ids.filtered(
            lambda line: (
                line.is_incremental
                and line.net_limit
                and RANK.get(line.rating, len(RANK)) > RANK[least]
            )
        )
        return [
            self.env._(
                "%(partner)s is rated %(rating)s: incremental credit takes at least "
                "%(least)s.",
                partner=partner.display_name,
                rating=dict(RATINGS).get(rows[:1].rating) or self.env._("not at all"),
                least=dict(RATINGS)[least],
            )
            for partner, rows in weak.grouped("partner_id").items()
        ]

    # Approval

    @api.depends("stage")
    def _compute_approval_can(self):
        result = super()._compute_approval_can()
        for application in self:
            application.approval_can_submit &= application.stage == "deliberation"
        return result

    def approval_submit(self):
        """Override: an application is put to the vote after its deliberation."""
        result = super().approval_submit()
        for application in self:
            # sudo: what the approvers decide about is fixed when they are asked
            application.sudo().write(application._snapshot_vals())
            application._enter("approval")
        return result

    def _approval_before_submit(self):
        if self.state != "open" or self.stage != "deliberation":
            raise UserError(
                self.env._(
                    "%s is put to the vote after investigation, review and "
                    "deliberation.",
                    self.display_name,
                )
            )
        self.theory_ids._calculate()
        self._compute_group_exposure()
        if unmet := self._unmet():
            raise UserError(
                self.env._(
                    "%(application)s cannot be put to the vote yet:\n%(unmet)s",
                    application=self.display_name,
                    unmet="\n".join(f"- {line}" for line in unmet),
                )
            )

    def _approval_approved(self, request):
        before = self.snapshot or {}
        if before.get("group", {}).get("version") != self.group_id.version:
            raise UserError(
                self.env._(
                    "The members of %s have changed since the vote was called. "
                    "Withdraw the request, look at the group and submit again.",
                    self.group_id.name,
                )
            )
        if unmet := self._unmet_capital():
            raise UserError("\n".join(unmet))
        self.write({**self._snapshot_vals()})
        self._enter("signing")
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.with_context(lang=self.investigator_id.lang).env._(
                "Sign the contract and register it"
            ),
            user_id=self.investigator_id.id,
        )

    def _approval_refused(self, request):
        self._close("refused", self.env._("Refused by the approvers."))

    def _approval_returned(self, request):
        self._return()

    def _snapshot_vals(self):
        """What the decision rests on, frozen; a fingerprint shows any later change."""
        snapshot = self._snapshot()
        text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False)
        return {
            "snapshot": snapshot,
            "snapshot_hash": hashlib.sha256(text.encode()).hexdigest(),
        }
