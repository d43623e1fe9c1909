import functools

from odoo import api, fields, models
from odoo.fields import Domain


class ComplaintCasePartMixin(models.AbstractModel):
    """Records that belong to one complaint and are seen exactly where it is.

    Whoever may not read the complaint (the person complained about, outsiders of a
    confidential one) finds none of its parts, by whatever way they look for them.
    """

    _name = "complaint.case.part.mixin"
    _description = "Part of a Complaint"

    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="case_id.company_id", string="Company", store=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            cases = self.env["complaint.case"].with_context(active_test=False)
            domain = Domain(domain) & Domain("case_id", "in", cases._search([]))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        refused = super()._check_access(operation)
        if refused and not refused[0]:
            return refused
        forbidden, error = refused or (self.browse(), None)
        # sudo: which complaint a part belongs to is what the check is about
        cases = self.filtered("id").sudo().case_id.sudo(False)
        hidden = cases - cases._filtered_access(
            "read" if operation == "read" else "write"
        )
        if hidden:
            # sudo: as above
            forbidden |= self.filtered(lambda part: part.sudo().case_id in hidden)
            error = functools.partial(
                self.env["ir.rule"]._make_access_error, operation, forbidden
            )
        return (forbidden, error) if error else None
