from odoo import api, fields, models


class ResourceCalendarChangeLine(models.Model):
    _name = "resource.calendar.change.line"
    _description = "Day of a Working Calendar Change"
    _inherit = ["approval.line.mixin"]
    _order = "date, id"
    _approval_parent_field = "change_id"

    change_id = fields.Many2one(
        comodel_name="resource.calendar.change",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="change_id.company_id")
    date = fields.Date(required=True)
    kind = fields.Selection(
        selection=[
            ("rest", "Rest day"),
            ("work", "Make-up day"),
            ("remove", "As in any week"),
        ],
        required=True,
        default="rest",
    )
    hours = fields.Char(
        help="As in 08:30-12:00, 13:30-18:00.\n"
        "Of a make-up day: its working hours; empty for those of a Monday.\n"
        "Of a rest day: the hours off, for half a day off; empty for the whole day.",
    )
    name = fields.Char(string="Occasion")
    source = fields.Char(help="The notice or decision that this day follows from")
    before = fields.Char(string="So Far", compute="_compute_before")

    _date_uniq = models.Constraint(
        "UNIQUE (change_id, date)", "A change says only one thing about a date."
    )

    @api.depends("date", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            line.display_name = " ".join(
                filter(None, [str(line.date or ""), kinds.get(line.kind)])
            )

    @api.depends("date", "change_id.calendar_id")
    def _compute_before(self):
        days = self.env["resource.calendar.exception"].search(
            [
                ("calendar_id", "in", self.change_id.calendar_id.ids),
                ("date", "in", self.mapped("date")),
            ]
        )
        there = {(day.calendar_id, day.date): day for day in days}
        for line in self:
            day = there.get((line.change_id.calendar_id._origin, line.date))
            line.before = day and ", ".join(filter(None, [day.display_name, day.hours]))

    @api.model_create_multi
    def create(self, vals_list):
        clean = self.env["resource.calendar.exception"]._clean_vals
        return super().create([clean(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self.env["resource.calendar.exception"]._clean_vals(vals))

    def _day_values(self):
        names = ("date", "kind", "hours", "name", "source")
        return {name: self[name] for name in names}
