import logging
import secrets
from contextlib import contextmanager
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.group_credit.models.credit_line_booking import Step as Booking
from odoo.addons.group_credit.models.credit_line_check import LineRefused

from ..engine.exposure import Use, steps, target

_logger = logging.getLogger(__name__)

MODEL = "credit.account"


class CreditAccount(models.AbstractModel):
    """The account of a legal entity in a company, kept in line with the ledger.

    What orders and entries say is compared with what the ledger says, and the
    difference is booked: so every way in which the one changes leads to the other.
    The document in the ledger is ``credit.account``, ``<partner>-<line>``.
    """

    _name = "credit.account"
    _description = "Use of Credit Lines by Sales"

    # ------------------------------------------------------------
    # WHAT STANDS WHERE
    # ------------------------------------------------------------

    @api.model
    def _managed(self, partners, company):
        """Those of the legal entities whose credit is managed: they have a line."""
        rows = (
            self.env["credit.line"]
            # sudo: that a customer has a line is all that is taken from it
            .sudo()
            ._read_group(
                Domain("partner_id", "in", partners.ids)
                & Domain("state", "!=", "draft")
                & Domain("company_id", "in", [False, company.id]),
                ["partner_id"],
            )
        )
        return partners.browse(sorted(partner.id for (partner,) in rows))

    @api.model
    def _positions(self, partner, company):
        """Line id -> :class:`Use` in the ledger."""
        self.env["credit.usage"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT origin_id, sum(doc_drawn)::text, sum(doc_reserved)::text"
                " FROM credit_usage WHERE origin_model = %s AND origin_id LIKE %s"
                " AND company_id = %s GROUP BY origin_id",
                MODEL,
                f"{partner.id}-%",
                company.id,
            )
        )
        return {
            int(origin.split("-")[1]): Use(Decimal(drawn), Decimal(reserved))
            for origin, drawn, reserved in rows
        }

    @api.model
    def _target(self, partner, company, more=0.0):
        """What the documents of the customer say, in the currency of the company;
        ``more`` as if that were ordered as well."""
        # sudo: the sum of what a customer owes, whoever looks after which order
        lines = self.env["account.move.line"].sudo()
        ((balance,),) = lines._read_group(
            Domain("partner_id", "=", partner.id)
            & Domain("company_id", "=", company.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False),
            [],
            ["amount_residual:sum"],
        )
        # sudo: as above
        orders = self.env["sale.order"].sudo()
        ((agreed,),) = orders._read_group(
            Domain("credit_partner_id", "=", partner.id)
            & Domain("company_id", "=", company.id)
            & Domain("credit_open", ">", 0),
            [],
            ["credit_open:sum"],
        )
        if company.credit_count_drafts:
            agreed += self._drafts(partner, company)
        return target(
            self._exact(balance, company), self._exact(agreed + more, company)
        )

    @api.model
    def _drafts(self, partner, company):
        """Draft invoices that come from no order (those of orders count there)."""
        # sudo: as above
        moves = self.env["account.move"].sudo()
        ((total,),) = moves._read_group(
            Domain("commercial_partner_id", "=", partner.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "draft")
            & Domain("move_type", "=", "out_invoice")
            & Domain("invoice_line_ids.sale_line_ids", "=", False),
            [],
            ["amount_total_signed:sum"],
        )
        return total

    @api.model
    def _exact(self, amount, company):
        places = company.currency_id.decimal_places
        return Decimal(str(round(amount or 0.0, places)))

    @api.model
    def _path(self, partner, company):
        """The lines that a use counts on now, most specific first; empty if refused."""
        # sudo: which line it is stays inside
        lines = self.env["credit.line"].sudo().with_company(company)
        booking = Booking(
            kind="check",
            origin_model="",
            origin_id="",
            component="",
            amount=None,
            partner_id=partner.id,
            company_id=company.id,
        )
        try:
            return lines._find_path(self.env.cr, booking, None)
        except LineRefused:
            return []

    # ------------------------------------------------------------
    # BOOKING
    # ------------------------------------------------------------

    @api.model
    def _open(self, partners, company):
        """Book what customers owe already before they owe more: it happened anyhow."""
        for partner in self._managed(partners, company):
            if not self._positions(partner, company):
                self._sync(partner, company, guarded=False)

    @api.model
    def _sync_all(self, partners, company, **how):
        for partner in self._managed(partners, company):
            self._sync(partner, company, **how)

    @api.model
    def _sync(self, partner, company, guarded=True, allowance=0.0, name=""):
        """Bring the ledger to what the documents say; returns whether it moved.

        :param guarded: refuse growth for which there is no room
        :param allowance: how far beyond the limits an approved override lets it go, in
            the currency of the company
        """
        self._unmark(partner, company)
        path = self._path(partner, company)
        positions = self._positions(partner, company)
        line_id = path[0]["id"] if path else max(positions, default=0)
        if not line_id:
            return False
        moved = False
        stale = [key for key in positions if key != line_id and positions[key].total]
        for other in stale:
            # the customer has another line now: what is out moves there
            moved |= self._book(partner, company, other, positions[other], Use(), name)
        before = positions.get(line_id, Use())
        after = self._target(partner, company)
        if stale:
            guarded = False
        if guarded and allowance and path:
            allowance = self._in_line_currency(path[0], company, allowance)
        return moved | self._book(
            partner, company, line_id, before, after, name, guarded, allowance
        )

    @api.model
    def _in_line_currency(self, row, company, amount):
        currency = self.env["res.currency"].browse(row["currency_id"])
        return company.currency_id._convert(amount, currency, company)

    @api.model
    def _book(
        self, partner, company, line_id, before, after, name, guarded=False, allowance=0
    ):
        # sudo: whoever sells books, and sees nothing of the lines
        lines = self.env["credit.line"].sudo().with_company(company)
        wanted = steps(before, after)
        for step in wanted:
            lines._book_step(
                step.kind,
                partner_id=partner.id,
                amount=step.amount,
                currency_id=company.currency_id.id,
                origin_model=MODEL,
                origin_id=f"{partner.id}-{line_id}",
                component=secrets.token_hex(8),
                origin_name=name or partner.name,
                guarded=guarded and step.guarded,
                allowance=allowance if step.guarded else 0,
            )
        return bool(wanted)

    @api.model
    @contextmanager
    def _guarding(self, accounts):
        """Within, the accounts wait for whoever changes them: a flush on the way must
        not book unasked what is about to be refused."""
        held = self.env.cr.precommit.data.setdefault("credit.held", set())
        mine = {(partner.id, company.id) for partner, company in accounts} - held
        held |= mine
        try:
            for partner, company in sorted(accounts, key=lambda pair: pair[0].id):
                self._open(partner, company)
            yield
        finally:
            held -= mine

    # ------------------------------------------------------------
    # WHAT NOBODY ASKED ABOUT
    # ------------------------------------------------------------

    @api.model
    def _mark(self, partner, company):
        """Look at the account before the transaction ends, unless it is booked until
        then: a delivery or a rate has changed it, and that is not refused."""
        key = partner.id, company.id
        if key in self.env.cr.precommit.data.get("credit.held", ()):
            return
        marked = self.env.cr.precommit.data.setdefault("credit.accounts", {})
        if not marked:
            self.env.cr.precommit.add(self._sync_marked)
        marked[key] = True

    @api.model
    def _unmark(self, partner, company):
        marked = self.env.cr.precommit.data.get("credit.accounts", {})
        if (partner.id, company.id) in marked:
            marked[partner.id, company.id] = False

    @api.model
    def _sync_marked(self):
        marked = self.env.cr.precommit.data.pop("credit.accounts", {})
        for (partner_id, company_id), open_ in sorted(marked.items()):
            if open_:
                partner = self.env["res.partner"].browse(partner_id)
                company = self.env["res.company"].browse(company_id)
                self._sync_safely(partner, company)

    @api.model
    def _sync_safely(self, partner, company):
        """As it is, without a refusal; what cannot be booked waits for the night."""
        try:
            with self.env.cr.savepoint():
                self._sync_all(partner, company, guarded=False)
        except UserError as error:
            _logger.info("Credit account of %s waits: %s", partner.id, error)

    @api.model
    def _cron_sync(self):
        """Every managed customer of every company: the opening ledger of those whose
        line is new, and whatever else was missed. One customer at a time."""
        for company in self.env["res.company"].search([("parent_id", "=", False)]):
            rows = (
                self.env["credit.line"]
                # sudo: the job of the system
                .sudo()
                ._read_group(
                    Domain("partner_id", "!=", False)
                    & Domain("state", "!=", "draft")
                    & Domain("company_id", "in", [False, company.id]),
                    ["partner_id"],
                )
            )
            progress = self.env["ir.cron"]._commit_progress
            progress(remaining=len(rows))
            for (partner,) in rows:
                self._sync_safely(partner.sudo(False), company)
                if not progress(1):
                    return
