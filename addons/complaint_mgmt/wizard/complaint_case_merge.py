from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ComplaintCaseMerge(models.TransientModel):
    """Several complaints of one customer about one matter go on under one number."""

    _name = "complaint.case.merge"
    _description = "Merge Complaints"

    case_ids = fields.Many2many(
        comodel_name="complaint.case",
        string="Complaints",
        required=True,
        default=lambda self: self._default_case_ids(),
    )
    target_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Goes on under",
        compute="_compute_target_id",
        help="The complaint received first: its time limits count.",
    )

    @api.model
    def _default_case_ids(self):
        cases = self.env["complaint.case"].browse(self.env.context.get("active_ids"))
        if len(cases) == 1:
            cases |= cases.duplicate_ids.filtered(lambda case: not case.closed_at)
        return [Command.set(cases.ids)]

    @api.depends("case_ids")
    def _compute_target_id(self):
        for wizard in self:
            wizard.target_id = wizard.case_ids.sorted("received_at")[:1]._origin

    def action_merge(self):
        self.ensure_one()
        cases = self.case_ids
        cases.check_access("write")
        target, rest = self.target_id, self.case_ids - self.target_id
        if not rest:
            raise UserError(
                self.env._("Choose at least two complaints that are the same matter.")
            )
        if cases.filtered("closed_at"):
            raise UserError(
                self.env._(
                    "Only open complaints can be merged; “%(case)s” is closed.",
                    case=cases.filtered("closed_at")[0].display_name,
                )
            )
        strangers = rest.filtered(lambda case: not case._is_same_customer(target))
        if strangers or len(cases.company_id) > 1:
            raise UserError(
                self.env._(
                    "“%(case)s” is from another customer than “%(target)s”: each of "
                    "them has a right to an answer of their own.",
                    case=(strangers or rest)[0].display_name,
                    target=target.display_name,
                )
            )
        rest._merge_into(target)
        return {
            "type": "ir.actions.act_window",
            "res_model": target._name,
            "res_id": target.id,
            "views": [(False, "form")],
        }
