from odoo import api, fields, models


class CreditLineAsOf(models.TransientModel):
    """Credit lines as they were at the end of another day."""

    _name = "credit.line.as.of"
    _description = "Credit Lines as of a Day"

    day = fields.Date(required=True, default=fields.Date.context_today)
    group_id = fields.Many2one("credit.group", string="Group Customer")
    line_ids = fields.Many2many(
        "credit.line",
        string="Credit Lines",
        default=lambda self: self._default_line_ids(),
        help="Empty: all lines, or those of the group.",
    )

    @api.model
    def _default_line_ids(self):
        if self.env.context.get("active_model") != "credit.line":
            return False
        chosen = self.env.context.get("active_ids") or []
        return self.env["credit.line"].search([("id", "child_of", chosen)])

    def action_show(self):
        """Open the lines as they were, in a list that can be exported."""
        self.ensure_one()
        lines = self.line_ids
        if not lines:
            domain = [("group_id", "=", self.group_id.id)] if self.group_id else []
            lines = self.env["credit.line"].search(domain)
        rows = self.env["credit.line.as.of.row"].create(
            [
                self._prepare_row(line, values)
                for line, values in lines._as_of(self.day).items()
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_line_as_of_row_action"
        )
        return {
            **action,
            "domain": [("id", "in", rows.ids)],
            "display_name": self.env._(
                "Credit lines as of %(day)s", day=fields.Date.to_string(self.day)
            ),
        }

    def _prepare_row(self, line, values):
        names = self.env["credit.line.as.of.row"]._fields
        return {
            "day": self.day,
            "line_id": line.id,
            **{name: value for name, value in values.items() if name in names},
        }
