from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.kinship import Tie


class CreditKinship(models.Model):
    _name = "credit.kinship"
    _description = "Kinship"
    _inherit = ["credit.fact"]
    _order = "person_id, kind, id"
    _rec_name = "display_name"

    _party_fields = ("person_id", "relative_id")
    _fact_fields = (*_party_fields, "kind")

    person_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        domain="[('is_company', '=', False)]",
    )
    relative_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
        domain="[('is_company', '=', False)]",
    )
    kind = fields.Selection(
        [
            ("parent", "Parent by Birth"),
            ("adoptive", "Adoptive Parent"),
            ("step", "Step-parent with Upbringing"),
            ("spouse", "Spouse"),
            ("sibling", "Sibling, Parents Not Recorded"),
        ],
        string="The Relative Is",
        required=True,
        default="spouse",
        tracking=True,
        help="Record parents and spouses: grandparents, grandchildren, siblings and "
        "cousins follow from them.",
    )

    @api.depends("person_id", "relative_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for tie in self:
            person, relative = tie.person_id.name or "", tie.relative_id.name or ""
            tie.display_name = f"{person} – {relative} ({labels.get(tie.kind, '')})"

    @api.constrains("person_id", "relative_id")
    def _check_people(self):
        for tie in self:
            if tie.person_id == tie.relative_id:
                raise ValidationError(
                    self.env._(
                        "Relative: %(name)s is not their own relative. Choose somebody "
                        "else.",
                        name=tie.person_id.name,
                    )
                )
            companies = (tie.person_id | tie.relative_id).filtered("is_company")
            if companies:
                raise ValidationError(
                    self.env._(
                        "%(name)s is a company and has no relatives. Record a control "
                        "relation instead, or mark the partner as a person.",
                        name=companies[0].name,
                    )
                )

    @api.constrains(*_fact_fields, "state")
    def _check_no_ancestor_circle(self):
        """Nobody is their own ancestor: it is a parent entered backwards."""
        parents = self.filtered(lambda t: t.kind in ("parent", "adoptive", "step"))
        frontier, seen = parents.relative_id, self.env["res.partner"]
        # sudo: a circle is one, whoever may see its parts
        Kinship = self.sudo()
        while frontier:
            if frontier & parents.person_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s would be among their own ancestors. Swap person and "
                        "relative: the relative is the parent.",
                        name=(frontier & parents.person_id)[0].name,
                    )
                )
            seen |= frontier
            above = Kinship.search(
                [
                    ("person_id", "in", frontier.ids),
                    ("kind", "in", ("parent", "adoptive", "step")),
                    ("state", "!=", "revoked"),
                ]
            )
            frontier = above.relative_id.sudo(False) - seen

    def _tie(self):
        """The kinship as the engine reads it; its nodes are partner ids."""
        return Tie(
            self.person_id.id,
            self.relative_id.id,
            self.kind,
            self.valid_from or None,
            self.valid_to or None,
        )
