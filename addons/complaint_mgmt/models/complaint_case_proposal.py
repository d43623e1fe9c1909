from odoo import fields, models

from .complaint_stage import STAGE_KINDS

ORDER = [key for key, _label in STAGE_KINDS]


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    proposal_ids = fields.One2many(
        comodel_name="complaint.proposal",
        inverse_name="case_id",
        string="Proposals",
        copy=False,
    )

    def _unmet_conditions(self):
        """The customer is told nothing that is still to be approved."""
        unmet = super()._unmet_conditions()
        rank = ORDER.index(self.stage_kind)
        if self.stage_kind == "ended" or rank < ORDER.index("callback"):
            return unmet
        # sudo: a proposal holds whether or not the mover sees it
        last = self.sudo().proposal_ids.sorted("id")[-1:]
        if last and last.approval_state != "approved":
            unmet.append(
                self.env._("Approval of the proposal: the last one is not approved")
            )
        return unmet
