from odoo import models
from odoo.exceptions import UserError

# Entries that record what has happened are never refused.
ASKED = ("out_invoice", "out_receipt", "entry")


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Posting is what makes a claim, whoever posts; taking it back ends it."""
        if "state" not in vals:
            return super().write(vals)
        accounts = self._credit_accounts()
        with self.env["credit.account"]._guarding(accounts):
            result = super().write(vals)
            for partner, company in accounts:
                self._credit_sync(partner, company, vals["state"])
        return result

    def _credit_accounts(self):
        lines = self.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable" and line.partner_id
            )
        )
        pairs = {
            (line.partner_id.commercial_partner_id, line.company_id) for line in lines
        }
        return sorted(pairs, key=lambda pair: pair[0].id)

    def _credit_sync(self, partner, company, state):
        moves = self.filtered(
            lambda move: (
                move.company_id == company
                and partner in move.line_ids.partner_id.commercial_partner_id
            )
        )
        guarded = state == "posted" and any(
            move.move_type in ASKED
            and not move.origin_payment_id
            and not move.statement_line_id
            for move in moves
        )
        account = self.env["credit.account"]
        name = ", ".join(name for name in moves.mapped("name") if name)
        # the entries have to be read as they are now
        self.env.flush_all()
        try:
            account._sync_all(partner, company, guarded=guarded, name=name)
        except UserError as error:
            raise UserError(
                self.env["sale.order"]._credit_words(partner, name, str(error))
            ) from error
