from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.theory import Formula, FormulaError

MANAGER = "group_credit.group_group_credit_manager"
# What a calculation rests on; fixed once the version has been in force.
FIXED = {"code", "version", "expression"}


class CreditFormula(models.Model):
    """A version of a formula for a theoretical limit (理论值).

    Versions that were ever in force stay as they are: calculations name the version
    they were made with.
    """

    _name = "credit.formula"
    _description = "Theoretical Limit Formula"
    _inherit = ["mail.thread"]
    _order = "sequence, code, version desc, id desc"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, help="The same for all versions of one formula.")
    version = fields.Integer(required=True, default=1, readonly=True, copy=False)
    sequence = fields.Integer(default=10)
    expression = fields.Text(
        required=True,
        tracking=True,
        help="Lines of “name = expression”; the last one is the limit. Names are codes "
        "of key figures; + - * / and max, min, lowest, positive are understood.",
    )
    input_names = fields.Char("Inputs", compute="_compute_input_names")
    source = fields.Char(translate=True, help="Where the formula comes from.")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In Force"), ("retired", "Replaced")],
        string="Status",
        required=True,
        default="draft",
        copy=False,
        tracking=True,
    )

    _version_uniq = models.UniqueIndex(
        "(code, version)", "This version of the formula exists already."
    )
    _one_active = models.UniqueIndex(
        "(code) WHERE state = 'active'", "One version of a formula is in force."
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for formula in self:
            formula.display_name = f"{formula.name} v{formula.version}"

    @api.depends("expression")
    @api.depends_context("lang")
    def _compute_input_names(self):
        names = {f.code: f.name for f in self.env["credit.figure"].search([])}
        for formula in self:
            try:
                inputs = Formula.parse(formula.expression or "").inputs
            except FormulaError:
                inputs = ()
            formula.input_names = ", ".join(names.get(code, code) for code in inputs)

    @api.constrains("expression")
    def _check_expression(self):
        codes = set(self.env["credit.figure"].search_fetch([], ["code"]).mapped("code"))
        for formula in self:
            try:
                parsed = Formula.parse(formula.expression)
            except FormulaError as error:
                raise ValidationError(
                    self.env._(
                        "Expression of %(formula)s: %(error)s",
                        formula=formula.name,
                        error=self.env["credit.figure"]._explain(error),
                    )
                ) from error
            if unknown := set(parsed.inputs) - codes:
                raise ValidationError(
                    self.env._(
                        "Expression of %(formula)s: %(names)s are no key figures. Add "
                        "them under Configuration / Key Figures, or correct the names.",
                        formula=formula.name,
                        names=", ".join(sorted(unknown)),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft" and not self.env.su:
                raise UserError(
                    self.env._("A formula comes into force by “Put in Force” alone.")
                )
        formulas = self.browse()
        for vals in vals_list:
            last = self.search(
                [("code", "=", vals.get("code"))], order="version desc", limit=1
            )
            formulas |= super().create([{**vals, "version": last.version + 1}])
        return formulas

    def write(self, vals):
        if "state" in vals and not self.env.su:
            raise UserError(
                self.env._("A formula comes into force by “Put in Force” alone.")
            )
        if FIXED & set(vals):
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_draft()

    def _check_draft(self):
        for formula in self:
            if formula.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has been in force and calculations rest on it: make a new "
                        "version instead.",
                        formula.display_name,
                    )
                )

    def action_activate(self):
        """Put a version in force, in place of the one before."""
        self.check_access("write")
        for formula in self.filtered(lambda f: f.state == "draft"):
            if not self.env.user.has_group(MANAGER):
                raise UserError(
                    self.env._("Only a manager of Group Credit puts formulas in force.")
                )
            # sudo: the state is not the user's to write, putting in force is
            versions = self.sudo().search([("code", "=", formula.code)])
            versions.filtered(lambda f: f.state == "active").state = "retired"
            versions.flush_recordset(["state"])  # one in force at a time
            versions.filtered(lambda f, new=formula: f.id == new.id).state = "active"

    def action_new_version(self):
        self.ensure_one()
        self.check_access("write")
        new = self.copy()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }

    def _parsed(self):
        return Formula.parse(self.expression)
