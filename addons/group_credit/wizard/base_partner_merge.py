from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of base: two partners in one must not hold themselves, count twice,
        or stand in two groups."""
        both = src_partners | dst_partner
        self._merge_credit_members(src_partners, dst_partner, both)
        self._merge_credit_facts(both, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        Todo = self.env["credit.identification.todo"]
        Todo._add(dst_partner, self.env["res.company"])
        return result

    def _merge_credit_members(self, src_partners, dst_partner, both):
        # sudo: whoever merges contacts need not see groups, and must not break them
        Member = self.env["credit.group.member"].sudo()
        members = Member.search(
            Domain("partner_id", "in", both.ids) & Domain("date_out", "=", False)
        )
        control = members.filtered(
            lambda m: (
                m.kind == "ownership" and m.group_id.state in ("confirmed", "exempt")
            )
        )
        for company in control.company_id:
            groups = control.filtered(lambda m, c=company: m.company_id == c).group_id
            if len(groups) > 1:
                raise UserError(
                    self.env._(
                        "%(names)s belong to different control groups and cannot be "
                        "merged. Ask Group Credit to end one of the memberships first.",
                        names=", ".join(both.mapped("name")),
                    )
                )
        for _group, rows in members.grouped("group_id").items():
            keep = rows.filtered(lambda m: m.partner_id == dst_partner) or rows[:1]
            (rows - keep).date_out = fields.Date.context_today(self)

    def _merge_credit_facts(self, both, dst_partner):
        """Revoke what would link the partner with itself, and what would be said
        twice."""
        for name in ("credit.relation", "credit.kinship"):
            # sudo: as above
            Fact = self.env[name].sudo().with_context(active_test=False)
            named = Domain.OR([(n, "in", both.ids)] for n in Fact._party_fields)
            seen = set()
            for fact in Fact.search(
                named & Domain("state", "!=", "revoked"), order="state, id desc"
            ):
                parties = [
                    dst_partner.id if fact[n] in both else fact[n].id
                    for n in Fact._party_fields
                ]
                key = (*parties, fact.kind, fact.company_id.id)
                if parties[0] == parties[1] or (
                    key in seen and fact._holds_on(fields.Date.context_today(self))
                ):
                    fact.state = "revoked"
                    fact.message_post(
                        body=self.env._("Revoked because its partners were merged.")
                    )
                seen.add(key)
