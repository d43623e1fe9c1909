from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RatingRating(models.Model):
    """Ratings of complaints: seen where the complaint is, given by customers only.

    Core lets every employee read and rewrite all ratings.
    """

    _inherit = "rating.rating"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            cases = self.env["complaint.case"].with_context(active_test=False)
            ours = Domain("res_model", "=", "complaint.case")
            if cases.has_access("read"):
                visible = Domain("res_id", "in", cases._search([]))
                domain = Domain(domain) & (~ours | visible)
            else:
                domain = Domain(domain) & ~ours
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._check_complaint_rating()
        return ratings

    def write(self, vals):
        self._check_complaint_rating()
        return super().write(vals)

    def _check_access(self, operation):
        refused = super()._check_access(operation)
        # sudo: which complaint a rating belongs to is what the check is about
        ours = self.sudo().filtered(lambda rating: rating.res_model == "complaint.case")
        cases = self.env["complaint.case"].browse(ours.mapped("res_id")).exists()
        hidden = set(ours.mapped("res_id")) - set(cases._filtered_access("read").ids)
        if not hidden or (refused and not refused[0]):
            return refused
        forbidden = self.browse(ours.filtered(lambda r: r.res_id in hidden).ids)
        if refused:
            forbidden |= refused[0]
        rule = self.env["ir.rule"]
        return forbidden, lambda: rule._make_access_error(operation, forbidden)

    def _check_complaint_rating(self):
        # sudo: to tell what is rated
        ours = self.sudo().filtered(lambda rating: rating.res_model == "complaint.case")
        if ours and not self.env.su:
            raise UserError(
                self.env._("Complaints are rated by their customers, by nobody else.")
            )
