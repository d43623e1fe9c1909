from odoo import fields, models


class ResourceCalendarImport(models.TransientModel):
    _inherit = "resource.calendar.import"

    def action_import(self):
        """A file for a calendar under approval becomes a change to submit."""
        self.ensure_one()
        change = self.env["resource.calendar.change"]
        if not change._needed_for(self.calendar_id):
            return super().action_import()
        wanted = {"new", "contradicting"} if self.replace else {"new"}
        columns = ("date", "kind", "hours", "name", "source")
        lines = [line for line in self._read_lines() if line["status"] in wanted]
        change = change.create(
            {
                "name": self.filename or self.env._("Imported days"),
                "calendar_id": self.calendar_id.id,
                "line_ids": [
                    fields.Command.create({column: line[column] for column in columns})
                    for line in lines
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": change._name,
            "res_id": change.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
