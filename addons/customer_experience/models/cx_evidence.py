from odoo import api, fields, models
from odoo.exceptions import UserError

from .cx_deliverable import EVIDENCE_KINDS
from .cx_touchpoint_guard import MANAGER

FILE_KINDS = ("document", "photo", "signature")
# set by the addon alone
STAMPED_FIELDS = {"deliverable_id", "required", "is_provided", "user_id", "date"}


class CxEvidence(models.Model):
    """Proof that a touchpoint took place: a file, an address, a figure or a note."""

    _name = "cx.evidence"
    _description = "Evidence"
    _order = "touchpoint_id, sequence, id"
    _rec_name = "name"

    touchpoint_id = fields.Many2one(
        comodel_name="cx.touchpoint", required=True, index=True, ondelete="cascade"
    )
    deliverable_id = fields.Many2one(
        comodel_name="cx.deliverable", readonly=True, ondelete="set null"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    kind = fields.Selection(selection=EVIDENCE_KINDS, required=True, default="document")
    required = fields.Boolean(readonly=True)
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    value = fields.Char(help="Web address, number or note.")
    for_owner = fields.Boolean(
        string="For the Owner",
        compute="_compute_for_owner",
        store=True,
        readonly=False,
        precompute=True,
        help="Shown to owners on the page of their home, once the touchpoint is done.",
    )
    is_provided = fields.Boolean(
        string="Provided",
        compute="_compute_is_provided",
        store=True,
        precompute=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Provided By", readonly=True
    )
    date = fields.Date(string="Provided On", readonly=True)

    @api.depends("deliverable_id")
    def _compute_for_owner(self):
        for evidence in self:
            evidence.for_owner = evidence.deliverable_id.for_owner

    @api.depends("kind", "file", "value")
    def _compute_is_provided(self):
        for evidence in self.with_context(bin_size=True):
            content = evidence.file if evidence.kind in FILE_KINDS else evidence.value
            evidence.is_provided = bool(content and str(content).strip())

    @api.constrains("kind", "value")
    def _check_value(self):
        for evidence in self.filtered(lambda e: (e.value or "").strip()):
            value = evidence.value.strip()
            if evidence.kind == "url" and not value.startswith(("http://", "https://")):
                raise UserError(
                    self.env._(
                        "%(name)s: “%(value)s” is no web address. It begins with "
                        "http:// or https://.",
                        name=evidence.name,
                        value=value,
                    )
                )
            if evidence.kind == "number" and not any(map(str.isdigit, value)):
                raise UserError(
                    self.env._(
                        "%(name)s: “%(value)s” holds no number.",
                        name=evidence.name,
                        value=value,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_stamped(vals)
        records = super().create([self._stamp(vals) for vals in vals_list])
        records._check_not_closed()
        return records

    def write(self, vals):
        self._check_stamped(vals)
        self._check_not_closed()
        return super().write(self._stamp(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_required(self):
        self._check_not_closed()
        required = self.filtered("required")
        if required and not (self.env.su or self.env.user.has_group(MANAGER)):
            raise UserError(
                self.env._(
                    "“%(name)s” is required evidence and stays on the list.",
                    name=required[0].name,
                )
            )

    def _check_stamped(self, vals):
        names = STAMPED_FIELDS & vals.keys()
        if self.filtered("deliverable_id"):
            names |= {"kind", "name", "touchpoint_id"} & vals.keys()
        if names and not self.env.su:
            labels = sorted(
                self._fields[name]._description_string(self.env) for name in names
            )
            raise UserError(
                self.env._(
                    "Evidence asked for by the template: %(fields)s cannot be changed.",
                    fields=", ".join(labels),
                )
            )

    def _check_not_closed(self):
        done = self.touchpoint_id.filtered(lambda t: t.state == "done")
        if done:
            raise UserError(
                self.env._(
                    "%(touchpoint)s is done: its evidence is part of the record. Ask a "
                    "customer manager to reopen it first.",
                    touchpoint=done[0].display_name,
                )
            )

    @api.model
    def _stamp(self, vals):
        if vals.get("file") or vals.get("value"):
            return {
                **vals,
                "user_id": self.env.uid,
                "date": fields.Date.context_today(self),
            }
        return vals
