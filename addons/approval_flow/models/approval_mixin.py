import hashlib
from datetime import datetime

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError


class ApprovalMixin(models.AbstractModel):
    """Documents that need a yes before they count.

    A model that inherits it also inherits ``mail.thread`` and
    ``mail.activity.mixin``; see readme/DEVELOP.md.
    """

    _name = "approval.mixin"
    _description = "Approval Mixin"

    # What is put under approval: shown to the approvers, frozen on submission, and
    # locked also once approved. Empty: every field that a user may enter.
    _approval_fields = ()
    # What may still be written while the document is under approval.
    _approval_unlocked_fields = ()

    approval_request_ids = fields.One2many(
        "approval.request",
        "res_id",
        string="Approval Requests",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
    )
    approval_request_id = fields.Many2one(
        "approval.request",
        string="Current Approval",
        compute="_compute_approval_state",
        store=True,
        index="btree_not_null",
    )
    approval_state = fields.Selection(
        [
            ("draft", "Not Submitted"),
            ("pending", "Under Approval"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("returned", "Returned for Change"),
        ],
        string="Approval",
        compute="_compute_approval_state",
        store=True,
        index=True,
    )
    approval_can_submit = fields.Boolean(compute="_compute_approval_can")
    approval_can_decide = fields.Boolean(
        compute="_compute_approval_can", search="_search_approval_can_decide"
    )
    approval_can_withdraw = fields.Boolean(compute="_compute_approval_can")
    approval_panel = fields.Json(compute="_compute_approval_panel")

    # ------------------------------------------------------------
    # STATE
    # ------------------------------------------------------------

    @api.depends("approval_request_ids.state")
    def _compute_approval_state(self):
        for record in self:
            request = record.approval_request_ids.sorted("id")[-1:]
            state = request.state or "draft"
            record.approval_request_id = request
            record.approval_state = "draft" if state == "withdrawn" else state

    @api.depends("approval_state")
    @api.depends_context("uid")
    def _compute_approval_can(self):
        for record in self:
            # what the current user may do is asked of the request, not of its rules
            request = record.approval_request_id.sudo()
            pending = record.approval_state == "pending"
            record.approval_can_decide = pending and request.can_decide
            record.approval_can_withdraw = request.can_withdraw or (
                request.state == "approved" and record._approval_may_revoke(request)
            )
            record.approval_can_submit = (
                record.approval_state in ("draft", "refused", "returned")
                and bool(record._origin)
                and record.has_access("write")
            )

    def _search_approval_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("approval_request_id", "any!", [("can_decide", "=", True)])]

    @api.depends("approval_state", "approval_request_ids.decision_count")
    @api.depends_context("uid")
    def _compute_approval_panel(self):
        # the panel exists for everybody, the requests only for those they concern
        visible = self.sudo().approval_request_ids.sudo(False)._filtered_access("read")
        for record in self:
            requests = visible.filtered(
                lambda request, record=record: request.res_id == record._origin.id
            ).sorted("id", reverse=True)
            record.approval_panel = {
                "state": record.approval_state,
                "can_submit": record.approval_can_submit,
                "can_revoke": record.approval_state == "approved"
                and record.approval_can_withdraw,
                "requests": [request._panel() for request in requests],
            }

    # ------------------------------------------------------------
    # LOCK
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._approval_check_forged(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._approval_check_forged(vals)
        self._approval_check_lock(vals)
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        # translations are written past write()
        self._approval_check_lock([field_name])
        return super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approval_history(self):
        # the history counts whether or not the user may read it
        for record in self.sudo().filtered("approval_request_ids"):
            raise UserError(
                self.env._(
                    "“%(record)s” has an approval history, which is kept: it cannot be "
                    "deleted. Archive or cancel it instead.",
                    record=record.display_name,
                )
            )

    def _approval_check_forged(self, names):
        if {"approval_state", "approval_request_id", "approval_request_ids"} & set(
            names
        ):
            raise UserError(
                self.env._(
                    "The approval of “%(model)s” follows from the decisions taken; it "
                    "cannot be set. Submit the document instead.",
                    model=self.env["ir.model"]._get(self._name).display_name,
                )
            )

    def _approval_check_lock(self, names):
        """Refuse to change ``names`` where they are under approval or approved."""
        entered = {name for name in names if not self._approval_is_open(name)}
        if not entered:
            return
        under_approval = set(self._approval_field_names())
        for record in self.sudo():  # the lock holds for everybody
            state = record.approval_state
            locked = {"pending": entered, "approved": entered & under_approval}.get(
                state
            )
            if not locked:
                continue
            labels = ", ".join(
                sorted(
                    self._fields[name]._description_string(self.env) for name in locked
                )
            )
            if state == "pending":
                message = self.env._(
                    "“%(record)s” is under approval, so %(fields)s cannot be changed. "
                    "Withdraw the request, or ask an approver to return it for change.",
                    record=record.display_name,
                    fields=labels,
                )
            else:
                message = self.env._(
                    "“%(record)s” is approved, so %(fields)s cannot be changed: what "
                    "was approved has to stay what it was. A change needs a new "
                    "approval.",
                    record=record.display_name,
                    fields=labels,
                )
            raise UserError(message)

    def _approval_is_open(self, name):
        field = self._fields.get(name)
        return (
            field is None
            or name in self._approval_unlocked_fields
            or name in ("message_main_attachment_id", "access_token")
            # conversation and to-dos go on; the approval has its own guard
            or (field.comodel_name or "").startswith(("mail.", "rating."))
            or field.comodel_name == "approval.request"
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def approval_submit(self):
        """Put the documents under approval."""
        self.check_access("write")
        for record in self:
            if record.approval_state in ("pending", "approved"):
                raise UserError(
                    self.env._(
                        "“%(record)s” is under approval or approved already.",
                        record=record.display_name,
                    )
                )
            record._approval_before_submit()
            self.env["approval.request"]._submit(record)
        return True

    def approval_approve(self, comment=None, attachment_ids=None, aspects=None):
        """Agree; ``aspects`` are the answers of a matrix review."""
        return self._approval_decide("agreed", comment, attachment_ids, aspects)

    def approval_refuse(self, comment=None, attachment_ids=None, aspects=None):
        return self._approval_decide("refused", comment, attachment_ids, aspects)

    def approval_return(self, comment=None, attachment_ids=None):
        """Send the documents back for change."""
        return self._approval_decide("returned", comment, attachment_ids)

    def approval_withdraw(self, comment=None):
        """Take the request back, or revoke an approval where the document allows it."""
        self.check_access("read")
        done = [record._approval_current()._withdraw(comment) for record in self]
        return all(done) or self.env["approval.request"]._too_late()

    def _approval_decide(self, verdict, comment, attachment_ids, aspects=None):
        self.check_access("read")
        attachments = self.env["ir.attachment"].browse(attachment_ids or [])
        done = [
            record._approval_current()._decide(verdict, comment, attachments, aspects)
            for record in self
        ]
        return all(done) or self.env["approval.request"]._too_late()

    def _approval_current(self):
        # whether the user has a say is checked by the request, in better words
        request = self.sudo().approval_request_id.sudo(False)
        if not request:
            raise UserError(
                self.env._(
                    "“%(record)s” has not been submitted for approval.",
                    record=self.display_name,
                )
            )
        return request

    # ------------------------------------------------------------
    # HOOKS, meant to be overridden
    # ------------------------------------------------------------

    def _approval_before_submit(self):
        """Raise here what keeps the document from being submitted."""

    def _approval_approved(self, request):
        """Put the approved document into effect. Runs in superuser mode."""

    def _approval_refused(self, request):
        """The document was refused. Runs in superuser mode."""

    def _approval_returned(self, request):
        """It was returned, withdrawn or revoked. Runs in superuser mode."""

    def _approval_may_revoke(self, request):
        """Whether the current user may take an approval back to change the document."""
        return False

    def _approval_company(self):
        # whatever companies are ticked, the document has its own
        company = self.sudo().company_id if "company_id" in self._fields else False
        return company or self.env.company

    def _approval_today(self):
        """The day it is where the company works."""
        timezone = self._approval_company().resource_calendar_id.tz or self.env.user.tz
        return datetime.now(pytz.timezone(timezone or "UTC")).date()

    def _approval_amount(self, name):
        """The amount in the field ``name`` and its currency."""
        field = self._fields[name]
        currency_field = (
            field.get_currency_field(self)
            if field.type == "monetary"
            else "currency_id"
        )
        currency = self[currency_field] if currency_field in self._fields else False
        return self[name], currency or self._approval_company().currency_id

    def _approval_field_names(self):
        return self._approval_fields or [
            name
            for name, field in self._fields.items()
            if (field.store or field.type == "one2many")
            and name not in models.MAGIC_COLUMNS
            and not (field.compute and field.readonly)
            and not self._approval_is_open(name)
        ]

    def _approval_content(self):
        """The fields under approval: label, value to compare, text to read."""
        self.ensure_one()
        self.env.flush_all()
        self.invalidate_recordset()
        return {
            name: self._approval_entry(self._fields[name])
            for name in self._approval_field_names()
        }

    def _approval_entry(self, field):
        value = self[field.name]
        if field.type == "one2many":
            names = [
                name
                for name, each in value._fields.items()
                if each.store
                and name not in models.MAGIC_COLUMNS
                and each.type not in ("one2many", "binary")
                # conversation and approval of the line are not its content
                and not name.startswith(("message_", "activity_", "approval_"))
            ]
            value.invalidate_recordset()
            lines = value.sorted("id")
            text = ", ".join(line.display_name or "" for line in lines)
            value = [
                [line.id, *(self._approval_plain(line[n]) for n in names)]
                for line in lines
            ]
        else:
            text = field.convert_to_export(value, self)
        return {
            "label": field._description_string(self.env),
            "value": self._approval_plain(value),
            "text": str(text or ""),
        }

    @api.model
    def _approval_plain(self, value):
        """``value`` as JSON keeps it."""
        if isinstance(value, models.BaseModel):
            return sorted(value.ids)
        if isinstance(value, bytes):
            return hashlib.sha256(value).hexdigest()
        if isinstance(value, bool | int | float | list | dict):
            return value
        return str(value or "")
