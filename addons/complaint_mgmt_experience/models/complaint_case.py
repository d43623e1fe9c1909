from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

REVISIT_DAYS = "complaint_mgmt_experience.revisit_days"


class ComplaintCase(models.Model):
    """A complaint about a home: where it is, whose, and in which stage of the way."""

    _inherit = "complaint.case"

    cx_unit_id = fields.Many2one(
        comodel_name="cx.unit",
        string="Home",
        compute="_compute_cx_unit_id",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
        tracking=True,
        help="The customer's own, if there is but one.",
    )
    cx_phase_id = fields.Many2one(
        comodel_name="cx.phase",
        string="Project Phase",
        compute="_compute_cx_phase_id",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
    )
    cx_project_id = fields.Many2one(
        comodel_name="cx.project",
        string="Project",
        related="cx_phase_id.project_id",
        store=True,
        index="btree_not_null",
    )
    cx_journey_id = fields.Many2one(
        comodel_name="cx.journey",
        string="Journey",
        compute="_compute_cx_journey_id",
        store=True,
        # sudo: whoever registers a complaint need not see the journeys of buyers
        compute_sudo=True,
        index="btree_not_null",
    )
    cx_stage_id = fields.Many2one(
        comodel_name="cx.stage",
        string="Stage of the Buyer",
        compute="_compute_cx_stage_id",
        store=True,
        compute_sudo=True,
        help="Where the buyer stood when the complaint was entered.",
    )
    cx_touchpoint_ids = fields.One2many(
        comodel_name="cx.touchpoint", inverse_name="complaint_id", string="Revisits"
    )

    @api.depends("partner_id")
    def _compute_cx_unit_id(self):
        # sudo: whoever registers need not see journeys; only an own home is proposed
        journeys = self.env["cx.journey"].sudo()
        journeys = journeys.search([("partner_id", "in", self.partner_id.ids)])
        for case in self:
            own = journeys.filtered(
                lambda journey, case=case: (
                    journey.partner_id == case.partner_id
                    and journey.company_id == case.company_id
                )
            )
            if not case.cx_unit_id and len(own.unit_id) == 1:
                case.cx_unit_id = own.unit_id.sudo(False)

    @api.depends("cx_unit_id")
    def _compute_cx_phase_id(self):
        for case in self:
            case.cx_phase_id = case.cx_unit_id.phase_id or case.cx_phase_id

    @api.depends("cx_unit_id", "partner_id")
    def _compute_cx_journey_id(self):
        for case in self:
            journeys = case.cx_unit_id.journey_ids
            own = journeys.filtered(
                lambda journey, case=case: journey.partner_id == case.partner_id
            )
            if not own and case.cx_unit_id:
                own = case.cx_unit_id._current_journey()
            case.cx_journey_id = own[:1]

    @api.depends("cx_journey_id")
    def _compute_cx_stage_id(self):
        for case in self:
            case.cx_stage_id = case.cx_journey_id.stage_id or case.cx_stage_id

    @api.depends("cx_phase_id")
    def _compute_department_id(self):
        """Before the close-out of a phase its project department answers for it,
        afterwards customer affairs (R78, PR-02)."""
        result = super()._compute_department_id()
        for case in self.filtered("cx_phase_id"):
            if not case.department_id or case.department_id == case._type_department():
                # sudo: who answers for a project is no secret
                routed = case.cx_phase_id.sudo()._complaint_department()
                case.department_id = routed.sudo(False) or case.department_id
        return result

    def _type_department(self):
        return self.type_id.with_company(self.company_id).department_id

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_place(vals)
        return super().create(vals_list)

    def _check_place(self, vals):
        """Whose home it is, and how far the buyer was, follows from the home."""
        forged = {name for name in ("cx_journey_id", "cx_stage_id") if vals.get(name)}
        if forged and not self.env.su:
            raise UserError(
                self.env._(
                    "%(fields)s cannot be entered: choose the home.",
                    fields=self._quoted_labels(forged),
                )
            )

    def write(self, vals):
        self._check_place(vals)
        before = {case: case.stage_kind for case in self}
        result = super().write(vals)
        self.filtered(
            lambda case: case.stage_kind == "closed" and before[case] != "closed"
        )._plan_revisit()
        return result

    def _plan_revisit(self):
        """A visit to the customer some time after the complaint was settled."""
        # sudo: whoever settles a complaint need not plan the work of others
        cases = self.sudo().filtered("cx_journey_id.active")
        days = int(self.env["ir.config_parameter"].sudo().get_param(REVISIT_DAYS, 30))
        due = fields.Date.context_today(self) + timedelta(days=days)
        for case in cases:
            if any(case.cx_touchpoint_ids.mapped("is_open")):
                continue
            journey = case.cx_journey_id
            role = self.env.ref("customer_experience.cx_role_cs")
            manager = journey.manager_id
            titled = case.with_context(lang=manager.lang or self.env.lang)
            case.env["cx.touchpoint"].create(
                {
                    "title": titled.env._(
                        "Revisit after complaint %(number)s", number=case.number or ""
                    ),
                    "phase_id": journey.phase_id.id,
                    "journey_id": journey.id,
                    "stage_id": journey.stage_id.id,
                    "department_id": journey.project_id._department_for(role).id,
                    "user_id": manager.id,
                    "date_due": due,
                    "complaint_id": case.id,
                }
            )
