"""Whoever is complained about neither sees the complaint nor has a hand in it."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    respondent_ids = fields.Many2many(
        comodel_name="hr.employee",
        relation="complaint_case_respondent_rel",
        string="Staff Complained about",
        check_company=True,
        # leaving the company does not give back the sight of the complaint
        context={"active_test": False},
        copy=False,
        help="They can neither see nor handle this complaint, whatever role they have.",
    )
    respondent_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="complaint_case_respondent_user_rel",
        string="Users Locked out",
        compute="_compute_respondent_user_ids",
        store=True,
        # sudo: who an employee logs in as is not readable by everybody, the lock needs
        # it
        compute_sudo=True,
        copy=False,
    )

    @api.depends("respondent_ids.user_id")
    def _compute_respondent_user_ids(self):
        for case in self:
            case.respondent_user_ids = case.respondent_ids.user_id

    @api.constrains("respondent_ids", "user_id", "confidant_ids")
    def _check_recusal(self):
        # sudo: the lock must know users of all companies
        for case in self.sudo():
            locked = case.respondent_user_ids
            if case.user_id & locked:
                raise ValidationError(
                    self.env._(
                        "%(user)s is complained about in “%(case)s” and cannot handle "
                        "it: choose another handler.",
                        user=case.user_id.name,
                        case=case.display_name,
                    )
                )
            if case.confidant_ids & locked:
                raise ValidationError(
                    self.env._(
                        "Somebody complained about in “%(case)s” stands under “Also "
                        "visible to”: remove them there.",
                        case=case.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_oneself(vals)
        cases = super().create(vals_list)
        cases.filtered("respondent_ids")._lock_out_respondents()
        return cases

    def write(self, vals):
        self._check_not_oneself(vals)
        result = super().write(vals)
        if "respondent_ids" in vals:
            self._lock_out_respondents()
        return result

    def _check_not_oneself(self, vals):
        """Say so in words before the lock takes the record from the user's hands."""
        if not vals.get("respondent_ids") or self.env.su:
            return
        accused = self.new({"respondent_ids": vals["respondent_ids"]}).respondent_ids
        if accused._origin & self.env.user.employee_ids:
            raise UserError(
                self.env._(
                    "You cannot register or change a complaint about yourself: pass it "
                    "to your supervisor or to a colleague."
                )
            )

    def _lock_out_respondents(self):
        """Take away every thread that still ties the respondents to the case."""
        # sudo: following, notifications and to-dos of others are not ours to change
        # otherwise
        for case in self.sudo():
            users = case.respondent_user_ids
            if not users:
                continue
            partners = users.partner_id
            case.message_unsubscribe(partners.ids)
            case.message_ids._drop_complaint_respondents()
            case.message_ids.notification_ids.filtered(
                lambda notification, partners=partners: (
                    notification.res_partner_id in partners
                )
            ).unlink()
            case.activity_ids.filtered(
                lambda activity, users=users: activity.user_id in users
            ).user_id = case.user_id or self.env.user

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        # sudo: whoever subscribes somebody need not be able to read the lock
        locked_cases = self.sudo().filtered("respondent_user_ids")
        for case in locked_cases:
            locked = case.respondent_user_ids.partner_id.ids
            allowed = [pid for pid in partner_ids or () if pid not in locked]
            if allowed:
                super(ComplaintCase, case)._message_subscribe(
                    allowed, subtype_ids, customer_ids
                )
        return super(ComplaintCase, self - locked_cases)._message_subscribe(
            partner_ids, subtype_ids, customer_ids
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        # sudo: the author of a message need not be able to read the lock
        locked = self.sudo().respondent_user_ids.partner_id
        return [data for data in recipients if data["id"] not in locked.ids]
