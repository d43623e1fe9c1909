"""Who is called back, and by whom."""

import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Complaints of this weight are called back, however small the sample.
ALWAYS = ("major", "critical")


def drawn(number, percent):
    """Whether the complaint with this number is in a sample of ``percent`` (0–100).

    The same number always gives the same answer, so nobody can draw again.

    >>> drawn("TS/2026/00001", 100), drawn("TS/2026/00001", 0)
    (True, False)
    """
    digest = hashlib.sha256((number or "").encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < percent


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    callback_ids = fields.One2many(
        comodel_name="complaint.callback",
        inverse_name="case_id",
        string="Call-backs",
        copy=False,
    )
    callback_agent_id = fields.Many2one(
        comodel_name="res.users",
        string="To Be Called Back by",
        domain="[('share', '=', False)]",
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="May see the complaint in order to call the customer.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._begin_callback()
        return cases

    def write(self, vals):
        self._check_result_of_calls(vals)
        before = {case: (case.stage_kind, case.callback_agent_id) for case in self}
        result = super().write(vals)
        if "stage_id" in vals:
            moved = self.filtered(lambda case: before[case][0] != case.stage_kind)
            moved._begin_callback()
        if vals.get("callback_agent_id"):
            for case in self.filtered(lambda case: case.stage_kind == "callback"):
                if case.callback_agent_id != before[case][1]:
                    case._close_callback_todo()
                    case._plan_callback(case.callback_agent_id)
        return result

    def _check_result_of_calls(self, vals):
        """Calls on record tell the result; only giving up on a call is a decision."""
        if self.env.su or vals.get("callback_result", "waived") == "waived":
            return
        # sudo: calls by others count, seen or not
        called = self.filtered(lambda case: case.sudo().callback_ids)
        if called:
            raise UserError(
                self.env._(
                    "“%(case)s” was called back: its result follows from the calls. "
                    "Record another one.",
                    case=called[:1].display_name,
                )
            )

    @api.constrains("callback_agent_id")
    def _check_callback_agent(self):
        for case in self.filtered("callback_agent_id"):
            agent = case.callback_agent_id
            problem = case._callback_agent_problem(agent)
            if problem:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot call back “%(case)s”: %(problem)s",
                        user=agent.name,
                        case=case.display_name,
                        problem=problem,
                    )
                )

    def _callback_agent_problem(self, agent):
        # sudo: who works where, and who is complained about, is not for everybody
        case = self.sudo()
        if agent in case.respondent_user_ids:
            return self.env._("they are complained about. Name somebody else.")
        if case._needs_other_caller() and not case._may_call_back(agent):
            return self.env._(
                "they handle it, or work in the same unit as who does. Name somebody "
                "of another unit."
            )
        if not self.with_user(agent).sudo(False).has_access("read"):
            return self.env._(
                "they do not see it, as it is confidential or they have no role in "
                "complaints. Add them under “Also Visible to”, or name somebody else."
            )
        return ""

    def _needs_other_caller(self):
        # sudo: the steps hold for whoever calls
        steps = self.sudo().process_id.step_ids
        return "independent" in steps.mapped("requirement")

    def _may_call_back(self, user):
        """Whether ``user`` neither handles the complaint nor works beside who does."""
        handler = self.user_id
        if user == handler:
            return False
        # sudo: who works where is not readable by everybody
        units = user.sudo().employee_ids.department_id
        # sudo: as above
        return not units & handler.sudo().employee_ids.department_id

    def _begin_callback(self):
        """What is answered waits for its call-back, or is outside the sample."""
        for case in self.filtered(lambda case: case.stage_kind == "callback"):
            if case.callback_result:
                continue
            # sudo: the process holds for whoever moves the complaint
            process = case.sudo().process_id
            percent = process.callback_percent if process else 100
            if case.severity in ALWAYS or drawn(case.number, percent):
                if case.callback_agent_id:
                    case._plan_callback(case.callback_agent_id)
                continue
            case.write(
                {
                    "callback_result": "waived",
                    "callback_note": self.env._(
                        "Not in the sample of %(percent)s %% that is called back.",
                        percent=percent,
                    ),
                }
            )

    def _plan_callback(self, user, at=None):
        """A to-do for whoever calls (again)."""
        day = fields.Datetime.context_timestamp(self, at).date() if at else None
        # sudo: the caller may see the complaint, but not plan on it
        self.sudo().activity_schedule(
            "complaint_mgmt.mail_activity_callback",
            date_deadline=day,
            user_id=user.id,
            summary=self.env._("Call back: is the customer content?"),
        )

    def _close_callback_todo(self):
        # sudo: as above
        self.sudo().activity_unlink(["complaint_mgmt.mail_activity_callback"])

    def action_callback(self):
        """Record a call to the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call-back"),
            "res_model": "complaint.callback",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_id": self.id},
        }
