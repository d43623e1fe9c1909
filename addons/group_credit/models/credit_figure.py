from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..engine.theory import Formula, FormulaError


class CreditFigure(models.Model):
    """A named figure of statements and formulas, entered or derived from others."""

    _name = "credit.figure"
    _description = "Key Figure"
    _order = "kind, sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="How formulas call it: lower-case letters, digits and underscores.",
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("1_balance", "Balance Sheet"),
            ("2_income", "Income and Cash Flow"),
            ("3_assumption", "Assumption"),
            ("4_ratio", "Ratio"),
        ],
        required=True,
        default="1_balance",
    )
    unit = fields.Selection(
        [
            ("amount", "Amount"),
            ("percent", "%"),
            ("days", "Days"),
            ("times", "Times"),
        ],
        required=True,
        default="amount",
    )
    derivation = fields.Char(
        help="How it follows from other figures where it is not entered itself, such "
        "as total_liabilities / total_assets * 100."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "A figure with this code exists already.")
    _code_check = models.Constraint(
        "CHECK(code ~ '^[a-z][a-z0-9_]*$')",
        "Code: use lower-case letters, digits and underscores, beginning with a "
        "letter.",
    )

    @api.constrains("derivation")
    def _check_derivation(self):
        for figure in self.filtered("derivation"):
            try:
                Formula.parse(f"{figure.code} = {figure.derivation}")
            except FormulaError as error:
                raise ValidationError(
                    self.env._(
                        "Derivation of %(figure)s: %(error)s",
                        figure=figure.name,
                        error=self._explain(error),
                    )
                ) from error

    @api.model
    def _explain(self, error):
        """Why a text is no formula, in words."""
        reasons = {
            "syntax": self.env._("this is not a calculation"),
            "assign": self.env._("write “name = calculation”"),
            "forbidden": self.env._("“%(words)s” is not allowed", words=error.words),
            "long": self.env._("the text or a line of it is too long"),
            "empty": self.env._("there is nothing to calculate"),
        }
        return self.env._(
            "line %(line)s: %(reason)s", line=error.line, reason=reasons[error.reason]
        )

    @api.model
    def _derive(self, known):
        """``known`` figures by code, with those that follow from them."""
        figures = dict(known)
        derived = self.search([("derivation", "!=", False)], order="sequence, id")
        for figure in derived:
            if figures.get(figure.code) is None:
                formula = Formula.parse(f"{figure.code} = {figure.derivation}")
                figures[figure.code] = formula.compute(figures).value
        return figures

    @api.model
    def _format(self, value, unit, currency=None):
        """``value`` as people read it; unknown is a dash."""
        if value is None:
            return "—"
        places = currency.decimal_places if unit == "amount" and currency else 2
        text = formatLang(self.env, float(value), digits=places)
        return f"{text} %" if unit == "percent" else text
