from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a stage means, in the order in which a complaint passes through. Guards look at
#: the meaning, so that stages can be renamed, reordered and added without touching a
#: rule.
STAGE_KINDS = [
    ("register", "Registration"),
    ("assess", "Assessment"),
    ("investigate", "Investigation"),
    ("reply", "Reply"),
    ("callback", "Call-back"),
    ("closed", "Closed"),
    ("ended", "Ended without Settlement"),
]
FINAL_KINDS = ("closed", "ended")


class ComplaintStage(models.Model):
    _name = "complaint.stage"
    _description = "Complaint Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=STAGE_KINDS,
        string="Meaning",
        required=True,
        default="investigate",
        help="Which conditions a complaint has to meet to stand in this stage.",
    )
    fold = fields.Boolean(
        string="Folded in Kanban",
        help="The column is folded as long as nobody opens it.",
    )
    rotting_threshold_days = fields.Integer(
        string="Days to Rot",
        help="A complaint that stays longer than this in the stage is marked as stale. "
        "0: never.",
    )
    requirements = fields.Text(
        string="What Has to Be Done Here",
        translate=True,
        help="Shown as a tooltip on the name of the stage.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last_of_its_kind(self):
        kept = set(self.search([("id", "not in", self.ids)]).mapped("kind"))
        lost = self.filtered(lambda stage: stage.kind not in kept)
        if lost:
            raise UserError(
                self.env._(
                    "Complaints could no longer reach “%(stages)s”: keep at least one "
                    "stage of each meaning. Rename or fold the stage instead.",
                    stages=", ".join(lost.mapped("name")),
                )
            )

    def write(self, vals):
        """The meaning of a stage in use stays: its complaints were judged by it."""
        if "kind" in vals:
            changed = self.filtered(lambda stage: stage.kind != vals["kind"])
            # sudo: also complaints that this user may not see count
            used = self.env["complaint.case"].sudo().with_context(active_test=False)
            if changed and used.search_count(
                [("stage_id", "in", changed.ids)], limit=1
            ):
                raise UserError(
                    self.env._(
                        "Complaints stand in this stage, so its meaning cannot change."
                        " Add a stage with the meaning you want and move them there."
                    )
                )
        return super().write(vals)
