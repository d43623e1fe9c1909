from odoo import api, models


class ApprovalLineMixin(models.AbstractModel):
    """Lines of a document under approval: locked with it, however they are written."""

    _name = "approval.line.mixin"
    _description = "Approval Line Mixin"

    # The field that leads to the document.
    _approval_parent_field = None

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._approval_check_parent()
        return lines

    def write(self, vals):
        self._approval_check_parent()
        result = super().write(vals)
        if self._approval_parent_field in vals:
            self._approval_check_parent()
        return result

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        self._approval_check_parent()
        return super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_under_approval(self):
        self._approval_check_parent()

    def _approval_check_parent(self):
        parents = self[self._approval_parent_field]
        lines = [
            name
            for name, field in parents._fields.items()
            if field.type == "one2many"
            and field.comodel_name == self._name
            and field.inverse_name == self._approval_parent_field
        ]
        parents._approval_check_lock(lines)
