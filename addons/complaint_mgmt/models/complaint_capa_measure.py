import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_logger = logging.getLogger(__name__)

#: What was promised; once the plan is submitted it stands.
PLANNED = {"capa_id", "kind", "name", "user_id", "due_on"}


class ComplaintCapaMeasure(models.Model):
    """One measure of a corrective action: who does what until when (限期改进)."""

    _name = "complaint.capa.measure"
    _inherit = ["complaint.case.part", "system.fields.mixin"]
    _description = "Measure"
    _order = "capa_id, sequence, id"

    _system_fields = ("done_on", "done_by_id", "overdue_told_on")

    capa_id = fields.Many2one(
        comodel_name="complaint.capa",
        string="Corrective Action",
        required=True,
        index=True,
        ondelete="cascade",
    )
    case_id = fields.Many2one(related="capa_id.case_id", store=True, index=True)
    company_id = fields.Many2one(related="capa_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("containment", "D3 Interim"),
            ("corrective", "D5 Permanent"),
            ("preventive", "D7 Preventive"),
        ],
        required=True,
        default="corrective",
    )
    name = fields.Char(string="Measure", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        domain="[('share', '=', False)]",
        index=True,
    )
    due_on = fields.Date(string="Due on", required=True)
    done_on = fields.Date(string="Done on", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        comodel_name="res.users", string="Done by", readonly=True, copy=False
    )
    result = fields.Text(string="What Was Done", copy=False)
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    overdue_told_on = fields.Date(string="Escalated on", readonly=True, copy=False)

    # what the scheduler looks for: open measures, by due date
    _due_idx = models.Index("(due_on) WHERE done_on IS NULL")

    @api.depends("due_on", "done_on")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for measure in self:
            measure.is_overdue = (
                not measure.done_on and bool(measure.due_on) and measure.due_on < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("done_on", "=", False), ("due_on", "<", today)]

    @api.constrains("user_id", "capa_id")
    def _check_user_sees_case(self):
        for measure in self:
            # sudo: whether somebody else sees the complaint is what is asked
            case = measure.sudo().case_id
            if not case.with_user(measure.user_id).sudo(False).has_access("read"):
                raise ValidationError(
                    self.env._(
                        "Responsible: %(user)s does not see “%(case)s”. Send an order "
                        "to their unit first, or name somebody who works on it.",
                        user=measure.user_id.name,
                        case=case.display_name,
                    )
                )

    @api.constrains("due_on", "capa_id")
    def _check_due_on(self):
        for measure in self:
            # sudo: the date of receipt of the complaint that the measure belongs to
            received = measure.sudo().case_id.received_at.date()
            if measure.due_on < received:
                raise ValidationError(
                    self.env._(
                        "Due on: “%(measure)s” cannot be due before the complaint was "
                        "received (%(day)s).",
                        measure=measure.name,
                        day=fields.Date.to_string(received),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        entered = self._entered(vals_list)
        measures = super(ComplaintCapaMeasure, entered).create(vals_list)
        measures._check_plan_open()
        return measures

    def write(self, vals):
        if not self.env.su:
            if PLANNED & set(vals):
                self._check_plan_open()
            self._check_may_do()
            self._check_result_stands(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_planned(self):
        self._check_plan_open()

    def _check_result_stands(self, vals):
        done = self.filtered("done_on")
        if "result" in vals and done:
            raise UserError(
                self.env._(
                    "“%(measure)s” is reported as done, and stands.",
                    measure=done[:1].name,
                )
            )

    def _check_plan_open(self):
        if self.env.su:
            return
        self.capa_id._check_may_plan()
        for capa in self.capa_id:
            if capa.state != "plan":
                raise UserError(
                    self.env._(
                        "The plan of “%(capa)s” is submitted: who does what until when "
                        "can be changed once it is returned.",
                        capa=capa.number,
                    )
                )

    def _check_may_do(self):
        """The person responsible reports; a handler of the complaint may for them."""
        for measure in self:
            if measure.user_id == self.env.user:
                continue
            if not measure.case_id.has_access("write"):
                raise AccessError(
                    self.env._(
                        "“%(measure)s” is reported by %(user)s, or by whoever handles "
                        "the complaint.",
                        measure=measure.name,
                        user=measure.user_id.name,
                    )
                )

    def action_done(self):
        """The measure is carried out; its result says how."""
        self.check_access("read")
        self._check_may_do()
        for measure in self.filtered(lambda measure: not measure.done_on):
            if measure.capa_id.state == "plan" and measure.kind != "containment":
                raise UserError(
                    self.env._(
                        "“%(measure)s” is part of a plan that nobody has approved yet.",
                        measure=measure.name,
                    )
                )
            if not (measure.result or "").strip():
                raise UserError(
                    self.env._(
                        "What Was Done: say it for “%(measure)s”, with the evidence.",
                        measure=measure.name,
                    )
                )
            # sudo: the day is set by the system only
            measure.sudo().write(
                {
                    "done_on": fields.Date.context_today(self),
                    "done_by_id": self.env.uid,
                }
            )
        self._tell_interim()

    def _tell_interim(self):
        """An interim measure in force is what the interim time limit asks for."""
        for measure in self.filtered(lambda measure: measure.kind == "containment"):
            # sudo: the time limit stops, whoever carried the measure out
            case = measure.sudo().case_id
            if not case.closed_at and not (case.interim_measure or "").strip():
                case.interim_measure = measure.name

    @api.model
    def _cron_overdue(self):
        """Overdue measures go up to the leader and the team's head, each once."""
        today = fields.Date.today()
        domain = [
            ("done_on", "=", False),
            ("due_on", "<", today),
            ("overdue_told_on", "=", False),
            ("capa_id.state", "in", ("plan", "approval", "measures")),
        ]
        todo = self.search(domain, limit=500, order="due_on, id")
        for measure in todo:
            try:
                with self.env.cr.savepoint():
                    measure._escalate()
            except OperationalError:
                # another transaction was in the way: the whole run is tried again
                raise
            except Exception:
                # one that cannot be told must not keep the others from it
                _logger.exception("Measure %s cannot be escalated", measure.id)
            measure.overdue_told_on = today
        left = self.search_count(domain) if todo else 0
        self.env["ir.cron"]._commit_progress(len(todo), remaining=left)

    def _escalate(self):
        capa = self.capa_id
        head = capa.department_id.manager_id.user_id
        users = (capa.user_id | head | capa.case_id.team_id.user_id).filtered("active")
        for user in users - self.user_id - capa.case_id.respondent_user_ids:
            if not capa.with_user(user).has_access("read"):
                continue
            capa.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._(
                    "Overdue since %(day)s: %(measure)s (%(user)s)",
                    day=fields.Date.to_string(self.due_on),
                    measure=self.name,
                    user=self.user_id.name,
                ),
            )
