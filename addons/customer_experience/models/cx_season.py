from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.warranty import Season


class CxSeason(models.Model):
    """When a city heats, or cools: some warranties count these seasons."""

    _name = "cx.season"
    _description = "Heating or Cooling Season"
    _order = "kind, city, id"
    _rec_name = "kind"

    kind = fields.Selection(
        selection=[("heating", "Heating"), ("cooling", "Cooling")], required=True
    )
    city = fields.Char(help="City of the project. Empty: wherever no row names one.")
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: for every company."
    )
    start_month = fields.Integer(required=True, default=11)
    start_day = fields.Integer(required=True, default=15)
    end_month = fields.Integer(required=True, default=3)
    end_day = fields.Integer(required=True, default=15)
    source = fields.Char()
    is_verified = fields.Boolean(
        string="Verified", help="Somebody has compared it with the source."
    )

    _city_uniq = models.UniqueIndex(
        "(kind, COALESCE(city, ''), COALESCE(company_id, 0))",
        "This season is already entered for the city.",
    )

    @api.constrains("start_month", "start_day", "end_month", "end_day")
    def _check_days(self):
        for season in self:
            for which in ("start", "end"):
                month, day = season[f"{which}_month"], season[f"{which}_day"]
                try:
                    date(2024, month, day)  # a leap year: 29 February is a day
                except ValueError as error:
                    raise ValidationError(
                        self.env._(
                            "Season: there is no day %(day)s in month %(month)s. "
                            "Correct the first or last day of the season.",
                            day=day,
                            month=month,
                        )
                    ) from error
            if season._season().start == season._season().end:
                raise ValidationError(
                    self.env._("Season: the first and the last day are the same day.")
                )

    def _season(self):
        """The season as the engine takes it."""
        self.ensure_one()
        return Season(
            (self.start_month, self.start_day), (self.end_month, self.end_day)
        )

    @api.model
    def _for(self, company, city):
        """Kind -> season; the row of the city goes before the general one, and that
        of the company before the shared one."""
        # sudo: the end of a warranty is the same for whoever asks
        rows = self.sudo().search(
            [
                ("company_id", "in", (False, company.id)),
                ("city", "in", (False, "", city)),
            ]
        )
        rows = rows.sorted(lambda row: (bool(row.city), bool(row.company_id)))
        return {row.kind: row._season() for row in rows}
