from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .complaint_case import CHANNELS, YES_NO


class ComplaintHandover(models.Model):
    """What any employee was told, and passes on to the complaint desk.

    The complaint itself is open to the complaint roles only. This is the slip that its
    reporter keeps: what was written down, when it was passed on, who accepted it.
    """

    _name = "complaint.handover"
    _description = "Reported Complaint"
    _order = "create_date desc, id desc"

    name = fields.Char(string="Subject", required=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Told to",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    received_at = fields.Datetime(
        string="Told on", required=True, default=fields.Datetime.now
    )
    channel = fields.Selection(
        selection=CHANNELS, string="How", required=True, default="phone"
    )
    is_anonymous = fields.Boolean(string="Anonymous")
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer")
    partner_name = fields.Char(
        string="Complainant",
        compute="_compute_partner_contact",
        store=True,
        readonly=False,
    )
    partner_phone = fields.Char(
        string="Phone", compute="_compute_partner_contact", store=True, readonly=False
    )
    partner_email = fields.Char(
        string="E-mail", compute="_compute_partner_contact", store=True, readonly=False
    )
    product_id = fields.Many2one(comodel_name="product.product")
    order_ref = fields.Char(string="Order / Contract / Room")
    description = fields.Text(string="What Happened", required=True)
    emotion = fields.Selection(
        selection=[("calm", "Calm"), ("upset", "Upset"), ("furious", "Furious")],
        string="Mood",
    )
    appeasement = fields.Text(string="What Calmed the Customer")
    injury = fields.Selection(selection=YES_NO, string="Anyone Hurt?", required=True)
    readback = fields.Boolean(
        string="Read Back",
        help="You have read your notes to the customer, who confirmed them.",
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Photos and Files"
    )
    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        readonly=True,
        index=True,
        ondelete="cascade",
        groups="complaint_mgmt.group_complaint_mgmt_user",
    )
    number = fields.Char(readonly=True)
    state = fields.Selection(
        selection=[("waiting", "To be accepted"), ("accepted", "Accepted")],
        compute="_compute_progress",
    )
    accepted_at = fields.Datetime(string="Accepted on", compute="_compute_progress")
    accepted_user_id = fields.Many2one(
        comodel_name="res.users", string="Accepted by", compute="_compute_progress"
    )
    handler_id = fields.Many2one(
        comodel_name="res.users", string="Handled by", compute="_compute_progress"
    )
    progress = fields.Char(string="Stands at", compute="_compute_progress")

    @api.depends("partner_id")
    def _compute_partner_contact(self):
        for slip in self:
            partner = slip.partner_id
            slip.partner_name = partner.name or slip.partner_name
            slip.partner_phone = slip.partner_phone or partner.phone
            slip.partner_email = slip.partner_email or partner.email

    @api.depends("case_id")
    def _compute_progress(self):
        for slip in self:
            # sudo: the reporter sees how far it is, not the complaint
            case = slip.sudo().case_id
            slip.state = case.handover_state
            slip.accepted_at = case.accepted_at
            slip.accepted_user_id = case.accepted_user_id
            slip.handler_id = case.user_id
            slip.progress = case.stage_id.name

    @api.depends("number", "name")
    def _compute_display_name(self):
        for slip in self:
            slip.display_name = f"[{slip.number}] {slip.name}" if slip.number else ""

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # whoever reports is the first contact: nobody reports for somebody else
            vals["user_id"] = self.env.uid
            vals.pop("case_id", None)
            self.env["complaint.case"]._check_backdating(vals)
        slips = super().create(vals_list)
        for slip in slips:
            slip.attachment_ids.check_access("read")
            slip._open_case()
        return slips

    def _open_case(self):
        """Open the complaint in the reporter's name, to be accepted by the desk."""
        self.ensure_one()
        now = fields.Datetime.now()
        # sudo: an employee without a role in complaints may report one all the same
        cases = self.env["complaint.case"].sudo().with_company(self.company_id)
        case = cases.create(
            {
                **{
                    name: self._fields[name].convert_to_write(self[name], self)
                    for name in self._handed_fields()
                },
                "description": plaintext2html(self.description),
                "first_contact_user_id": self.user_id.id,
                "handover_state": "waiting",
                "handover_at": now,
                "readback_at": self.readback and now,
                "readback_user_id": self.readback and self.user_id.id,
            }
        )
        # sudo: the copies belong to a complaint that the reporter does not see
        for attachment in self.attachment_ids.sudo():
            attachment.copy(
                {"res_model": case._name, "res_id": case.id, "name": attachment.name}
            )
        if case.team_id.user_id:
            case.activity_schedule(
                "complaint_mgmt.mail_activity_handover",
                user_id=case.team_id.user_id.id,
            )
        # sudo: slips are written by nobody
        self.sudo().write({"case_id": case.id, "number": case.number})

    @api.model
    def _handed_fields(self):
        return (
            "name company_id received_at channel is_anonymous partner_id partner_name "
            "partner_phone partner_email product_id order_ref emotion appeasement "
            "injury"
        ).split()

    def write(self, vals):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "What was handed over stays as it was written. Tell the desk what "
                    "has to be added, with the number of the complaint."
                )
            )
        return super().write(vals)
