from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

# Each finds what several companies share, in one pass over the table.
SHARED = {
    "address": """
        SELECT lower(regexp_replace(concat(city, street), '\\s', '', 'g')) AS value,
               min(concat(city, ' ', street)) AS label, array_agg(id ORDER BY id) AS ids
          FROM res_partner
         WHERE %(companies)s AND length(trim(street)) >= 4
      GROUP BY 1""",
    "phone": """
        SELECT regexp_replace(phone, '\\D', '', 'g') AS value,
               min(phone) AS label, array_agg(id ORDER BY id) AS ids
          FROM res_partner
         WHERE %(companies)s AND length(regexp_replace(phone, '\\D', '', 'g')) >= 7
      GROUP BY 1""",
    "people": """
        SELECT person::text AS value, NULL AS label, array_agg(DISTINCT id) AS ids
          FROM (SELECT id, credit_legal_rep_id AS person FROM res_partner
                 WHERE %(companies)s AND credit_legal_rep_id IS NOT NULL
                 UNION
                SELECT post.company_id, post.person_id
                  FROM credit_key_manager_rel AS post
                  JOIN res_partner ON res_partner.id = post.company_id
                 WHERE %(companies)s) AS posts
      GROUP BY 1""",
}


class CreditSuggestion(models.Model):
    """What companies outside one group have in common: a hint for criterion (4)."""

    _name = "credit.suggestion"
    _description = "Suggested Related Parties"
    _inherit = ["mail.thread"]
    _order = "state desc, id desc"
    _rec_name = "value"

    kind = fields.Selection(
        [
            ("address", "Same Address"),
            ("phone", "Same Phone Number"),
            ("people", "Same Legal Representative or Key Manager"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True)
    value = fields.Char("In Common", readonly=True)
    partner_ids = fields.Many2many("res.partner", string="Companies", readonly=True)
    state = fields.Selection(
        [("new", "New"), ("accepted", "Accepted"), ("dismissed", "Dismissed")],
        default="new",
        required=True,
        readonly=True,
        tracking=True,
    )
    dismiss_reason = fields.Char(tracking=True)
    relation_ids = fields.Many2many("credit.relation", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)

    _key_uniq = models.Constraint(
        "unique (company_id, kind, key)", "This suggestion exists already."
    )

    @api.model
    def _cron_suggest(self):
        for company in self.env["credit.identification.todo"]._companies():
            self._suggest(company)

    @api.model
    def _suggest(self, company):
        """Refresh the suggestions of a company; what was dismissed comes back only when
        further companies join it."""
        self.env["res.partner"].flush_model()
        most = self.env["credit.parameter"]._value("suggestion_max", company)
        known = {
            (s.kind, s.key): s for s in self.search([("company_id", "=", company.id)])
        }
        group_of = self._group_by_partner(company)
        vals_list = []
        for kind in SHARED:
            for key, label, ids in self._shared(kind, company, most):
                if len({group_of.get(i, -i) for i in ids}) == 1:
                    continue  # one group already
                suggestion = known.get((kind, key))
                if suggestion:
                    suggestion._extend(ids)
                    continue
                vals_list.append(
                    {
                        "kind": kind,
                        "key": key,
                        "value": label,
                        "partner_ids": [Command.set(ids)],
                        "company_id": company.id,
                    }
                )
        return self.create(vals_list)

    @api.model
    def _shared(self, kind, company, most):
        companies = SQL(
            "is_company AND active AND parent_id IS NULL"
            " AND (res_partner.company_id IS NULL OR res_partner.company_id = %s)",
            company.id,
        )
        self.env.cr.execute(
            SQL(
                "SELECT value, label, ids FROM (%s) AS shared"
                " WHERE cardinality(ids) BETWEEN 2 AND %s ORDER BY value",
                SQL(SHARED[kind], companies=companies),
                most,
            )
        )
        rows = self.env.cr.fetchall()
        if kind == "people":
            people = self.env["res.partner"].browse(int(key) for key, _l, _i in rows)
            names = dict(people.mapped(lambda person: (str(person.id), person.name)))
            rows = [(key, names[key], ids) for key, _label, ids in rows]
        return rows

    @api.model
    def _group_by_partner(self, company):
        members = self.env["credit.group.member"].search(
            self.env["credit.identification"]._open_member_domain(company)
        )
        return {member.partner_id.id: member.group_id.id for member in members}

    def _extend(self, ids):
        joined = set(ids) - set(self.partner_ids.ids)
        if set(ids) == set(self.partner_ids.ids):
            return
        vals = {"partner_ids": [Command.set(ids)]}
        if joined and self.state == "dismissed":
            vals.update(state="new", dismiss_reason=False)
        self.write(vals)

    def write(self, vals):
        if not self.env.su and set(vals) - {"dismiss_reason"}:
            raise UserError(
                self.env._(
                    "A suggestion follows from the partners. Accept it, or dismiss it "
                    "with a reason."
                )
            )
        return super().write(vals)

    def action_accept(self):
        """Draft relations between the companies, for a reviewer to confirm."""
        for suggestion in self.filtered(lambda s: s.state == "new"):
            first, *others = suggestion.partner_ids
            labels = dict(self._fields["kind"]._description_selection(self.env))
            relations = self.env["credit.relation"].create(
                [
                    {
                        "holder_id": first.id,
                        "held_id": other.id,
                        "kind": "related",
                        "source": "suggestion",
                        "confidence": "low",
                        "company_id": suggestion.company_id.id,
                        "note": f"{labels[suggestion.kind]}: {suggestion.value}",
                    }
                    for other in others
                ]
            )
            # sudo: the outcome is not the officer's to write, accepting is
            suggestion.sudo().write(
                {"state": "accepted", "relation_ids": [Command.set(relations.ids)]}
            )

    def action_dismiss(self):
        self.check_access("write")
        for suggestion in self.filtered(lambda s: s.state == "new"):
            if not suggestion.dismiss_reason:
                raise UserError(
                    self.env._(
                        "Dismiss Reason: say why what %s share does not make them "
                        "related.",
                        suggestion.partner_ids[:1].display_name,
                    )
                )
            # sudo: the outcome is not the officer's to write, dismissing is
            suggestion.sudo().state = "dismissed"

    def action_view_relations(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_relation_action"
        )
        domain = Domain("id", "in", self.relation_ids.ids)
        return {**action, "domain": list(domain), "context": {}}
