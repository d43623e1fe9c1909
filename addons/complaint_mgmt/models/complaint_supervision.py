from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ComplaintSupervision(models.Model):
    """Pressing a unit (催办) and supervision from above (督办)."""

    _name = "complaint.supervision"
    _inherit = ["complaint.case.part"]
    _description = "Expediting and Supervision"
    _order = "id desc"

    case_id = fields.Many2one(
        comodel_name="complaint.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", related="case_id.company_id"
    )
    assignment_id = fields.Many2one(
        comodel_name="complaint.assignment", string="Order", index="btree_not_null"
    )
    kind = fields.Selection(
        selection=[
            ("expedite", "Expedited"),
            ("passing", "Supervised: passed around"),
            ("unsatisfied", "Supervised: customer not satisfied"),
            ("late", "Supervised: overdue"),
            ("manual", "Supervised: by decision"),
        ],
        required=True,
        readonly=True,
    )
    serial = fields.Integer(
        string="No.", readonly=True, aggregator=None, help="Counted in each complaint."
    )
    opened_at = fields.Datetime(string="From", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="By", readonly=True)
    reason = fields.Text(readonly=True)
    instruction = fields.Text(help="What the unit or the handler has to do.")
    result = fields.Text(help="What came of it. Ends the supervision.")
    closed_at = fields.Datetime(string="Ended", readonly=True)

    @api.depends("kind", "serial")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            record.display_name = f"{kinds.get(record.kind, '')} {record.serial}"

    def write(self, vals):
        if not self.env.su:
            self._check_may_instruct(vals)
        if (vals.get("result") or "").strip():
            vals = dict(vals, closed_at=fields.Datetime.now())
        return super().write(vals)

    def _check_may_instruct(self, vals):
        if set(vals) - {"instruction", "result"}:
            raise UserError(
                self.env._(
                    "Only instruction and result are entered: the rest stands from "
                    "the beginning."
                )
            )
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_manager"):
            raise AccessError(self.env._("Only supervisors instruct and end this."))
        if any(record.closed_at for record in self):
            raise UserError(self.env._("It has ended and stays as it is."))

    @api.model
    def _open(self, case, kind, reason, order=None):
        """Note it once: a reason that is still being dealt with is not repeated."""
        # sudo: what happens to a case is noted whoever caused it
        mine = self.sudo().search([("case_id", "=", case.id)])
        if kind != "expedite" and mine.filtered(
            lambda record: record.kind == kind and not record.closed_at
        ):
            return self.browse()
        # sudo: as above
        record = self.sudo().create(
            {
                "case_id": case.id,
                "kind": kind,
                "reason": reason,
                "assignment_id": order.id if order else False,
                "opened_at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "serial": len(mine) + 1,
                "closed_at": fields.Datetime.now() if kind == "expedite" else False,
            }
        )
        if kind != "expedite":
            record._tell_supervisors()
        return record

    @api.model
    def _open_late(self, reasons):
        """Complaints that are long overdue, each unless it is supervised for that.

        The step of escalation has told its supervisors already.
        """
        cases = self.env["complaint.case"].browse(case.id for case in reasons)
        # sudo: what happens to a case is noted whoever caused it
        records = self.sudo()
        counts, open_ones = {}, set()
        for record in records.search([("case_id", "in", cases.ids)]):
            counts[record.case_id] = counts.get(record.case_id, 0) + 1
            if record.kind == "late" and not record.closed_at:
                open_ones.add(record.case_id)
        records.create(
            [
                {
                    "case_id": case.id,
                    "kind": "late",
                    "reason": self.env._("overdue: %(what)s", what=reasons[case]),
                    "opened_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "serial": counts.get(case, 0) + 1,
                }
                for case in cases
                if case not in open_ones
            ]
        )

    def _tell_supervisors(self):
        case = self.case_id
        # sudo: the supervisors are told, whoever caused it
        case = case.sudo().with_context(mail_activity_quick_update=True)
        users = case.team_id.user_id or case._supervisors()[:1]
        for user in users - case.respondent_user_ids:
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Under supervision: %(why)s", why=self.reason or ""),
            )
