from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

NPS = "complaint_mgmt_experience.nps"


class CxFollowup(models.Model):
    """A low score may be a complaint: by hand, or at once when it is very low."""

    _inherit = "cx.followup"

    complaint_id = fields.Many2one(
        comodel_name="complaint.case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _after_open(self):
        result = super()._after_open()
        # sudo: parameters are for administrators, the limit is for everybody
        limit = int(self.env["ir.config_parameter"].sudo().get_param(NPS, 2))
        request = self.request_id
        if request.has_nps and request.nps <= limit:
            self._register_complaint()
        return result

    def action_register_complaint(self):
        """What the customer said becomes a complaint, with whoever called as first
        contact."""
        self.ensure_one()
        self.check_access("write")
        if self.complaint_id:
            raise UserError(
                self.env._("This is complaint %s already.", self.complaint_id.number)
            )
        if self.state == "done":
            raise UserError(self.env._("This follow-up is done."))
        case = self._register_complaint()
        if not case.sudo(False).has_access("read"):
            return True
        return {
            "type": "ir.actions.act_window",
            "res_model": "complaint.case",
            "res_id": case.id,
            "view_mode": "form",
        }

    def _register_complaint(self):
        journey = self.journey_id
        contact = self.user_id or journey.manager_id
        # sudo: any employee may report a complaint, also without a role in it
        cases = self.env["complaint.case"].sudo()
        case = cases.create(
            {
                "name": self.env._("Survey: %(reason)s", reason=self.reason or ""),
                "channel": "survey",
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "cx_unit_id": journey.unit_id.id,
                "first_contact_user_id": contact.id,
                "description": plaintext2html(self.cause or self.reason or ""),
            }
        )
        # sudo: the link is not made by hand
        self.sudo().write({"complaint_id": case.id, "outcome": "complaint"})
        return case
