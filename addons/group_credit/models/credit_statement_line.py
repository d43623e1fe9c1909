from odoo import fields, models


class CreditStatementLine(models.Model):
    _name = "credit.statement.line"
    _description = "Figure of a Statement"
    _order = "statement_id, figure_kind, figure_sequence, id"
    _rec_name = "figure_id"

    statement_id = fields.Many2one(
        "credit.statement", required=True, index=True, ondelete="cascade"
    )
    figure_id = fields.Many2one(
        "credit.figure", required=True, index=True, ondelete="restrict"
    )
    code = fields.Char(related="figure_id.code")
    figure_kind = fields.Selection(related="figure_id.kind", store=True)
    figure_sequence = fields.Integer(related="figure_id.sequence", store=True)
    unit = fields.Selection(related="figure_id.unit")
    value = fields.Float(digits=(20, 4), required=True)
    note = fields.Char()

    _figure_uniq = models.UniqueIndex(
        "(statement_id, figure_id)", "The figure is in this statement already."
    )
