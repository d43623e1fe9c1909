from odoo import fields, models

from .complaint_pause_reason import METRICS


class ComplaintEscalation(models.Model):
    """Steps that were taken: written by the system only, never changed."""

    _name = "complaint.escalation"
    _inherit = ["complaint.case.part"]
    _description = "Escalation"
    _order = "fired_at desc, id desc"

    clock_id = fields.Many2one(
        comodel_name="complaint.clock", required=True, index=True, ondelete="cascade"
    )
    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        comodel_name="complaint.escalation.rule", index=True, ondelete="set null"
    )
    metric = fields.Selection(selection=METRICS, string="What")
    level = fields.Integer(aggregator=None)
    due_at = fields.Datetime(string="Due")
    fired_at = fields.Datetime(string="Taken")
    user_ids = fields.Many2many(comodel_name="res.users", string="Told")
    result = fields.Selection(
        selection=[("done", "Taken"), ("superseded", "Overtaken by a higher step")]
    )

    # the last word against telling somebody twice
    _once = models.UniqueIndex("(clock_id, level)")
