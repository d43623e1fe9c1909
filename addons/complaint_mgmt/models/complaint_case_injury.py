"""Injury, press, costs and authorities, as far as they bear on the complaint."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    injury_ids = fields.One2many(
        comodel_name="complaint.injury",
        inverse_name="case_id",
        string="Injury Record",
        copy=False,
    )
    spokesperson_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False)]",
        copy=False,
        tracking=True,
        help="The only one who speaks to the press about this complaint.",
    )
    statement_ids = fields.One2many(
        comodel_name="complaint.statement",
        inverse_name="case_id",
        string="Statements to the Press",
        copy=False,
    )
    external_ids = fields.One2many(
        comodel_name="complaint.external",
        inverse_name="case_id",
        string="External Cases",
        copy=False,
    )
    cost_ids = fields.One2many(
        comodel_name="complaint.cost",
        inverse_name="case_id",
        string="Costs and Recoveries",
        copy=False,
    )
    # stored, so that costs entered at once on one complaint wait for each other
    cost_total = fields.Monetary(
        string="Cost",
        compute="_compute_cost_total",
        store=True,
        # sudo: the same for everybody who sees the complaint
        compute_sudo=True,
        copy=False,
        help="What the complaint cost, less what came back.",
    )

    @api.depends("cost_ids.net")
    def _compute_cost_total(self):
        totals = dict(
            self.env["complaint.cost"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["net:sum"]
            )
        )
        for case in self:
            case.cost_total = totals.get(case._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._open_injury()
        return cases

    def write(self, vals):
        if "injury" in vals and vals["injury"] != "yes":
            self._check_nobody_hurt()
        result = super().write(vals)
        if vals.get("injury") == "yes":
            self._open_injury()
        return result

    def _check_nobody_hurt(self):
        """What was decided or told of an injury is not made undone by its absence."""
        if self.env.su or self.env.user.has_group(
            "complaint_mgmt.group_complaint_mgmt_manager"
        ):
            return
        # sudo: the record of the injury counts, seen or not
        for injury in self.sudo().injury_ids:
            if injury.decided_at or injury.insurer_told_at or injury.reported_at:
                raise UserError(
                    self.env._(
                        "“%(case)s” has a record of an injury on which was decided or "
                        "reported: only a supervisor says that nobody was hurt.",
                        case=injury.case_id.display_name,
                    )
                )

    def _open_injury(self):
        """Whoever hears of an injury need not know that there is a record to open."""
        # sudo: also a registrar opens it
        injuries = self.env["complaint.injury"].sudo()
        hurt = self.filtered(lambda case: case.injury == "yes")
        if hurt:
            known = injuries.search([("case_id", "in", hurt.ids)]).case_id
            injuries.create([{"case_id": case.id} for case in hurt - known])

    def _unmet_reply(self):
        unmet = super()._unmet_reply()
        if self.injury == "yes":
            # sudo: what is missing is told to whoever works on the complaint
            for injury in self.sudo().injury_ids:
                unmet += injury._unmet()
        if self.media == "yes" and not self.spokesperson_id:
            unmet.append(self.env._("Spokesperson: who speaks to the press"))
        return unmet

    def _check_costs_approved(self):
        """What needs an approval is approved before it is paid (R48, R41)."""
        # sudo: what was paid counts, seen or not
        costs = self.env["complaint.cost"].sudo()
        paid = {
            (case.id, kind): net
            for case, kind, net in costs._read_group(
                [("case_id", "in", self.ids)], ["case_id", "kind"], ["net:sum"]
            )
        }
        for case in self:
            case._check_compensation(paid.get((case.id, "compensation"), 0))
            case._check_medical(paid.get((case.id, "medical"), 0))

    def _check_compensation(self, paid):
        # sudo: what was approved counts, seen or not
        approved = self.sudo().proposal_ids.filtered(
            lambda proposal: proposal.approval_state == "approved"
        )
        limit = sum(approved.mapped("amount"))
        if self.currency_id.compare_amounts(paid, limit) > 0:
            raise UserError(
                self.env._(
                    "Compensation of %(paid)s for “%(case)s” is more than the "
                    "%(limit)s that were approved: submit a proposal first.",
                    paid=self.currency_id.format(paid),
                    case=self.display_name,
                    limit=self.currency_id.format(limit),
                )
            )

    def _check_medical(self, paid):
        # sudo: what was decided counts, seen or not
        decided = self.sudo().injury_ids.filtered(
            lambda injury: injury.decided_at and injury.advance == "yes"
        )
        limit = sum(decided.mapped("advance_amount"))
        if self.currency_id.compare_amounts(paid, limit) > 0:
            raise UserError(
                self.env._(
                    "Medical fees of %(paid)s for “%(case)s” are more than the "
                    "%(limit)s that the duty manager decided to advance.",
                    paid=self.currency_id.format(paid),
                    case=self.display_name,
                    limit=self.currency_id.format(limit),
                )
            )

    def action_open_injury(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "complaint.injury",
            "res_id": self.injury_ids[:1].id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
