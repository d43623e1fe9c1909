from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ComplaintDispute(models.Model):
    """What a complaint becomes when the two sides no longer agree: the own register."""

    _name = "complaint.dispute"
    _inherit = ["complaint.case.part", "mail.thread", "mail.activity.mixin"]
    _description = "Dispute"
    _with_case = True
    _order = "opened_at desc, id desc"
    _rec_names_search = ["number", "name"]

    name = fields.Char(string="Subject", required=True, tracking=True)
    number = fields.Char(readonly=True, copy=False, index="trigram")
    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="case_id.company_id", string="Company", store=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    partner_name = fields.Char(related="case_id.partner_name", string="Complainant")
    opened_at = fields.Date(
        string="Opened on", required=True, default=fields.Date.context_today
    )
    kind = fields.Selection(
        selection=[
            ("negotiation", "Negotiation"),
            ("mediation", "Mediation"),
            ("arbitration", "Arbitration"),
            ("court", "Court"),
        ],
        string="Conducted as",
        required=True,
        default="negotiation",
        tracking=True,
    )
    body = fields.Char(
        string="Before", help="The mediation office, arbitration board or court."
    )
    reference = fields.Char(string="Their Number")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="In Charge",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    next_date = fields.Date(string="Next Hearing or Meeting", tracking=True)
    amount = fields.Monetary(string="Amount in Dispute", tracking=True)
    claim = fields.Text(string="What Each Side Claims")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("settled", "Settled"),
            ("decided", "Decided"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="open",
        tracking=True,
    )
    result = fields.Text()
    closed_at = fields.Date(string="Ended on", readonly=True, copy=False)

    _number_unique = models.UniqueIndex(
        "(company_id, number)", "This dispute number exists already."
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for dispute in self:
            dispute.display_name = (
                f"[{dispute.number}] {dispute.name}" if dispute.number else dispute.name
            )

    @api.constrains("state", "result")
    def _check_result(self):
        for dispute in self:
            if dispute.state != "open" and not (dispute.result or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%(dispute)s” cannot end without “Result”: what was agreed or "
                        "decided.",
                        dispute=dispute.display_name,
                    )
                )

    @api.constrains("user_id", "case_id")
    def _check_recusal(self):
        # sudo: the lock must know users of all companies
        for dispute in self.sudo():
            if dispute.user_id & dispute.case_id.respondent_user_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s is complained about and cannot be in charge of the "
                        "dispute.",
                        user=dispute.user_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("closed_at", None)
            case = self.env["complaint.case"].browse(vals.get("case_id"))
            sequence = self.env["ir.sequence"].with_company(case.company_id)
            vals["number"] = sequence.next_by_code("complaint.dispute")
        disputes = super().create(vals_list)
        for dispute in disputes:
            dispute.case_id.message_post(
                body=self.env._(
                    "Became dispute %(dispute)s.", dispute=dispute.display_name
                ),
                subtype_xmlid="mail.mt_note",
            )
        return disputes

    def write(self, vals):
        if {"number", "case_id", "closed_at"} & set(vals):
            raise UserError(
                self.env._(
                    "The number of a dispute and the complaint that it came from stay."
                )
            )
        if "state" in vals:
            ended = vals["state"] != "open"
            vals = dict(
                vals, closed_at=fields.Date.context_today(self) if ended else False
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("Disputes stay on record: set it to “Dropped” instead.")
        )
