import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.mimetypes import guess_mimetype

from .cx_check_sheet import DEDUCTIONS

PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
PHOTO_BYTES = 10 << 20
#: What was found; once the check is submitted it stands.
FOUND = {
    *("check_id", "item_id", "deduction", "cause_key", "finding", "photo"),
    *("department_id", "due_on"),
}
#: How it was mended; once somebody has seen it, that stands as well.
MENDED = {"mending", "mended_photo"}


class CxCheckLine(models.Model):
    """A finding: what is wrong, who mends it, who saw that it is mended."""

    _name = "cx.check.line"
    _description = "Finding"
    _order = "check_id, section_id, id"
    _inherit = ["system.fields.mixin"]
    _rec_name = "finding"

    _system_fields = (
        *("state", "fixed_by_id", "fixed_on", "verified_by_id", "verified_on"),
    )

    check_id = fields.Many2one(
        comodel_name="cx.check", required=True, index=True, ondelete="cascade"
    )
    sheet_id = fields.Many2one(related="check_id.sheet_id")
    submitted_at = fields.Datetime(related="check_id.submitted_at")
    batch_id = fields.Many2one(related="check_id.batch_id", store=True)
    company_id = fields.Many2one(related="check_id.company_id", store=True)
    item_id = fields.Many2one(
        comodel_name="cx.check.item",
        required=True,
        ondelete="restrict",
        domain="[('sheet_id', '=', sheet_id)]",
    )
    section_id = fields.Many2one(related="item_id.section_id", store=True)
    deduction = fields.Selection(
        selection=DEDUCTIONS,
        compute="_compute_deduction",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    cause_key = fields.Char(
        string="Cause", help="Findings with the same cause count once, at the highest."
    )
    finding = fields.Text(required=True)
    photo = fields.Image(max_width=1920, max_height=1920)
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Mended By",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    due_on = fields.Date(string="Due")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("fixed", "Mended"),
            ("verified", "Verified"),
            ("waived", "Waived"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    mending = fields.Text(string="What Was Done", copy=False)
    mended_photo = fields.Image(
        string="Photo After", max_width=1920, max_height=1920, copy=False
    )
    fixed_by_id = fields.Many2one(
        "res.users", "Mended By Whom", readonly=True, copy=False
    )
    fixed_on = fields.Date("Mended On", readonly=True, copy=False)
    verified_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    verified_on = fields.Date(readonly=True, copy=False)
    is_blocking = fields.Boolean(compute="_compute_is_blocking")

    @api.depends("item_id")
    def _compute_deduction(self):
        for line in self:
            line.deduction = line.item_id.deduction

    @api.depends("item_id", "check_id")
    def _compute_department_id(self):
        for line in self:
            roles = line.check_id.project_id.role_ids
            line.department_id = line.department_id or (
                roles.filtered(
                    lambda role, line=line: role.role_id == line.item_id.role_id
                )[:1].department_id
            )

    @api.depends("deduction", "state")
    def _compute_is_blocking(self):
        """Systemic findings must be mended; legal ones mended or waived."""
        done = {"5": ("verified",), "3": ("verified", "waived")}
        for line in self:
            states = done.get(line.deduction)
            line.is_blocking = bool(states) and line.state not in states

    @api.constrains("item_id", "check_id")
    def _check_item(self):
        for line in self:
            if line.item_id.sheet_id != line.check_id.sheet_id:
                raise ValidationError(
                    self.env._(
                        "Item: “%(item)s” is not on the sheet “%(sheet)s”.",
                        item=line.item_id.name,
                        sheet=line.check_id.sheet_id.display_name,
                    )
                )

    @api.model
    def _check_photos(self, vals):
        """Before the picture is read: what is none is refused by name of its field."""
        for name in ("photo", "mended_photo"):
            content = base64.b64decode(vals.get(name) or b"")
            if not content:
                continue
            label = self._fields[name]._description_string(self.env)
            if len(content) > PHOTO_BYTES:
                raise ValidationError(
                    self.env._(
                        "%(field)s: at most %(size)s MB. Take it smaller.",
                        field=label,
                        size=PHOTO_BYTES >> 20,
                    )
                )
            if guess_mimetype(content) not in PHOTO_TYPES:
                raise ValidationError(
                    self.env._(
                        "%(field)s: this is no picture (JPEG, PNG, WebP or GIF).",
                        field=label,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        entered = self._entered(vals_list)
        for vals in vals_list:
            self._check_photos(vals)
        lines = super(CxCheckLine, entered).create(vals_list)
        if not self.env.su:
            lines.check_id._check_draft()
        return lines

    def write(self, vals):
        self._check_photos(vals)
        if MENDED & set(vals) and not self.env.su:
            self._check_not_seen()
        if FOUND & set(vals) and not self.env.su:
            self.check_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self.check_id._check_draft()

    def _check_not_seen(self):
        for line in self.filtered(lambda line: line.state in ("verified", "waived")):
            raise UserError(
                self.env._(
                    "“%(finding)s” is settled: what was done stands. Report what is "
                    "new in another round.",
                    finding=line.item_id.name,
                )
            )

    def _plan_mending(self):
        """One to-do for each department that has findings to mend."""
        for (check, department), lines in self.grouped(
            lambda line: (line.check_id, line.department_id)
        ).items():
            user = department.manager_id.user_id
            if user:
                check.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    date_deadline=min(
                        filter(None, lines.mapped("due_on")), default=None
                    ),
                    summary=self.env._(
                        "Mend %(count)s findings of the check", count=len(lines)
                    ),
                )

    def _mark(self, **vals):
        # sudo: marks are set by the system
        self.sudo().write(vals)

    def _settle(self, state):
        today = fields.Date.context_today(self)
        self._mark(state=state, verified_by_id=self.env.uid, verified_on=today)

    def _check_submitted(self, *states):
        self.check_access("write")
        for line in self:
            if not line.check_id.submitted_at:
                raise UserError(self.env._("Submit the check first."))
            if line.state not in states:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(finding)s” is “%(state)s” already.",
                        finding=line.item_id.name,
                        state=labels[line.state],
                    )
                )

    def action_fix(self):
        self._check_submitted("open")
        for line in self:
            if not (line.mending or "").strip():
                raise UserError(
                    self.env._(
                        "What Was Done: say it for “%(finding)s”, best with a photo.",
                        finding=line.item_id.name,
                    )
                )
        self._mark(
            state="fixed",
            fixed_by_id=self.env.uid,
            fixed_on=fields.Date.context_today(self),
        )

    def action_verify(self):
        self._check_submitted("fixed")
        if self.env.user in self.fixed_by_id:
            raise UserError(
                self.env._(
                    "You mended it yourself: somebody else sees whether it is mended."
                )
            )
        self._settle("verified")

    def action_reject(self):
        """It is not mended: back to the department."""
        self._check_submitted("fixed")
        self._mark(state="open", fixed_by_id=False, fixed_on=False)

    def action_waive(self):
        """A customer manager accepts a finding as it is; systemic ones never."""
        self._check_submitted("open", "fixed")
        if not self.check_id._is_manager():
            raise AccessError(self.env._("Only a customer manager waives a finding."))
        for line in self:
            if line.deduction == "5":
                raise UserError(
                    self.env._(
                        "“%(finding)s” is systemic: it is mended, or the gate waived "
                        "with approval.",
                        finding=line.item_id.name,
                    )
                )
            if not (line.mending or "").strip():
                raise UserError(
                    self.env._(
                        "What Was Done: say why “%(finding)s” stays as it is.",
                        finding=line.item_id.name,
                    )
                )
        self._settle("waived")
