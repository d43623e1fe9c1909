"""Gates hold where a milestone is reported: in ``create`` and ``write``, so that form,
list, drag, import, cron and RPC meet the same refusal."""

import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, ValidationError

ADMIN = "customer_experience.group_customer_experience_admin"

ICONS = {
    "green": "text-success fa-check-circle",
    "yellow": "text-warning fa-unlock-alt",
    "red": "text-danger fa-times-circle",
}


class CxProject(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "cx.project"

    gate_ids = fields.Many2many(
        comodel_name="cx.gate",
        relation="cx_project_gate_rel",
        string="Gates",
        tracking=True,
        help="What must be true before these milestones of the project are reported.",
    )

    def write(self, vals):
        guarded = {project: project.gate_ids for project in self}
        result = super().write(vals)
        if "gate_ids" in vals and any(
            guarded[project] - project.gate_ids for project in self
        ):
            self._check_may_unguard()
        return result

    def _check_may_unguard(self):
        """Without its gate a milestone is reported whatever is missing, as by a waiver
        that nobody approved."""
        if not (self.env.su or self.env.user.has_group(ADMIN)):
            raise AccessError(
                self.env._(
                    "Only an administrator of customer experience takes a gate off a "
                    "project. Ask for a waiver of what is missing."
                )
            )


class CxMilestoneType(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "cx.milestone.type"

    gate_ids = fields.One2many(
        comodel_name="cx.gate", inverse_name="milestone_type_id", string="Gates"
    )


class CxMilestone(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "cx.milestone"

    gate_html = fields.Html(string="Requirements", compute="_compute_gate")
    gate_text = fields.Char(string="Missing", compute="_compute_gate")
    gate_state = fields.Selection(
        selection=[
            ("open", "Gate Open"),
            ("shut", "Gate Shut"),
            ("waived", "Open by Waiver"),
        ],
        string="Gate",
        compute="_compute_gate",
    )
    gate_waived = fields.Char(
        string="Waived",
        readonly=True,
        copy=False,
        help="Requirements that were not met when the milestone was reported.",
    )
    waiver_ids = fields.One2many(
        comodel_name="cx.gate.waiver", inverse_name="milestone_id", string="Waivers"
    )

    @api.depends("date_effective", "date_actual", "waiver_ids.approval_state")
    @api.depends_context("lang", "uid")
    def _compute_gate(self):
        for milestone in self:
            lines = milestone._origin._gate_lines() if milestone._origin else []
            milestone.gate_text = "; ".join(
                f"{line['name']}: {line['unmet']}"
                for line in lines
                if line["light"] == "red"
            )
            milestone.gate_html = milestone._gate_table(lines) if lines else False
            if not lines or milestone.date_actual:
                milestone.gate_state = False
            elif any(line["light"] == "red" for line in lines):
                milestone.gate_state = "shut"
            else:
                yellow = any(line["light"] == "yellow" for line in lines)
                milestone.gate_state = "waived" if yellow else "open"

    @api.model
    def _gate_table(self, lines):
        words = {
            "green": self.env._("met"),
            "yellow": self.env._("waived"),
            "red": self.env._("missing"),
        }
        rows = Markup().join(
            Markup(
                "<li><i class='fa {icon}' role='img' title='{word}'></i> {name}"
                " <span class='text-muted'>{unmet}</span></li>"
            ).format(
                icon=ICONS[line["light"]],
                word=words[line["light"]],
                name=line["name"],
                unmet=line["unmet"],
            )
            for line in lines
        )
        return Markup("<ul class='list-unstyled mb-0'>{rows}</ul>").format(rows=rows)

    def _gates(self):
        # sudo: gates hold for whoever reports
        gates = self.sudo().project_id.gate_ids
        return gates.filtered(
            lambda gate: gate.active and gate.milestone_type_id == self.type_id
        )

    def _gate_lines(self):
        """A light for each requirement: green met, yellow waived, red missing."""
        self.ensure_one()
        # sudo: whether something is done does not depend on who asks
        milestone = self.sudo()
        waived = milestone.waiver_ids.filtered("is_valid").requirement_id
        lines = []
        for requirement in milestone._gates().requirement_ids:
            unmet = requirement._unmet(milestone)
            light = "green"
            if unmet:
                light = "yellow" if requirement in waived else "red"
            lines.append(
                {
                    "id": requirement.id,
                    "name": requirement.name,
                    "light": light,
                    "unmet": unmet,
                }
            )
        return lines

    @api.model_create_multi
    def create(self, vals_list):
        milestones = super().create(vals_list)
        milestones.filtered("date_actual")._pass_gates()
        return milestones

    def write(self, vals):
        if "gate_waived" in vals and not self.env.su:
            raise ValidationError(
                self.env._("Waived: this is noted when the milestone is reported.")
            )
        before = self.filtered("date_actual")
        result = super().write(vals)
        if vals.get("date_actual"):
            (self - before)._pass_gates()
        return result

    def _pass_gates(self):
        """Refuse what is missing; note what was waived."""
        for milestone in self:
            lines = milestone._gate_lines()
            missing = [line for line in lines if line["light"] == "red"]
            if missing:
                raise milestone._gate_refusal(missing)
            waived = [line["name"] for line in lines if line["light"] == "yellow"]
            if waived:
                names = ", ".join(waived)
                # sudo: what happened is noted whoever reports it
                milestone.sudo().gate_waived = names
                milestone.message_post(
                    body=self.env._("Reported with waivers for: %(names)s", names=names)
                )

    def _gate_refusal(self, missing):
        words = "\n".join(f"• {line['name']}: {line['unmet']}" for line in missing)
        action = {
            "type": "ir.actions.act_window",
            "res_model": "cx.milestone",
            "res_id": self.id,
            "views": [[False, "form"]],
        }
        text = self.env._(
            "%(milestone)s cannot be reported yet. Still missing:\n%(missing)s",
            milestone=self.display_name,
            missing=words,
        )
        refusal = RedirectWarning(text, action, self.env._("Show the Gate"))
        # a refusal, as UserError is: no fault of the server to be logged as one
        refusal.loglevel = logging.WARNING
        return refusal


class CxJourney(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "cx.journey"

    @api.constrains("unit_id", "date_subscribed", "date_signed", "date_ho_done")
    def _check_batch_open(self):
        """Nobody buys, or gets, a home of a batch whose gate is still shut."""
        for journey in self:
            # sudo: gates hold for whoever enters the date
            unit = journey.sudo().unit_id
            for batch, code, dated in (
                (
                    unit.opening_batch_id,
                    "opening",
                    journey.date_subscribed or journey.date_signed,
                ),
                (unit.delivery_batch_id, "ho_start", journey.date_ho_done),
            ):
                guarded = batch.milestone_ids.filtered(
                    lambda milestone, code=code: (
                        milestone.type_id.code == code
                        and not milestone.date_actual
                        and milestone._gates()
                    )
                )
                if dated and guarded:
                    raise ValidationError(
                        self.env._(
                            "%(journey)s: %(milestone)s has not been reported, so no "
                            "home of the batch can be sold or handed over. Pass its "
                            "gate first.",
                            journey=journey.display_name,
                            milestone=guarded[:1].display_name,
                        )
                    )
