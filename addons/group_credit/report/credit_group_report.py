from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine.chart import chart_svg

# What can be read on a page: width and height in pixels, and so many parties.
PAGE = (700, 820)
SHOWN = 80


class CreditGroupReport(models.AbstractModel):
    """集团客户认定表: what a group is, why, on which evidence, and who decided it."""

    _name = "report.group_credit.report_credit_group"
    _description = "Group Customer Identification Form"

    @api.model
    def _get_report_values(self, docids, data=None):
        groups = self.env["credit.group"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "credit.group",
            "docs": groups,
            "chart": self._chart,
            "evidence": self._evidence,
            "decisions": self._decisions,
            "votes": self._votes,
            "printed": self.env._(
                "Printed on %(day)s by %(user)s",
                day=format_date(self.env, fields.Date.context_today(self)),
                user=self.env.user.name,
            ),
        }

    @api.model
    def _chart(self, group):
        """The drawing, and whether it leaves somebody out."""
        drawn = self.env["credit.chart"].load(group_id=group.id)
        nodes, edges = drawn["nodes"], drawn["edges"]
        shown = nodes[:SHOWN]
        # every text in it is escaped where it is drawn
        svg = Markup(chart_svg(shown, edges, PAGE))  # noqa: S704
        return {"svg": svg, "truncated": drawn["truncated"] or len(nodes) > SHOWN}

    @api.model
    def _evidence(self, group):
        """The confirmed facts that the group rests on, and its kinship ties."""
        relations = self.env["credit.relation"].search(
            Domain(group._relation_domain()) & Domain("state", "=", "confirmed")
        )
        people = group.controller_ids.filtered(lambda p: not p.is_company)
        ties = self.env["credit.kinship"].search(
            Domain("state", "=", "confirmed")
            & Domain("person_id", "in", people.ids)
            & Domain("relative_id", "in", people.ids)
        )
        return [*relations, *ties]

    @api.model
    def _decisions(self, group):
        return group.change_ids.filtered(
            lambda c: c.state in ("accepted", "rejected")
        ).sorted("decided_on")

    @api.model
    def _votes(self, change):
        """Who said what about ``change``: rows for the form, oldest first."""
        # sudo: who may read the group may read how it was decided
        request = change.sudo().approval_request_id
        if not request:  # an officer rejected it without submitting it
            return [
                {
                    "step": "",
                    "who": change.sudo().decided_by_id.name,  # likewise
                    "on": change.decided_on,
                    "verdict": self._label(change, "state"),
                    "comment": change.reject_reason or "",
                }
            ]
        return [
            {
                "step": decision.step_name or self.env._("Submission"),
                "who": self._voter(decision),
                "on": decision.decided_on,
                "verdict": self._label(decision, "verdict"),
                "comment": decision.comment or "",
            }
            for decision in request.decision_ids
        ]

    @api.model
    def _voter(self, decision):
        if not decision.principal_name:
            return decision.user_name
        return self.env._(
            "%(user)s for %(principal)s",
            user=decision.user_name,
            principal=decision.principal_name,
        )

    @api.model
    def _label(self, record, name):
        labels = record._fields[name]._description_selection(self.env)
        return dict(labels)[record[name]]
