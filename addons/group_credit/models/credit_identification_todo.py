from odoo import api, fields, models


class CreditIdentificationTodo(models.Model):
    """Partners around whom something changed: the queue of the identification.

    Rows of their own instead of a mark on the partner: whoever enters relations never
    waits for, nor collides with, whoever edits the partner.
    """

    _name = "credit.identification.todo"
    _description = "Partner to Identify Anew"
    _order = "company_id, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    error = fields.Char(help="Why the last attempt failed; the next full run retries.")

    @api.model
    def _add(self, partners, company):
        """Queue ``partners`` for the company, or for all that keep groups."""
        if not partners:
            return
        # sudo: the queue belongs to nobody, and everybody's changes feed it
        todo = self.sudo()
        companies = company.root_id or todo._companies()
        todo.create(
            [
                {"partner_id": partner.id, "company_id": each.id}
                for each in companies
                for partner in partners
            ]
        )
        todo.env.ref("group_credit.ir_cron_identify")._trigger()

    @api.model
    def _companies(self):
        """Companies that keep groups or relations of their own."""
        known = self.env["res.company"]
        for name in ("credit.group", "credit.relation"):
            for (company,) in self.env[name]._read_group([], ["company_id"]):
                known |= company.root_id
        return known or self.env.company.root_id
