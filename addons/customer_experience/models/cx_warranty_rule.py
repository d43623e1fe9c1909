from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.warranty import Term, Terms

UNITS = [
    ("d", "days"),
    ("m", "months"),
    ("y", "years"),
    ("heating", "heating seasons"),
    ("cooling", "cooling seasons"),
    ("life", "design service life"),
]
TERMS = ("law", "floor", "promise")


class CxWarrantyRule(models.Model):
    """How long a component is under warranty: by law, and as promised to the owner."""

    _name = "cx.warranty.rule"
    _description = "Warranty Rule"
    _inherit = ["mail.thread"]
    _order = "component_id, usage, date_from desc, id"
    _rec_name = "component_id"

    component_id = fields.Many2one(
        comodel_name="cx.component", required=True, index=True, ondelete="restrict"
    )
    usage = fields.Selection(
        selection=[("residential", "Residential"), ("commercial", "Non-residential")],
        required=True,
        default="residential",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: for every company."
    )
    active = fields.Boolean(default=True)
    date_from = fields.Date(
        string="Handed Over From",
        required=True,
        default="2000-01-30",
        tracking=True,
        help="Holds for homes handed over from this day on, until a later rule of the "
        "component.",
    )
    law_count = fields.Integer(string="Builder's Minimum", tracking=True)
    law_unit = fields.Selection(
        selection=UNITS,
        string="Builder's Unit",
        tracking=True,
        help="From acceptance of the works. Empty: as agreed in the contract.",
    )
    floor_count = fields.Integer(string="Certificate Floor", tracking=True)
    floor_unit = fields.Selection(
        selection=UNITS,
        tracking=True,
        help="From handover; the owner has at least this. Empty: no floor.",
    )
    promise_count = fields.Integer(string="Promised", tracking=True)
    promise_unit = fields.Selection(
        selection=UNITS,
        tracking=True,
        help="From handover, as the quality certificate of the developer says.",
    )
    law_text = fields.Char(string="Builder", compute="_compute_texts")
    floor_text = fields.Char(string="Certificate", compute="_compute_texts")
    promise_text = fields.Char(string="Promise", compute="_compute_texts")
    source = fields.Char(tracking=True, help="Clause that the periods are taken from.")
    is_verified = fields.Boolean(
        string="Verified",
        tracking=True,
        help="Somebody has compared it with the source.",
    )

    _component_uniq = models.UniqueIndex(
        "(component_id, usage, date_from, COALESCE(company_id, 0)) WHERE active",
        "There is already a rule for this component from that day on.",
    )
    _count_check = models.Constraint(
        "CHECK(law_count BETWEEN 0 AND 3650 AND floor_count BETWEEN 0 AND 3650"
        " AND promise_count BETWEEN 0 AND 3650)",
        "Warranty periods are between 0 and 3650.",
    )

    @api.depends(
        *(f"{term}_{part}" for term in TERMS for part in ("count", "unit")),
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        units = dict(self._fields["law_unit"]._description_selection(self.env))
        for rule in self:
            for term in TERMS:
                count, unit = rule[f"{term}_count"], rule[f"{term}_unit"]
                text = units.get(unit) or ""
                if unit and unit != "life":
                    text = self.env._("%(count)s %(unit)s", count=count, unit=text)
                rule[f"{term}_text"] = text

    @api.constrains(*(f"{term}_{part}" for term in TERMS for part in ("count", "unit")))
    def _check_terms(self):
        for rule in self:
            for term in TERMS:
                count, unit = rule[f"{term}_count"], rule[f"{term}_unit"]
                if unit and unit != "life" and not count:
                    raise ValidationError(
                        self.env._(
                            "%(component)s: “%(field)s” has a unit but no number. "
                            "Enter how many, or leave the unit empty.",
                            component=rule.component_id.name,
                            field=self._fields[f"{term}_count"]._description_string(
                                self.env
                            ),
                        )
                    )

    def _terms(self, seasons, design_life, count_started):
        """The rule as the engine takes it."""
        self.ensure_one()
        terms = {
            term: Term(self[f"{term}_count"], self[f"{term}_unit"])
            for term in TERMS
            if self[f"{term}_unit"]
        }
        return Terms(
            **terms,
            seasons=seasons,
            design_life=design_life,
            count_started=count_started,
        )

    @api.model
    def _in_force(self, company):
        """The rules of a company, the ones that win last."""
        # sudo: the warranty of a home does not depend on who records its handover
        rules = self.sudo().search([("company_id", "in", (False, company.id))])
        return rules.sorted(lambda rule: (rule.date_from, bool(rule.company_id)))

    def _pick(self, usage, handover):
        """Component -> the rule that holds for a home handed over that day."""
        return {
            rule.component_id: rule
            for rule in self
            if rule.usage == usage and rule.date_from <= handover
        }
