# refusing instead of calling super is the purpose of this file
# pylint: disable=method-required-super,no-raise-unlink,super-method-mismatch
from odoo import api, models
from odoo.exceptions import UserError


class ApprovalSealed(models.AbstractModel):
    """Rows that only the approval engine writes.

    No group has a right to create, write or delete them, and the methods refuse
    as well, so that neither superuser mode nor a crafted context opens a way. The
    engine uses the private methods below, which no remote call can reach.
    """

    _name = "approval.sealed"
    _description = "Sealed Approval Row"
    _allow_sudo_commands = False

    @api.model_create_multi
    def create(self, vals_list):
        raise self._sealed_error()

    def write(self, vals):
        raise self._sealed_error()

    def unlink(self):
        raise self._sealed_error()

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        raise self._sealed_error()

    def _sealed_create(self, vals_list):
        # past the refusal above, which is the point
        return super().create(vals_list)

    def _sealed_write(self, vals):
        return super().write(vals)

    def _sealed_error(self):
        return UserError(
            self.env._(
                "%(model)s: rows are written by the approval itself and cannot be "
                "created, changed or deleted by anyone. Submit, decide or withdraw "
                "on the document instead.",
                model=self._description,
            )
        )
