from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine.concentration import exact


class CreditStatement(models.Model):
    """Financial figures of a client, or of a whole group on consolidated statements.

    A figure that has no row is unknown. Zero is a figure.
    """

    _name = "credit.statement"
    _description = "Financial Statement"
    _inherit = ["mail.thread"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    group_id = fields.Many2one(
        "credit.group", index="btree_not_null", ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The company that the figures are of. Empty: consolidated figures of the "
        "whole group.",
    )
    period = fields.Selection(
        [
            ("year", "Year"),
            ("half", "Half-Year"),
            ("quarter", "Quarter"),
            ("month", "Month"),
        ],
        required=True,
        default="year",
    )
    date_to = fields.Date("Period End", required=True)
    received_on = fields.Date(default=fields.Date.context_today)
    audit = fields.Selection(
        [
            ("none", "Not Audited"),
            ("clean", "Unqualified Opinion"),
            ("qualified", "Qualified Opinion"),
            ("adverse", "Adverse Opinion"),
            ("disclaimer", "Disclaimer of Opinion"),
        ],
        required=True,
        default="none",
        tracking=True,
    )
    auditor = fields.Char(tracking=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    line_ids = fields.One2many("credit.statement.line", "statement_id", copy=True)
    previous_id = fields.Many2one(
        "credit.statement",
        compute="_compute_previous_id",
        help="The same period a year before.",
    )
    key_figures = fields.Html(compute="_compute_key_figures", sanitize=False)
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)

    # Serves "the statement of a client before this one" too.
    _period_uniq = models.UniqueIndex(
        "(COALESCE(partner_id, 0), COALESCE(group_id, 0), date_to, period)"
        " WHERE active",
        "There is a statement of this client and period already: complete that one.",
    )

    @api.depends("group_id.name", "partner_id.name", "date_to", "period")
    def _compute_name(self):
        for statement in self:
            of = statement.partner_id.name or statement.group_id.name or ""
            day = fields.Date.to_string(statement.date_to) or ""
            statement.name = f"{of} {day}".strip()

    @api.constrains("group_id", "partner_id")
    def _check_subject(self):
        for statement in self:
            if not statement.group_id and not statement.partner_id:
                raise ValidationError(
                    self.env._("Choose the client or the group the statement is of.")
                )

    def _compute_previous_id(self):
        for statement in self:
            statement.previous_id = statement.date_to and self.search(
                Domain("partner_id", "=", statement.partner_id.id)
                & Domain("group_id", "=", statement.group_id.id)
                & Domain("period", "=", statement.period)
                & Domain("date_to", "<", statement.date_to),
                limit=1,
            )

    def _figures(self):
        """Codes to exact values, entered and derived; what is missing is absent or
        None."""
        self.ensure_one()
        known = {line.code: exact(line.value) for line in self.line_ids}
        return self.env["credit.figure"]._derive(known)

    @api.depends("line_ids.value", "line_ids.figure_id", "date_to")
    @api.depends_context("lang")
    def _compute_key_figures(self):
        ratios = self.env["credit.figure"].search([("kind", "=", "4_ratio")])
        cell = Markup("<td class='text-end'>%s</td>")
        for statement in self:
            before = statement.previous_id
            columns = [each._figures() for each in (statement, before) if each]
            head = Markup("").join(
                Markup("<th class='text-end'>%s</th>")
                % (each.date_to and format_date(self.env, each.date_to) or "")
                for each in (statement, before)
                if each
            )
            rows = Markup("").join(
                Markup("<tr><td>%s</td>%s</tr>")
                % (
                    ratio.name,
                    Markup("").join(
                        cell % ratio._format(figures.get(ratio.code), ratio.unit)
                        for figures in columns
                    ),
                )
                for ratio in ratios
            )
            statement.key_figures = Markup(
                "<table class='table table-sm'><thead><tr><th>%s</th>%s</tr>"
                "</thead><tbody>%s</tbody></table>"
            ) % (self.env._("Ratio"), head, rows)
