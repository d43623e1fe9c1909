from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

MOVES = {
    "draft": ("noticed", "cancelled"),
    "noticed": ("accepted", "disputed", "cancelled"),
    "disputed": ("accepted", "cancelled"),
    "accepted": ("settled", "disputed"),
    "settled": (),
    "cancelled": (),
}
ANSWER_DAYS = 7


class CxChargeback(models.Model):
    """What the builder owes for repairs during the builder's warranty."""

    _name = "cx.chargeback"
    _description = "Charge-back to the Builder"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="No.", readonly=True, copy=False, default="/")
    project_id = fields.Many2one(
        comodel_name="cx.project", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="project_id.company_id", store=True)
    builder_id = fields.Many2one(
        comodel_name="res.partner", required=True, tracking=True, index=True
    )
    defect_ids = fields.One2many(
        comodel_name="cx.defect",
        inverse_name="chargeback_id",
        string="Repairs",
        readonly=True,
    )
    defect_count = fields.Integer(compute="_compute_amount", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(compute="_compute_amount", store=True, tracking=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("noticed", "Notice Sent"),
            ("accepted", "Accepted"),
            ("disputed", "Disputed"),
            ("settled", "Settled"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        group_expand=True,
    )
    date_notice = fields.Date(string="Notice Sent", copy=False, tracking=True)
    date_answer = fields.Date(
        string="Answer By",
        copy=False,
        tracking=True,
        help="By when the builder answers the notice.",
    )
    is_late = fields.Boolean(string="Answer Overdue", compute="_compute_is_late")
    reason = fields.Text(
        help="The clause of the contract, and the notices that the builder let pass."
    )
    answer = fields.Text(string="Builder's Answer", copy=False, tracking=True)
    settlement = fields.Char(
        string="Settled With",
        copy=False,
        tracking=True,
        help="The bill, refund or final account that it was deducted from.",
    )

    @api.depends("defect_ids.cost")
    def _compute_amount(self):
        for chargeback in self:
            chargeback.defect_count = len(chargeback.defect_ids)
            chargeback.amount = sum(chargeback.defect_ids.mapped("cost"))

    @api.depends("state", "date_answer")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for chargeback in self:
            by = chargeback.date_answer
            chargeback.is_late = bool(
                by and by < today and chargeback.state == "noticed"
            )

    @api.constrains("date_notice", "date_answer")
    def _check_dates(self):
        for chargeback in self:
            sent, answer = chargeback.date_notice, chargeback.date_answer
            if sent and answer and answer < sent:
                raise ValidationError(
                    self.env._(
                        "%(chargeback)s: the builder cannot answer before the notice.",
                        chargeback=chargeback.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"].sudo()  # whoever charges takes a number
        for vals in vals_list:
            vals.update(name=sequence.next_by_code("cx.chargeback"), state="draft")
        return super().create(vals_list)

    def write(self, vals):
        fixed = {"project_id", "builder_id", "name"} & vals.keys()
        for chargeback in self:
            if fixed and chargeback.state != "draft":
                raise UserError(
                    self.env._(
                        "%(chargeback)s has been sent to the builder. Cancel it and "
                        "make another one.",
                        chargeback=chargeback.name,
                    )
                )
            if "state" in vals and vals["state"] != chargeback.state:
                chargeback._check_state(vals["state"], vals)
        if vals.get("state") == "noticed":
            today = fields.Date.context_today(self)
            vals = {
                "date_notice": today,
                "date_answer": today + timedelta(days=ANSWER_DAYS),
                **{name: value for name, value in vals.items() if value},
            }
        result = super().write(vals)
        if vals.get("state") == "cancelled":
            # sudo: the repairs are free for another charge-back
            self.sudo().defect_ids.chargeback_id = False
        return result

    def _check_state(self, state, vals):
        labels = dict(self._fields["state"]._description_selection(self.env))
        if state not in MOVES[self.state]:
            raise UserError(
                self.env._(
                    "%(chargeback)s cannot go from “%(old)s” to “%(new)s”.",
                    chargeback=self.name,
                    old=labels[self.state],
                    new=labels[state],
                )
            )
        needs = {
            "noticed": ("reason",),
            "disputed": ("answer",),
            "settled": ("settlement",),
        }
        for name in needs.get(state, ()):
            if not (vals.get(name) or self[name]):
                raise UserError(
                    self.env._(
                        "%(chargeback)s: fill in “%(field)s” first.",
                        chargeback=self.name,
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        if state == "noticed" and not self.amount:
            raise UserError(
                self.env._(
                    "%(chargeback)s holds no repair with a cost.", chargeback=self.name
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for chargeback in self:
            if chargeback.state != "draft":
                raise UserError(
                    self.env._(
                        "%(chargeback)s is part of the record. Cancel it instead.",
                        chargeback=chargeback.name,
                    )
                )

    @api.model
    def _charge(self, defects):
        """Draft charge-backs for these repairs, one for each builder and project."""
        for defect in defects:
            reason = self._not_chargeable(defect)
            if reason:
                raise UserError(
                    self.env._(
                        "%(defect)s cannot be charged to the builder: %(reason)s",
                        defect=defect.display_name,
                        reason=reason,
                    )
                )
        self.check_access("create")
        chargebacks = self.browse()
        for (project, builder), group in defects.grouped(
            lambda defect: (defect.project_id, defect.builder_id)
        ).items():
            chargeback = self.create(
                {"project_id": project.id, "builder_id": builder.id}
            )
            # sudo: checked above, and nobody attaches repairs by hand
            group.sudo().chargeback_id = chargeback
            chargebacks |= chargeback
        return chargebacks

    @api.model
    def _not_chargeable(self, defect):
        if defect.cover != "builder":
            return self.env._("it was not under the builder's warranty.")
        if not defect.builder_id:
            return self.env._("no builder is named.")
        if not defect.cost:
            return self.env._("it has no cost.")
        if defect.chargeback_id:
            return self.env._(
                "it is on %(name)s already.", name=defect.chargeback_id.name
            )
        return None

    def action_notice(self):
        self.write({"state": "noticed"})

    def action_accept(self):
        self.write({"state": "accepted"})

    def action_dispute(self):
        self.write({"state": "disputed"})

    def action_settle(self):
        self.write({"state": "settled"})

    def action_cancel(self):
        self.write({"state": "cancelled"})
