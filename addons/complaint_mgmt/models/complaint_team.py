from ast import literal_eval

from odoo import api, fields, models


class ComplaintTeam(models.Model):
    _name = "complaint.team"
    _inherit = ["mail.alias.mixin.optional"]
    _description = "Complaint Team"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Team Leader",
        domain="[('share', '=', False)]",
        check_company=True,
        help="Assigns the complaints of the team and sees also its confidential ones.",
    )
    member_ids = fields.Many2many(
        comodel_name="res.users",
        string="Members",
        domain="[('share', '=', False)]",
        check_company=True,
        help="Handlers among them see all complaints of the team that are not "
        "confidential.",
    )
    reopen_days = fields.Integer(
        string="Reopening Period (Days)",
        default=30,
        help="How long after its closing a complaint can be reopened; later a new one "
        "is registered that follows it. 0: no limit.",
    )
    acknowledge = fields.Boolean(
        string="Acknowledge Mails",
        help="Whoever complains by mail gets an automatic answer with the number of "
        "the complaint.",
    )
    acknowledge_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Acknowledgement",
        domain="[('model', '=', 'complaint.case')]",
        default=lambda self: self.env.ref(
            "complaint_mgmt.mail_template_acknowledgement", raise_if_not_found=False
        ),
    )
    open_count = fields.Integer(string="Open", compute="_compute_counts")
    unassigned_count = fields.Integer(string="Unassigned", compute="_compute_counts")
    severe_count = fields.Integer(string="Major or Critical", compute="_compute_counts")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        counts = {
            team: (total, total - assigned)
            for team, total, assigned in self.env["complaint.case"]._read_group(
                [("team_id", "in", self.ids), ("closed_at", "=", False)],
                ["team_id"],
                ["__count", "user_id:count"],
            )
        }
        severe = dict(
            self.env["complaint.case"]._read_group(
                [
                    ("team_id", "in", self.ids),
                    ("closed_at", "=", False),
                    ("severity", "in", ["major", "critical"]),
                ],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.open_count, team.unassigned_count = counts.get(team, (0, 0))
            team.severe_count = severe.get(team, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # a form sends the empty field along: without it the company's own domain is
            # taken
            if not vals.get("alias_domain_id"):
                vals.pop("alias_domain_id", None)
        return super().create(vals_list)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("complaint.case")
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = dict(defaults, team_id=self.id)
        return values

    @api.depends("name", "company_id.name")
    @api.depends_context("allowed_company_ids")
    def _compute_display_name(self):
        """Teams of several companies are often named alike: tell them apart."""
        many = len(self.env.companies) > 1
        for team in self:
            team.display_name = (
                f"{team.name} ({team.company_id.name})" if many else team.name
            )

    def action_open_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_mgmt.complaint_case_action"
        )
        action["context"] = {
            "default_team_id": self.id,
            "search_default_team_id": self.id,
            "search_default_open": True,
        }
        return action
