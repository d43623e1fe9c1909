from odoo import models
from odoo.tools import html2plaintext

from .cx_touchpoint_todo import TODO_TYPE


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Who ticks off the to-do of a touchpoint finishes the touchpoint, or hears why
        it is not finished yet."""
        todo_type = self.env.ref(TODO_TYPE, raise_if_not_found=False)
        todos = self.filtered(
            lambda todo: (
                todo.res_model == "cx.touchpoint" and todo.activity_type_id == todo_type
            )
        )
        touchpoints = self.env["cx.touchpoint"].browse(todos.mapped("res_id"))
        touchpoints = touchpoints.filtered("is_open")
        if touchpoints:
            if feedback:
                unsaid = touchpoints.filtered(lambda touchpoint: not touchpoint.note)
                unsaid.note = html2plaintext(feedback)
            touchpoints.action_done()  # closes their to-dos as well
        return super(MailActivity, self.filtered("active"))._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
