from odoo import api, fields, models


class ComplaintTreeMixin(models.AbstractModel):
    """Entries of a hierarchical list, shown and found as “Parent / Child”.

    The models that use it add ``parent_id`` and ``child_ids``.
    """

    _name = "complaint.tree.mixin"
    _description = "Hierarchical List of Complaint Management"
    _parent_store = True
    _rec_name = "complete_name"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        string="Full Name",
        compute="_compute_complete_name",
        recursive=True,
        search="_search_complete_name",
    )
    code = fields.Char(
        help="Short code for statistics and for exchange with a regulator."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_path = fields.Char(index=True)

    @api.depends_context("lang")
    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for record in self:
            parent = record.parent_id.complete_name
            record.complete_name = (
                f"{parent} / {record.name}" if parent else record.name
            )

    def _search_complete_name(self, operator, value):
        """Look for the last part of a full name; an exact one must match as a whole."""
        if operator not in ("in", "not in"):
            last = value.rsplit(" / ", 1)[-1] if isinstance(value, str) else value
            return [("name", operator, last)]
        wanted = set(value)
        last_parts = [name.rsplit(" / ", 1)[-1] for name in wanted if name]
        found = self.search([("name", "in", last_parts)]).filtered(
            lambda record: wanted & {record.name, record.complete_name}
        )
        return [("id", operator, found.ids)]
