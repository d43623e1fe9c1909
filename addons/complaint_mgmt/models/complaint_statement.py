from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ComplaintStatement(models.Model):
    """What is said to the press or to the public: approved first, then said by one."""

    _name = "complaint.statement"
    _inherit = [
        "complaint.case.part",
        "system.fields.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "approval.mixin",
    ]
    _description = "Statement to the Press"
    _with_case = True
    _order = "id desc"

    _approval_fields = ("case_id", "audience", "outlet", "text")
    _system_fields = ("published_at", "published_by_id")

    case_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Complaint",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id", store=True
    )
    respondent_ids = fields.Many2many(
        comodel_name="hr.employee", related="case_id.respondent_ids"
    )
    audience = fields.Selection(
        selection=[
            ("press", "Press and broadcast"),
            ("social", "Social media"),
            ("authority", "Authority"),
        ],
        required=True,
        default="press",
    )
    outlet = fields.Char(string="Paper, Station or Account")
    text = fields.Text(string="Statement", required=True)
    published_at = fields.Datetime(string="Said on", readonly=True, copy=False)
    published_by_id = fields.Many2one(
        comodel_name="res.users", string="Said by", readonly=True, copy=False
    )

    @api.depends("case_id", "outlet")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = self.env._(
                "Statement on %(case)s", case=statement.case_id.display_name or ""
            )

    @api.model_create_multi
    def create(self, vals_list):
        return super(ComplaintStatement, self._entered(vals_list)).create(vals_list)

    def action_publish(self):
        """It was said: only what is approved, only by the spokesperson (R47, R48)."""
        self.check_access("write")
        for statement in self:
            if statement.approval_state != "approved":
                raise UserError(
                    self.env._(
                        "Nothing is said to the press before it is approved: submit "
                        "the statement for approval."
                    )
                )
            speaker = statement.case_id.spokesperson_id
            if not speaker:
                raise UserError(
                    self.env._("Name the spokesperson on the complaint first.")
                )
            if speaker != self.env.user:
                raise AccessError(
                    self.env._(
                        "Only %(speaker)s speaks to the press about this complaint.",
                        speaker=speaker.name,
                    )
                )
            if statement.published_at:
                raise UserError(self.env._("This was said already."))
        # sudo: what was said, and when, is a mark of the system
        self.sudo().write(
            {"published_at": fields.Datetime.now(), "published_by_id": self.env.uid}
        )
