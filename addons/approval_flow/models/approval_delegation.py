from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ApprovalDelegation(models.Model):
    """Who decides in whose place while they are away."""

    _name = "approval.delegation"
    _description = "Approval Substitute"
    _order = "date_from desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        string="Absent",
        required=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
        index=True,
        domain=[("share", "=", False)],
    )
    delegate_id = fields.Many2one(
        "res.users",
        string="Substitute",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("share", "=", False)],
    )
    date_from = fields.Date(
        string="First Day",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    date_to = fields.Date(string="Last Day", required=True)
    note = fields.Char(string="Reason")
    in_force = fields.Boolean(compute="_compute_in_force", search="_search_in_force")

    _check_dates = models.Constraint(
        "CHECK (date_to >= date_from)", "“Last Day” must not be before “First Day”."
    )
    _check_other = models.Constraint(
        "CHECK (delegate_id != user_id)", "Choose another person as “Substitute”."
    )

    @api.depends("user_id", "delegate_id")
    def _compute_display_name(self):
        for delegation in self:
            delegation.display_name = (
                f"{delegation.user_id.name} → {delegation.delegate_id.name}"
            )

    @api.model
    def _in_force(self):
        today = fields.Date.context_today(self)
        return Domain("date_from", "<=", today) & Domain("date_to", ">=", today)

    @api.depends("date_from", "date_to")
    def _compute_in_force(self):
        today = fields.Date.context_today(self)
        for delegation in self:
            delegation.in_force = bool(
                delegation.date_from
                and delegation.date_to
                and delegation.date_from <= today <= delegation.date_to
            )

    def _search_in_force(self, operator, value):
        return self._in_force() if operator == "in" else NotImplemented

    def _check_takeover(self):
        """An approvals manager names substitutes for others, never herself."""
        for delegation in self:
            if self.env.user == delegation.delegate_id and not self.env.su:
                raise ValidationError(
                    self.env._(
                        "Nobody takes over the say of somebody else: %(absent)s or "
                        "another approvals manager has to name you in the field "
                        "“Substitute”.",
                        absent=delegation.user_id.name,
                    )
                )

    @api.constrains("delegate_id")
    def _check_delegate(self):
        for delegation in self:
            delegate = delegation.delegate_id.sudo()  # the state of the account only
            if not delegate.active or delegate.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be a substitute: choose an active employee's "
                        "user in the field “Substitute”.",
                        user=delegate.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        delegations._check_takeover()
        self.env["approval.request"]._refresh_for(delegations.user_id)
        return delegations

    def write(self, vals):
        users = self.user_id
        result = super().write(vals)
        self._check_takeover()
        self.env["approval.request"]._refresh_for(users | self.user_id)
        return result

    def unlink(self):
        users = self.user_id
        result = super().unlink()
        self.env["approval.request"]._refresh_for(users)
        return result
