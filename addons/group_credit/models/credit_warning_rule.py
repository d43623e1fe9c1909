from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.signal import LEVELS, RANK, number

LEVEL_SELECTION = [("yellow", "Yellow"), ("orange", "Orange"), ("red", "Red")]
FAMILY_SELECTION = [
    ("limit", "Limit and Concentration"),
    ("repayment", "Repayment"),
    ("financial", "Financial"),
    ("group", "Group-Specific"),
    ("legal", "Legal and Other"),
]


class CreditWarningRule(models.Model):
    """A kind of early-warning signal: what to watch, and how loud it rings."""

    _name = "credit.warning.rule"
    _description = "Early Warning Signal"
    _inherit = ["mail.thread"]
    _order = "code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, tracking=True)
    name = fields.Char(required=True, translate=True)
    family = fields.Selection(FAMILY_SELECTION, required=True, default="legal")
    level = fields.Selection(
        LEVEL_SELECTION,
        string="Default Level",
        required=True,
        default="yellow",
        tracking=True,
        help="Level of a signal that a person records.",
    )
    detector = fields.Selection(
        [
            ("figure", "Figure of the Latest Annual Statement"),
            ("growth", "Growth Over the Year Before, %"),
            ("negative", "Annual Periods Below Zero in a Row"),
            ("growth_gap", "Growth of Receivables or Stock Ahead of Revenue"),
            ("audit", "Audit Opinion Not Clean"),
            ("ring", "Size of a Guarantee Ring"),
            ("change", "Open Proposal to Change the Members"),
            ("contagion", "Confirmed Signal of a Member"),
            ("utilisation", "Use of a Line, % of Its Net Exposure Limit"),
            ("expiry", "Days Until a Line Expires"),
            ("over_limit", "Line Used Beyond Its Limit"),
            ("net_capital", "Group: % of Net Capital"),
            ("tier1", "Beyond a Limit on Tier 1 Capital"),
            ("dependence", "Large Client Without a Dependence Review"),
        ],
        string="Found By",
        tracking=True,
        help="Empty: people record it. Otherwise the nightly check finds it.",
    )
    figure_id = fields.Many2one(
        "credit.figure", ondelete="restrict", index="btree_not_null"
    )
    falling = fields.Boolean("Rings When Below", tracking=True)
    yellow = fields.Char("Yellow From", tracking=True)
    orange = fields.Char("Orange From", tracking=True)
    red = fields.Char("Red From", tracking=True)
    contagious = fields.Boolean(
        help="Confirmed of one member, it warns the whole group.", tracking=True
    )
    source = fields.Char(
        translate=True, help="Rule, practice or default that the signal comes from."
    )
    verified = fields.Boolean(
        help="Somebody has compared the thresholds with their source.", tracking=True
    )
    active = fields.Boolean(default=True, tracking=True)

    _code_uniq = models.UniqueIndex("(code)", "There is a signal with this code.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = f"{rule.code or ''} {rule.name or ''}".strip()

    @api.constrains("yellow", "orange", "red", "falling", "detector", "figure_id")
    def _check_thresholds(self):
        for rule in self:
            try:
                bands = [number(rule[name]) for name in LEVELS if rule[name]]
            except ValueError as error:
                raise ValidationError(
                    self.env._("Thresholds: “%(text)s” is not a number.", text=error)
                ) from None
            if bands != sorted(bands, reverse=rule.falling):
                raise ValidationError(
                    self.env._("Thresholds: a higher level has to come later.")
                )
            if (
                rule.detector in ("figure", "growth", "negative")
                and (not rule.figure_id or not bands)
            ) or (
                rule.detector in ("utilisation", "expiry", "net_capital") and not bands
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s: choose the figure, if it looks at one, and at least "
                        "one threshold.",
                        name=rule.display_name,
                    )
                )

    def _bands(self):
        self.ensure_one()
        return {name: self[name] for name in LEVELS if self[name]}

    def _at_least(self, level):
        """``level`` or, if that is louder, the default one."""
        return max(level, self.level, key=RANK.__getitem__)
