from odoo import fields, models


class CreditRelationImportLine(models.TransientModel):
    _name = "credit.relation.import.line"
    _description = "Row of a Relation Import"
    _order = "row, id"

    wizard_id = fields.Many2one(
        "credit.relation.import", required=True, index=True, ondelete="cascade"
    )
    row = fields.Integer()
    holder_name = fields.Char("Holder")
    held_name = fields.Char("Held Company")
    status = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Changed"),
            ("unchanged", "Unchanged"),
            ("rejected", "Refused"),
        ],
        required=True,
    )
    reason = fields.Text("What Changes or Why Not")
    values = fields.Json(help="Values of the relation; unknown partners as names.")
    relation_id = fields.Many2one("credit.relation", ondelete="set null")
    unknown_names = fields.Json(help="Partners of this row that do not exist yet.")
