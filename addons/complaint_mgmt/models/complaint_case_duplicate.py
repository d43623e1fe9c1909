"""The same customer complains about the same product again."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: Same customer and product again within this time: probably the same complaint.
DUPLICATE_PERIOD = timedelta(days=180)


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    duplicate_ids = fields.Many2many(
        comodel_name="complaint.case",
        string="Possible Duplicates",
        compute="_compute_duplicate_ids",
    )
    duplicate_count = fields.Integer(compute="_compute_duplicate_ids")

    @api.depends(
        "partner_id", "email_normalized", "phone_key", "product_id", "received_at"
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_duplicate_ids(self):
        """Complaints of the same customer about the same product within half a year."""
        cases = self.filtered(
            lambda case: (
                case.product_id
                and (case.partner_id or case.email_normalized or case.phone_key)
            )
        )
        rivals = defaultdict(lambda: self.browse())
        for rival in self.search(
            Domain("product_id", "in", cases.product_id.ids)
            & (
                Domain("partner_id.commercial_partner_id", "in", cases._customers().ids)
                | Domain("email_normalized", "in", cases._known("email_normalized"))
                | Domain("phone_key", "in", cases._known("phone_key"))
            )
        ):
            rivals[rival.product_id] |= rival
        for case in self:
            case.duplicate_ids = rivals[case.product_id].filtered(case._is_duplicate_of)
            case.duplicate_count = len(case.duplicate_ids)

    def _customers(self):
        return self.partner_id.commercial_partner_id

    def _known(self, name):
        return [value for value in self.mapped(name) if value]

    def _is_same_customer(self, other):
        """By the customer's card, the mail address or the number called from."""
        self.ensure_one()
        return bool(
            self._customers()._origin & other._customers()._origin
            or (
                self.email_normalized
                and self.email_normalized == other.email_normalized
            )
            or (self.phone_key and self.phone_key == other.phone_key)
        )

    def _is_duplicate_of(self, other):
        self.ensure_one()
        return (
            other != self._origin
            and self._is_same_customer(other)
            and bool(self.received_at)
            and abs(self.received_at - other.received_at) <= DUPLICATE_PERIOD
        )

    def action_open_duplicates(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_mgmt.complaint_case_action"
        )
        action["domain"] = [("id", "in", (self.duplicate_ids | self).ids)]
        action["context"] = {"create": False}
        action["views"] = [(False, "list"), (False, "form")]
        return action
