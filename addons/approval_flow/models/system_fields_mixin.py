from odoo import api, models
from odoo.exceptions import UserError


class SystemFieldsMixin(models.AbstractModel):
    """Fields that tell what happened: set by the methods of a model, never entered.

    A model names them in ``_system_fields`` and begins its ``create`` with
    ``_entered``; its methods write them in superuser mode.
    """

    _name = "system.fields.mixin"
    _description = "Fields That Only the System Sets"

    _system_fields = ()

    @api.model
    def _entered(self, vals_list):
        """The model for creating ``vals_list`` as a user entered it: refuses values of
        system fields, and forgets those that a crafted context gives as defaults.
        """
        if self.env.su:
            return self
        for vals in vals_list:
            self._check_system_fields({name for name in vals if vals[name]})
        forged = {f"default_{name}" for name in self._system_fields}
        context = self.env.context
        if forged.isdisjoint(context):
            return self
        kept = {key: value for key, value in context.items() if key not in forged}
        # pylint: disable-next=context-overridden
        return self.with_context(kept)  # as keywords, the others would stay

    def write(self, vals):
        # also an empty value would be an entry: it takes back what happened
        if not self.env.su:
            self._check_system_fields(vals)
        return super().write(vals)

    @api.model
    def _check_system_fields(self, names):
        forged = sorted(set(self._system_fields).intersection(names))
        if forged:
            raise UserError(
                self.env._(
                    "%(fields)s of “%(model)s” cannot be entered: it is set when it "
                    "happens. Use the buttons of the form.",
                    fields=", ".join(
                        f"“{self._fields[name]._description_string(self.env)}”"
                        for name in forged
                    ),
                    model=self.env["ir.model"]._get(self._name).display_name,
                )
            )
