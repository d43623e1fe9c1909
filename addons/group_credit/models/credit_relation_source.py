from odoo import fields, models


class CreditRelation(models.Model):
    """What an import knows of the statement behind a relation."""

    _inherit = "credit.relation"

    # An import finds by it all that one statement said, also what it no longer says.
    source_record = fields.Char(index="btree_not_null", copy=False, readonly=True)
    source_details = fields.Text(
        "Statement",
        copy=False,
        readonly=True,
        help="What the source states beside the figures, in its own terms.",
    )
    import_id = fields.Many2one(
        "credit.relation.import",
        string="Last Import",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
    )

    def _check_company(self, fnames=None):
        """Override: partners that belong to no company fit every one, which is told at
        once for all the rows of an import."""
        # sudo: the check is about all parties, seen or not
        records = self.sudo()
        if (records.holder_id | records.held_id | records.grantor_id).company_id:
            return super()._check_company(fnames)
        return None

    def _import_differences(self, values):
        """Sentences "field: before → after" for the values an import would change."""
        differences = []
        for name, value in values.items():
            field = self._fields[name]
            before, after = self[name], value
            if field.type == "many2one":
                if before.id == (value or False):
                    continue
                before = before.display_name
                after = self.env[field.comodel_name].browse(value or ()).display_name
            elif field.type == "float":
                before, after = f"{before:.4f}", f"{value:.4f}"
            elif field.type == "date":
                before, after = fields.Date.to_string(before), value or False
            if (before or False) == (after or False):
                continue
            if field.type == "selection":
                labels = dict(field._description_selection(self.env))
                before, after = labels.get(before), labels.get(after)
            label = field._description_string(self.env)
            differences.append(f"{label}: {before or '—'} → {after or '—'}")
        return differences
