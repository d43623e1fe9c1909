import logging

from psycopg2 import Error

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.signal import RANK
from .credit_warning import OPEN

_logger = logging.getLogger(__name__)


class CreditWarning(models.Model):
    _inherit = "credit.warning"

    @api.model
    def _detect_jobs(self):
        """Each rule in each company, contagion last: it reads what the others found."""
        rules = self.env["credit.warning.rule"].search([("detector", "!=", False)])
        rules = rules.sorted(lambda rule: rule.detector == "contagion")
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        return [(rule, company) for company in companies for rule in rules]

    @api.model
    def _cron_detect(self):
        """One rule of one company at a time; what is done stays done."""
        jobs = self._detect_jobs()
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(jobs))
        for rule, company in jobs:
            self.with_company(company)._detect(rule, company)
            if not progress(1):
                break

    @api.model
    def _detect_now(self):
        for rule, company in self._detect_jobs():
            self.with_company(company)._detect(rule, company)

    @api.model
    def _detect(self, rule, company):
        """Record what ``rule`` finds; a bad one does not stop the rest.

        The words are kept in the language that the company works in.
        """
        lang = self.env.context.get("lang") or company.partner_id.lang
        self = self.with_context(lang=lang or self.env.user.lang)
        try:
            with self.env.cr.savepoint():
                found = self.env["credit.warning.detector"]._find(rule, company)
                known = self._known(rule, company)
        except Exception:  # whatever one rule stumbles over, the others go on
            _logger.warning("Signal %s in %s", rule.code, company.name, exc_info=True)
            return
        for signal in found:
            key = signal["group"].id, signal["partner"].id
            try:
                with self.env.cr.savepoint():
                    self._record(rule, company, signal, known.get(key, self.browse()))
            except (UserError, Error):
                _logger.info("Signal %s of %s skipped", rule.code, key, exc_info=True)

    @api.model
    def _known(self, rule, company):
        """Signals of ``rule`` by group and client, newest first."""
        rows = self.search(
            Domain("rule_id", "=", rule.id) & Domain("company_id", "=", company.id),
            order="id desc",
        )
        return rows.grouped(lambda row: (row.group_id.id, row.partner_id.id))

    @api.model
    def _record(self, rule, company, signal, before):
        """A new signal; a louder level of the open one; nothing where the same basis
        was decided at this level before.
        """
        level, basis = signal["level"], signal["basis"]
        current = before.filtered(lambda row: row.state in OPEN)
        if current:
            if RANK[level] > RANK[current.level]:
                # sudo: the basis is not for people to write
                current.sudo().write({"level": level, "basis": basis})
                current.message_post(body=signal["note"])
            return
        decided = before.filtered(lambda row: row.basis == basis)
        if any(RANK[row.level] >= RANK[level] for row in decided):
            return
        # sudo: only the check says that a signal was found by it
        self.sudo().create(
            {
                "rule_id": rule.id,
                "group_id": signal["group"].id,
                "partner_id": signal["partner"].id,
                "level": level,
                "basis": basis,
                "note": signal["note"],
                "automatic": True,
                "company_id": company.id,
                "user_id": (signal["group"].manager_id or self.env.user).id,
            }
        )
