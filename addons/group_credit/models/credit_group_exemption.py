from odoo import api, fields, models
from odoo.fields import Domain


class CreditGroup(models.Model):
    """An exempt group stays identified: what its exemption rests on is examined anew
    whenever one of the facts moves."""

    # one model, in files of a readable size
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "credit.group"

    @api.model
    def _flag_texts(self):
        return super()._flag_texts() | {
            "dealings": self.env._(
                "Confirmed dealings of members are not at arm's length, on which the "
                "exemption rests."
            ),
            "borrowers": self.env._(
                "More than one member has credit or applies for it; the exemption "
                "rests on there being one."
            ),
        }

    def _reevaluate_exemptions(self, applicants=None):
        """Propose to end the exemptions that the facts no longer bear out.

        Called with ``applicants`` for each new application, and when dealings among
        members turn out not to be at arm's length.

        :return: the groups with a new proposal
        """
        touched = self.browse()
        # sudo: the program proposes, people decide
        groups = self.sudo()
        Change = groups.env["credit.group.change"]
        for group in groups.filtered(lambda g: g.state == "exempt"):
            flag, facts = group._exemption_broken(applicants)
            if flag:
                touched |= Change._propose_exemption(group, flag, facts).group_id
        return touched.with_env(self.env)

    def _exemption_broken(self, applicants):
        """The flag and the ids of what speaks against the exemption, or nothing."""
        members = self._members_on().partner_id
        if self.exempt_reason == "single_borrower":
            applying = applicants or members.browse()
            borrowers = self._borrowers(members) | (applying & members)
            return ("borrowers", borrowers.ids) if len(borrowers) > 1 else ("", [])
        day = fields.Date.context_today(self)
        dealings = self.env["credit.relation"].search(
            self.env["credit.graph"]._fact_domain(self.company_id or self.env.company)
            & Domain("kind", "=", "dealing")
            & (
                Domain("holder_id", "in", members.ids)
                | Domain("held_id", "in", members.ids)
            )
        )
        dealings = dealings.filtered(lambda r: r._holds_on(day))
        return ("dealings", dealings.ids) if dealings else ("", [])

    def _borrowers(self, members):
        """Those of ``members`` that have credit."""
        return members.browse()
