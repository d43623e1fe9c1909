from odoo import api, fields, models


class ComplaintProcess(models.Model):
    """How one kind of organisation handles complaints: the extra steps, as data."""

    _name = "complaint.process"
    _description = "Complaint Process"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: for all companies."
    )
    type_ids = fields.Many2many(
        comodel_name="complaint.type",
        string="Types",
        help="With their subtypes: new complaints of these types follow the process.",
    )
    team_ids = fields.Many2many(
        comodel_name="complaint.team",
        string="Teams",
        check_company=True,
        help="Complaints of these teams follow the process.",
    )
    description = fields.Text(translate=True)
    step_ids = fields.One2many(
        comodel_name="complaint.process.step",
        inverse_name="process_id",
        string="Steps",
        copy=True,
    )
    policy_ids = fields.Many2many(
        comodel_name="complaint.sla.policy",
        relation="complaint_process_complaint_sla_policy_rel",
        string="Own Time Limits",
        help="They hold for the complaints of this process only.",
    )

    callback_percent = fields.Integer(
        string="Called Back (%)",
        default=100,
        help="Share of the normal complaints whose customers are called back; major "
        "and critical ones always are. The number of the complaint decides the draw.",
    )

    _callback_percent_range = models.Constraint(
        "CHECK(callback_percent BETWEEN 0 AND 100)",
        "Called Back (%): enter 0 to 100.",
    )

    @api.model
    def _process_of(self, case):
        """The first process for its team, else the first one for its type."""
        # sudo: which process holds is the same for everybody
        processes = self.sudo().search(
            [("company_id", "in", [case.company_id.id, False])]
        )
        by_team = processes.filtered(lambda process: case.team_id in process.team_ids)
        path = case.type_id.parent_path or ""
        above = {int(part) for part in path.split("/") if part}
        by_type = processes.filtered(
            lambda process: above.intersection(process.type_ids.ids)
        )
        return (by_team or by_type)[:1]
