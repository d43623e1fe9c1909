from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, split_every

from ..engine.warranty import Clock

OWNER_NOTICE = "customer_experience.warranty_notice_days"
BUILDER_NOTICE = "customer_experience.builder_sweep_days"
NOTICE_BATCH = 500


class CxUnitWarranty(models.Model):
    """Until when one component of one home is under warranty, counted at handover.

    It belongs to the home: a new owner goes on with it. Nobody edits it; it is counted
    again only when the handover itself is corrected.
    """

    _name = "cx.unit.warranty"
    _description = "Warranty of a Unit"
    _order = "unit_id, component_id, id"
    _rec_name = "component_id"
    _allow_sudo_commands = False

    unit_id = fields.Many2one(
        comodel_name="cx.unit", required=True, index=True, ondelete="cascade"
    )
    phase_id = fields.Many2one(
        related="unit_id.phase_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="unit_id.company_id", store=True, precompute=True
    )
    builder_id = fields.Many2one(
        related="phase_id.builder_id", store=True, precompute=True
    )
    component_id = fields.Many2one(
        comodel_name="cx.component", required=True, index=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(comodel_name="cx.warranty.rule", ondelete="restrict")
    date_completed = fields.Date(string="Works Accepted")
    date_handover = fields.Date(string="Handed Over", required=True)
    builder_end = fields.Date(
        string="Builder Until", help="Last day on which the builder answers."
    )
    owner_legal_end = fields.Date(string="Owner by Law Until")
    promised_end = fields.Date(string="Promised Until")
    owner_end = fields.Date(
        string="Owner Until", help="Last day on which the owner is covered."
    )
    exposure_days = fields.Integer(
        string="Exposure (days)",
        help="Days on which the owner is covered and no builder stands behind.",
    )
    state = fields.Selection(
        selection=[
            ("covered", "Covered"),
            ("expiring", "Expiring"),
            ("expired", "Expired"),
            ("none", "Nothing Agreed"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    days_left = fields.Integer(compute="_compute_state")
    owner_notice_id = fields.Many2one(
        comodel_name="cx.touchpoint",
        string="Notice to the Owner",
        ondelete="set null",
        index="btree_not_null",
    )
    builder_notice_id = fields.Many2one(
        comodel_name="cx.touchpoint",
        string="Sweep with the Builder",
        ondelete="set null",
        index="btree_not_null",
    )

    _component_uniq = models.Constraint(
        "UNIQUE(unit_id, component_id)", "The unit already has this warranty."
    )
    # the nightly search for warranties that are about to end
    _owner_end_idx = models.Index("(owner_end) WHERE owner_notice_id IS NULL")
    _builder_end_idx = models.Index("(builder_end) WHERE builder_notice_id IS NULL")

    @api.depends("unit_id.name", "component_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for warranty in self:
            warranty.display_name = (
                f"{warranty.unit_id.name} {warranty.component_id.name}"
            )

    @api.depends("owner_end")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        soon = today + timedelta(days=self._notice_days(OWNER_NOTICE))
        for warranty in self:
            end = warranty.owner_end
            warranty.days_left = (end - today).days if end else 0
            if not end:
                warranty.state = "none"
            elif end < today:
                warranty.state = "expired"
            else:
                warranty.state = "expiring" if end <= soon else "covered"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        soon = today + timedelta(days=self._notice_days(OWNER_NOTICE))
        domains = {
            "none": Domain("owner_end", "=", False),
            "expired": Domain("owner_end", "<", today),
            "expiring": Domain("owner_end", ">=", today)
            & Domain("owner_end", "<=", soon),
            "covered": Domain("owner_end", ">", soon),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _notice_days(self, parameter):
        # sudo: parameters are for administrators, the number is for everybody
        return int(self.env["ir.config_parameter"].sudo().get_param(parameter, 60))

    def _clock(self):
        self.ensure_one()
        return Clock(
            self.builder_end or None,
            self.owner_legal_end or None,
            self.promised_end or None,
        )

    # notices

    @api.model
    def _cron_notices(self):
        """Tell owners, and sweep with builders, before a warranty ends."""
        for field, parameter, prepare in (
            ("owner", OWNER_NOTICE, "_prepare_owner_notice"),
            ("builder", BUILDER_NOTICE, "_prepare_builder_notice"),
        ):
            self._cron_notice(field, self._notice_days(parameter), prepare)

    @api.model
    def _cron_notice(self, field, days, prepare):
        Cron = self.env["ir.cron"]
        today = fields.Date.context_today(self)
        ending = self.search(
            [
                (f"{field}_notice_id", "=", False),
                (f"{field}_end", ">=", today),
                (f"{field}_end", "<=", today + timedelta(days=days)),
            ],
            order=f"{field}_end, phase_id, unit_id, id",
        )
        if field == "builder":
            # one sweep goes over every home of the phase, so a phase is not cut
            chunks = list(ending.grouped("phase_id").values())
        else:
            chunks = [self.browse(ids) for ids in split_every(NOTICE_BATCH, ending.ids)]
        Cron._commit_progress(remaining=len(ending))
        for chunk in chunks:
            getattr(chunk, prepare)()
            if not Cron._commit_progress(len(chunk)):
                return

    def _prepare_owner_notice(self):
        """One letter to the owner for all that ends on the same day."""
        for (unit, end), group in self._grouped("unit_id", "owner_end"):
            journey = unit._current_journey()
            if not journey:
                continue
            group._notify(
                "owner",
                journey=journey,
                code="F04",
                due=max(fields.Date.context_today(self), end - timedelta(days=30)),
                title=self.env._(
                    "Warranty of %(components)s ends on %(date)s: tell the owner and "
                    "offer a free check",
                    components=", ".join(group.component_id.mapped("name")),
                    date=format_date(self.env, end),
                ),
            )

    def _prepare_builder_notice(self):
        """One joint inspection of the phase for all that ends on the same day."""
        for (_phase, end), group in self._grouped("phase_id", "builder_end"):
            group._notify(
                "builder",
                code="F05",
                role="en",
                due=max(fields.Date.context_today(self), end - timedelta(days=30)),
                title=self.env._(
                    "Builder's warranty of %(components)s ends on %(date)s in "
                    "%(count)s units: inspect together and check the retention money",
                    components=", ".join(group.component_id.mapped("name")),
                    date=format_date(self.env, end),
                    count=len(group.unit_id),
                ),
            )

    def _grouped(self, owner, end):
        """In the language of the company's people, who read the titles."""
        for company, of_company in self.grouped("company_id").items():
            lang = company.partner_id.lang or self.env.lang
            of_company = of_company.with_context(lang=lang)
            groups = of_company.grouped(
                lambda warranty: (warranty[owner], warranty[end])
            )
            yield from groups.items()

    def _notify(self, field, *, code, due, title, role="cs", journey=None):
        """Open a touchpoint for these warranties and note that it is there."""
        phase = self.phase_id
        department = phase.project_id._department_for(
            self.env.ref(f"customer_experience.cx_role_{role}")
        )
        user = phase.customer_manager_id
        if role != "cs":
            user = department.manager_id.user_id or user
        touchpoint = (
            self.env["cx.touchpoint"]
            # sudo: nobody in particular runs the nightly job
            .sudo()
            .create(
                {
                    "code": code,
                    "title": title,
                    "stage_id": self.env.ref("customer_experience.cx_stage_f").id,
                    "phase_id": phase.id,
                    "journey_id": journey and journey.id,
                    "department_id": department.id,
                    "user_id": user.id,
                    "date_due": due,
                }
            )
        )
        self.sudo()[f"{field}_notice_id"] = touchpoint  # as above
