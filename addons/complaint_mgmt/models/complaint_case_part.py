from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class ComplaintCasePart(models.AbstractModel):
    """What belongs to a complaint is seen by whoever sees the complaint, no more.

    Whoever inherits it adds a required ``case_id``; the rules of the case then hold for
    searches, groups, exports and reads, whatever rights the access list gives.
    """

    _name = "complaint.case.part"
    _description = "Part of a Complaint"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            cases = self.env["complaint.case"].with_context(active_test=False)
            domain = Domain(domain) & Domain("case_id", "in", cases._search([]))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        if result := super()._check_access(operation):
            return result
        if self.env.su or not any(self._ids):
            return None
        # sudo: which case it belongs to decides, and that must be readable to decide
        cases = self.sudo().case_id.sudo(False)
        visible = cases._filtered_access("read")
        # sudo: as above
        if hidden := self.filtered(lambda part: part.sudo().case_id not in visible):
            return hidden, lambda: AccessError(
                self.env._(
                    "This belongs to a complaint that you cannot see. Ask your "
                    "supervisor."
                )
            )
        return None
