from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

# code -> kind of value
CODES = {
    "control_threshold": float,
    "board_half": bool,
    "neutralise": bool,
    "family_profile": str,
    "main_investor_pct": float,
    "group_size_review": int,
    "suggestion_max": int,
    "import_keep_days": int,
    "lead_rule": str,
    "group_limit_pct": float,
    "large_group_limit_pct": float,
    "single_loan_pct": float,
    "single_exposure_pct": float,
    "large_exposure_pct": float,
    "dependence_check_pct": float,
    "concentration_yellow_pct": float,
    "concentration_orange_pct": float,
    "concentration_red_pct": float,
    "max_validity_months": int,
    "incremental_min_rating": str,
    "theory_scope": str,
    "line_warn_pct": float,
    "rate_max_age": int,
    "pool_fund_pct": float,
    "pool_max_months": int,
    "pool_min_members": int,
}
CHOICES = {
    "family_profile": ("inclusive", "exclusive", "listed"),
    "lead_rule": ("registered_place", "largest_credit"),
    "incremental_min_rating": ("aaa", "aa", "a", "bbb", "bb", "b", "ccc"),
    "theory_scope": ("all", "group", "none"),
}


class CreditParameter(models.Model):
    """Thresholds as dated facts: what was in force on a day can be asked ever after."""

    _name = "credit.parameter"
    _description = "Group Credit Parameter"
    _inherit = ["mail.thread"]
    _order = "code, date_from desc, id desc"
    _rec_name = "code"

    code = fields.Selection(
        [
            ("control_threshold", "Control Takes More Than … % of the Votes"),
            ("board_half", "Half of the Board Is Control (yes/no)"),
            ("neutralise", "Votes Held by Controlled Companies Are Void (yes/no)"),
            ("family_profile", "Near Relatives (inclusive/exclusive/listed)"),
            ("main_investor_pct", "Main Investor From … % of Shares or Votes"),
            ("group_size_review", "Groups Above … Members Ask for a Second Look"),
            ("suggestion_max", "Ignore What More Than … Partners Share"),
            ("import_keep_days", "Remove Rows of Imports Done … Days Ago"),
            (
                "lead_rule",
                "Lead Institution Follows (registered_place/largest_credit)",
            ),
            ("group_limit_pct", "Net Exposure of a Group, % of Net Capital"),
            (
                "large_group_limit_pct",
                "Regulatory Exposure of a Group, % of Tier 1 Capital",
            ),
            ("single_loan_pct", "Loans of a Client, % of Net Capital"),
            (
                "single_exposure_pct",
                "Regulatory Exposure of a Client, % of Tier 1 Capital",
            ),
            ("large_exposure_pct", "Large Exposure Above … % of Tier 1 Capital"),
            (
                "dependence_check_pct",
                "Examine Economic Dependence Above … % of Tier 1 Capital",
            ),
            ("concentration_yellow_pct", "Yellow From … % of a Concentration Limit"),
            ("concentration_orange_pct", "Orange From … % of a Concentration Limit"),
            ("concentration_red_pct", "Red From … % of a Concentration Limit"),
            ("max_validity_months", "Validity of a Credit Line, at Most … Months"),
            (
                "incremental_min_rating",
                "Incremental Credit Takes at Least the Rating (aaa/aa/a/bbb/bb/b/ccc)",
            ),
            ("theory_scope", "Theoretical Limit Required For (all/group/none)"),
            ("line_warn_pct", "Warn When … % of a Credit Line Are Taken"),
            ("rate_max_age", "Accept Exchange Rates up to … Days Old"),
            ("pool_fund_pct", "Guarantee Fund of a Borrower Pool, % of the Loans"),
            ("pool_max_months", "Contract of a Borrower Pool, at Most … Months"),
            ("pool_min_members", "Joint-liability Groups Have at Least … Members"),
        ],
        string="Parameter",
        required=True,
        tracking=True,
    )
    value = fields.Char(required=True, tracking=True)
    date_from = fields.Date(
        "In Force From", required=True, default="2000-01-01", tracking=True
    )
    source = fields.Char(
        translate=True, help="Rule, decision or default that the value comes from."
    )
    verified = fields.Boolean(
        help="Somebody has compared the value with its source.", tracking=True
    )
    company_id = fields.Many2one("res.company", help="Empty: every company.")

    _one_a_day = models.UniqueIndex(
        "(code, date_from, COALESCE(company_id, 0))",
        "This parameter already has a value from that day on: change that one.",
    )

    @api.constrains("code", "value")
    def _check_value(self):
        for parameter in self:
            try:
                parameter._typed()
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "%(value)s is not a possible value of “%(name)s”.",
                        value=parameter.value,
                        name=dict(
                            self._fields["code"]._description_selection(self.env)
                        )[parameter.code],
                    )
                ) from None

    def _typed(self):
        text = self.value.strip().lower()
        kind = CODES[self.code]
        if kind is bool:
            return ("no", "yes").index(text) == 1
        if kind is str:
            return CHOICES[self.code][CHOICES[self.code].index(text)]
        number = kind(text)
        if number < 0:
            raise ValueError(text)
        return number

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _value(self, code, company, day=None):
        """The value in force; a company's own one before the one for all."""
        day = fields.Date.to_date(day) or fields.Date.context_today(self)
        return self._value_on(code, company.id, day)

    @api.model
    @ormcache("code", "company_id", "day")
    def _value_on(self, code, company_id, day):
        # sudo: the computation obeys the parameters, whoever starts it
        found = self.sudo().search(
            Domain("code", "=", code)
            & Domain("date_from", "<=", day)
            & Domain("company_id", "in", [False, company_id]),
            order="company_id, date_from desc, id desc",
            limit=1,
        )
        return found._typed()
