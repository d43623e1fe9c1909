from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

ENTERED_FIELDS = {"override", "override_note", "override_until"}


class CreditGroupChangeLine(models.Model):
    _name = "credit.group.change.line"
    _description = "Member of a Proposed Change"
    _inherit = ["approval.line.mixin"]
    _order = "change_id, action, id"
    _rec_name = "partner_id"
    _approval_parent_field = "change_id"

    change_id = fields.Many2one(
        "credit.group.change", required=True, index=True, ondelete="cascade"
    )
    action = fields.Selection([("add", "Joins"), ("remove", "Leaves")], required=True)
    partner_id = fields.Many2one(
        "res.partner", string="Member", required=True, ondelete="restrict"
    )
    criterion = fields.Selection(
        selection=lambda self: (
            self.env["credit.group.member"]
            ._fields["criterion"]
            ._description_selection(self.env)
        ),
        default="4",
    )
    from_group_id = fields.Many2one("credit.group", string="Comes From", readonly=True)
    basis = fields.Json(readonly=True)
    basis_text = fields.Text("Reason", compute="_compute_basis_text")
    note = fields.Char("Judgement")
    override = fields.Boolean(
        help="Decide against the computation: keep out who would join, keep in who "
        "would "
        "leave."
    )
    override_note = fields.Char("Why Overridden")
    override_until = fields.Date(
        "Look Again On", help="From that day on the computation proposes it again."
    )

    @api.depends("basis", "action")
    @api.depends_context("lang")
    def _compute_basis_text(self):
        self.env["credit.reason"]._prefetch(self.mapped("basis"))
        for line in self:
            if line.action == "remove":
                line.basis_text = line.note or self.env._(
                    "No confirmed relation holds it in the group any more."
                )
            else:
                sentences = self.env["credit.reason"]._sentences(line.basis)
                line.basis_text = "\n".join(filter(None, [*sentences, line.note]))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines._check_judgement()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        if not self.env.su:
            self._check_judgement()

    def _check_judgement(self):
        """People add lines to their own proposals only, while they prepare them."""
        for change in self.change_id:
            if not change.manual or change.state != "proposed":
                raise UserError(
                    self.env._(
                        "Who joins or leaves here follows from the facts. Use “Propose "
                        "a Change” on the group to propose what your judgement says."
                    )
                )

    def write(self, vals):
        if not self.env.su and not all(change.manual for change in self.change_id):
            if set(vals) - ENTERED_FIELDS:
                raise UserError(
                    self.env._(
                        "Who joins or leaves follows from the facts; override the line "
                        "instead."
                    )
                )
            if any(change.state != "proposed" for change in self.change_id):
                raise UserError(
                    self.env._(
                        "Overrides are entered before the proposal is submitted. Have "
                        "it returned for change, or wait for the next computation."
                    )
                )
        return super().write(vals)

    def _apply(self):
        today = fields.Date.context_today(self)
        Member = self.env["credit.group.member"]
        for line in self:
            group = line.change_id.group_id
            member = group._members_on().filtered(
                lambda m, line=line: m.partner_id == line.partner_id
            )
            if line.override:
                line._apply_override(member)
            elif line.action == "remove":
                member.date_out = today
            else:
                if group.kind == "ownership":
                    line._leave_control_groups(today)
                if not member:
                    Member.create(line._prepare_member(today))

    def _leave_control_groups(self, day):
        """Control groups are a partition: who joins one leaves the one it was in."""
        group = self.change_id.group_id
        elsewhere = self.env["credit.group.member"].search(
            self.env["credit.identification"]._open_member_domain(
                group.company_id or self.env.company
            )
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("group_id", "!=", group.id)
        )
        elsewhere.date_out = day

    def _prepare_member(self, day):
        return {
            "group_id": self.change_id.group_id.id,
            "partner_id": self.partner_id.id,
            "criterion": self.criterion,
            "origin": "computed" if self.basis else "manual",
            "basis": self.basis,
            "note": self.note,
            "sequence": 10 * ((self.basis or {}).get("step", 8) + 1),
            "date_in": day,
        }

    def _apply_override(self, member):
        if self.action == "remove":
            member.write(
                {
                    "origin": "manual",
                    "note": self.override_note,
                    "review_on": self.override_until,
                }
            )
        else:
            member.unlink()  # only a candidate shows it as a member already
            self.env["credit.group.override"].create(
                {
                    "group_id": self.change_id.group_id.id,
                    "partner_id": self.partner_id.id,
                    "change_id": self.change_id.id,
                    "note": self.override_note,
                    "review_on": self.override_until,
                }
            )
