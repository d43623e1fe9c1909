from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.theory import Formula, lowest

COMPUTED = {
    "result",
    "known",
    "missing",
    "inputs",
    "steps",
    "expression",
    "computed_on",
}


class CreditApplicationTheory(models.Model):
    """A theoretical limit (理论值) of the group or of a member, with the inputs it was
    computed from."""

    _name = "credit.application.theory"
    _description = "Theoretical Limit"
    _order = "application_id, partner_id, sequence, id"
    _rec_name = "formula_id"

    application_id = fields.Many2one(
        "credit.application", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    group_id = fields.Many2one(related="application_id.group_id")
    company_id = fields.Many2one(
        related="application_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="application_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Member",
        ondelete="restrict",
        help="Empty: the whole group, on consolidated figures.",
    )
    formula_id = fields.Many2one(
        "credit.formula",
        required=True,
        ondelete="restrict",
        domain="[('state', '=', 'active')]",
    )
    statement_id = fields.Many2one(
        "credit.statement",
        string="Figures From",
        ondelete="restrict",
        compute="_compute_statement_id",
        store=True,
        readonly=False,
        domain="[('partner_id', '=', partner_id), "
        "'|', ('partner_id', '!=', False), ('group_id', '=', group_id)]",
    )
    result = fields.Monetary(readonly=True)
    known = fields.Boolean(readonly=True)
    missing = fields.Char(
        "Missing Figures", compute="_compute_texts", help="What makes it unknown."
    )
    explanation = fields.Text(compute="_compute_texts")
    expression = fields.Text(readonly=True)
    inputs = fields.Json(readonly=True)
    steps = fields.Json(readonly=True)
    refused = fields.Char(readonly=True)
    computed_on = fields.Datetime(readonly=True)

    _formula_uniq = models.UniqueIndex(
        "(application_id, COALESCE(partner_id, 0), formula_id)",
        "This limit is computed by this formula already.",
    )

    @api.depends("partner_id", "application_id.group_id")
    def _compute_statement_id(self):
        for theory in self:
            if theory.partner_id:
                of = Domain("partner_id", "=", theory.partner_id.id)
            else:
                of = Domain("partner_id", "=", False)
                of &= Domain("group_id", "=", theory.group_id.id)
            theory.statement_id = self.env["credit.statement"].search(of, limit=1)

    @api.depends("inputs", "steps", "refused", "statement_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        Figure = self.env["credit.figure"]
        figures = {figure.code: figure for figure in Figure.search([])}
        for theory in self:
            lines, missing = [], []
            for code, value in (theory.inputs or {}).items():
                figure = figures.get(code, Figure)
                if value is None:
                    missing.append(figure.name or code)
                else:
                    text = Figure._format(value, figure.unit, theory.currency_id)
                    lines.append(f"{figure.name or code} = {text}")
            for name, value in theory.steps or []:
                text = Figure._format(value, "amount", theory.currency_id)
                lines.append(f"→ {name} = {text}")
            if theory.refused:
                lines.append(
                    self.env._(
                        "Not applicable: %s has no sensible value.", theory.refused
                    )
                )
            theory.missing = ", ".join(missing)
            theory.explanation = "\n".join(lines)

    @api.model_create_multi
    def create(self, vals_list):
        theories = super().create([self._entered(vals) for vals in vals_list])
        theories._check_stage()
        theories._calculate()
        return theories

    def write(self, vals):
        self._check_stage()
        result = super().write(self._entered(vals))
        if not COMPUTED & set(vals):
            self._calculate()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_examined(self):
        self._check_stage()

    def _entered(self, vals):
        """``vals`` without what is computed, unless we compute it ourselves."""
        if self.env.su:
            return vals
        if COMPUTED & set(vals):
            raise UserError(
                self.env._(
                    "A theoretical limit follows from its formula and figures. Correct "
                    "the statement instead."
                )
            )
        return vals

    def _check_stage(self):
        if self.env.su:
            return
        for application in self.application_id:
            if application.stage not in ("investigation", "review", "deliberation"):
                raise UserError(
                    self.env._(
                        "%s has been put to the vote: its theoretical limits stay as "
                        "they are.",
                        application.display_name,
                    )
                )

    def _calculate(self):
        for theory in self:
            # sudo: results are written by the calculation alone
            theory.sudo().write(theory._calculated())

    def _calculated(self):
        formula = Formula.parse(self.formula_id.expression)
        statement = self.statement_id
        figures = statement._figures() if statement else {}
        inputs = {name: figures.get(name) for name in formula.inputs}
        outcome = formula.compute(inputs)
        amount = float(outcome.value) if outcome.known else 0.0
        if outcome.known and statement.currency_id != self.currency_id:
            amount = statement.currency_id._convert(
                amount,
                self.currency_id,
                self.company_id or self.env.company,
                fields.Date.context_today(self),
            )
        return {
            "result": amount,
            "known": outcome.known,
            "expression": self.formula_id.expression,
            "inputs": {
                k: v and str(v) if v is None else str(v) for k, v in inputs.items()
            },
            "steps": [[k, None if v is None else str(v)] for k, v in outcome.steps],
            "refused": outcome.refused,
            "computed_on": fields.Datetime.now(),
        }

    def _limit(self):
        """The lowest of these limits; None as long as one of them is unknown."""
        return lowest([theory.result if theory.known else None for theory in self])
