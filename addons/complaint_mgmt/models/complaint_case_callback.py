"""Who is called back, and by whom."""

import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

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
        before = {case: case.stage_kind for case in self}
        agents = {case: case.callback_agent_id for case in self}
        self._check_callback_agent(vals)
        result = super().write(vals)
        if "stage_id" in vals:
            moved = self.filtered(lambda case: before[case] != case.stage_kind)
            moved._begin_callback()
        if vals.get("callback_agent_id"):
            self._check_callback_agent_sees()
            for case in self:
                if (
                    case.stage_kind == "callback"
                    and case.callback_agent_id != agents[case]
                ):
                    case._close_callback_todo()
                    case._plan_callback(case.callback_agent_id)
        return result

    def _check_callback_agent(self, vals):
        agent = self.env["res.users"].browse(vals.get("callback_agent_id"))
        if not agent:
            return
        for case in self:
            # sudo: who works where is not readable by everybody
            case = case.sudo()
            if agent in case.respondent_user_ids:
                raise UserError(
                    self.env._(
                        "%(user)s is complained about in “%(case)s”: name somebody "
                        "else to call back.",
                        user=agent.name,
                        case=case.display_name,
                    )
                )
            if case._needs_other_caller() and not case._may_call_back(agent):
                raise UserError(
                    self.env._(
                        "%(user)s handles “%(case)s” or works in the same unit as who "
                        "does: name somebody of another unit to call back.",
                        user=agent.name,
                        case=case.display_name,
                    )
                )

    def _check_callback_agent_sees(self):
        for case in self:
            agent = case.callback_agent_id
            if not case.with_user(agent).sudo(False).has_access("read"):
                raise UserError(
                    self.env._(
                        "%(user)s does not see “%(case)s”: it is confidential, or they "
                        "have no role in complaints. Add them under “Also Visible to”, "
                        "or name somebody else.",
                        user=agent.name,
                        case=case.display_name,
                    )
                )

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
