from odoo import fields, models


class ResourceCalendarImportLine(models.TransientModel):
    _name = "resource.calendar.import.line"
    _description = "Row of an Import of Rest and Make-up Days"
    _order = "id"

    import_id = fields.Many2one(
        comodel_name="resource.calendar.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    row = fields.Integer()
    date = fields.Date()
    kind = fields.Selection(selection=[("rest", "Rest day"), ("work", "Make-up day")])
    hours = fields.Char()
    name = fields.Char(string="Occasion")
    source = fields.Char()
    status = fields.Selection(
        selection=[
            ("new", "New"),
            ("unchanged", "Unchanged"),
            ("replaced", "Replaced"),
            ("contradicting", "Contradicting"),
            ("rejected", "Rejected"),
        ],
        required=True,
    )
    message = fields.Char()
