import base64
import functools

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine import filetype


class ComplaintCasePart(models.AbstractModel):
    """What belongs to a complaint is seen by whoever sees the complaint, no more.

    Whoever inherits it adds a required ``case_id``; the rules of the case then hold for
    searches, groups, exports and reads, whatever rights the access list gives.
    """

    _name = "complaint.case.part"
    _description = "Part of a Complaint"

    #: Whether only those change a part who may change its complaint.
    _with_case = False

    @api.model
    def _case_operation(self, operation):
        """What one must be allowed to do with the complaint for ``operation`` on it:
        to see it, as a unit answers an order of a case that it only reads; or to change
        it, for what belongs to those who work on it.
        """
        return "write" if self._with_case and operation != "read" else "read"

    def _check_harmless(self, name, filename):
        """Refuse a file that is not what it says, too large, or that runs something.

        :raise ValidationError: naming the file
        """
        for part in self.filtered(name):
            content = base64.b64decode(part[name])
            if not filetype.is_acceptable(part[filename] or "", content):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be accepted: please add photos, recordings "
                        "or PDF files of up to %(size)s MB.",
                        name=part[filename] or part._fields[name].string,
                        size=filetype.MAX_BYTES // 1024 // 1024,
                    )
                )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            cases = self.env["complaint.case"].with_context(active_test=False)
            domain = Domain(domain) & Domain("case_id", "in", cases._search([]))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        refused = super()._check_access(operation)
        if self.env.su or (refused and not refused[0]):
            return refused
        forbidden, error = refused or (self.browse(), None)
        # sudo: which complaint a part belongs to is what the check is about
        cases = self.filtered("id").sudo().case_id.sudo(False)
        hidden = cases - cases._filtered_access(self._case_operation(operation))
        if hidden:
            # sudo: as above
            forbidden |= self.filtered(lambda part: part.sudo().case_id in hidden)
            error = functools.partial(
                self.env["ir.rule"]._make_access_error, operation, forbidden
            )
        return (forbidden, error) if error else None
