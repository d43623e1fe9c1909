from odoo import fields, models


class ComplaintAssignmentWord(models.TransientModel):
    """What has to be said with a step of an order."""

    _name = "complaint.assignment.word"
    _description = "Answer, Refuse or Judge an Order"

    assignment_id = fields.Many2one(
        comodel_name="complaint.assignment",
        string="Order",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    step = fields.Selection(
        selection=[
            ("answer", "Answer"),
            ("refuse", "Refuse"),
            ("right", "The refusal is right"),
            ("wrong", "The refusal is not right"),
        ],
        required=True,
        default="answer",
    )
    text = fields.Text(required=True)

    def action_confirm(self):
        self.ensure_one()
        order = self.assignment_id
        if self.step == "answer":
            order.give_answer(self.text)
        elif self.step == "refuse":
            order.refuse(self.text)
        else:
            order.judge(self.step == "right", self.text)
        return {"type": "ir.actions.act_window_close"}
