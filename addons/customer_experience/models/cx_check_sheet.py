from odoo import api, fields, models
from odoo.exceptions import UserError

DEDUCTIONS = [
    ("5", "5 systemic"),
    ("3", "3 legal bottom line"),
    ("2", "2"),
    ("1", "1"),
    ("0.5", "0.5"),
]


class CxCheckSheet(models.Model):
    """What a project is checked for before it opens, or before homes are handed over.

    A sheet that was used stays as it was: the next version is another one.
    """

    _name = "cx.check.sheet"
    _description = "Check Sheet"
    _order = "sequence, name, version desc"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    version = fields.Integer(default=1, readonly=True, copy=False)
    origin_id = fields.Many2one(
        comodel_name="cx.check.sheet",
        string="First Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: for all companies."
    )
    milestone_type_id = fields.Many2one(
        comodel_name="cx.milestone.type",
        string="Checked Before",
        required=True,
        ondelete="restrict",
        domain="[('level', '!=', 'phase')]",
    )
    pass_mark = fields.Float(default=80, required=True)
    section_ids = fields.One2many(
        comodel_name="cx.check.section", inverse_name="sheet_id", copy=True
    )
    check_count = fields.Integer(compute="_compute_check_count")

    _pass_mark_range = models.Constraint(
        "CHECK(pass_mark > 0 AND pass_mark <= 100)",
        "The pass mark lies between 0 and 100.",
    )

    def _compute_check_count(self):
        counts = dict(
            self.env["cx.check"]._read_group(
                [("sheet_id", "in", self.ids)], ["sheet_id"], ["__count"]
            )
        )
        for sheet in self:
            sheet.check_count = counts.get(sheet, 0)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for sheet in self:
            suffix = f" v{sheet.version}" if sheet.version > 1 else ""
            sheet.display_name = f"{sheet.name or ''}{suffix}"

    def write(self, vals):
        if {"section_ids", "pass_mark", "milestone_type_id"} & set(vals):
            self._check_unused()
        return super().write(vals)

    def _check_unused(self):
        # sudo: a check of another company holds the sheet as well
        checks = self.env["cx.check"].sudo()
        used = checks.search([("sheet_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "“%(sheet)s” has been used: its checks would change afterwards. "
                    "Press “New Version” and change that.",
                    sheet=used.sheet_id.display_name,
                )
            )

    def action_new_version(self):
        self.ensure_one()
        self.check_access("write")
        sheet = self.copy({"name": self.name})
        sheet.write(
            {"version": self.version + 1, "origin_id": (self.origin_id or self).id}
        )
        self.active = False
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.check.sheet",
            "res_id": sheet.id,
            "view_mode": "form",
        }


class CxCheckSection(models.Model):
    _name = "cx.check.section"
    _description = "Section of a Check Sheet"
    _order = "sheet_id, sequence, id"

    sheet_id = fields.Many2one(
        comodel_name="cx.check.sheet", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    weight = fields.Float(
        required=True, help="Points that the section loses at most, of 100."
    )
    item_ids = fields.One2many(
        comodel_name="cx.check.item", inverse_name="section_id", copy=True
    )

    _weight_range = models.Constraint(
        "CHECK(weight > 0 AND weight <= 100)",
        "Weight: a section is worth more than 0 and at most 100 points.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        sections = super().create(vals_list)
        sections.sheet_id._check_unused()
        return sections

    def write(self, vals):
        self.sheet_id._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.sheet_id._check_unused()


class CxCheckItem(models.Model):
    _name = "cx.check.item"
    _description = "Item of a Check Sheet"
    _order = "section_id, sequence, id"

    section_id = fields.Many2one(
        comodel_name="cx.check.section", required=True, index=True, ondelete="cascade"
    )
    sheet_id = fields.Many2one(related="section_id.sheet_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    deduction = fields.Selection(selection=DEDUCTIONS, required=True, default="1")
    role_id = fields.Many2one(comodel_name="cx.role", string="Mended By")

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items.sheet_id._check_unused()
        return items

    def write(self, vals):
        if set(vals) - {"role_id"}:
            self.sheet_id._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.sheet_id._check_unused()
