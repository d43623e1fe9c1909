from odoo import api, models


class CxMilestone(models.Model):
    _inherit = "cx.milestone"

    @api.model_create_multi
    def create(self, vals_list):
        milestones = super().create(vals_list)
        milestones.filtered("date_actual")._hand_complaints_over()
        return milestones

    def write(self, vals):
        waiting = self.filtered(lambda milestone: not milestone.date_actual)
        result = super().write(vals)
        waiting.filtered("date_actual")._hand_complaints_over()
        return result

    def _hand_complaints_over(self):
        """At the close-out all open complaints of the phase change hands (PR-02)."""
        for milestone in self.filtered(lambda m: m.type_id.code == "closeout"):
            phase = milestone.phase_id
            old = phase.project_id.complaint_before_id or phase.project_id.lead_dept_id
            new = phase._complaint_department()
            if old == new:
                continue
            # sudo: also those that whoever closes out does not see
            cases = self.env["complaint.case"].sudo()
            cases = cases.search(
                [
                    ("cx_phase_id", "=", phase.id),
                    ("closed_at", "=", False),
                    ("department_id", "=", old.id),
                ]
            )
            cases.department_id = new
            for case in cases:
                case.message_post(
                    body=self.env._(
                        "Handed over at the close-out of %(phase)s: from %(old)s to "
                        "%(new)s.",
                        phase=phase.display_name,
                        old=old.name,
                        new=new.name,
                    )
                )
            if cases:
                milestone.message_post(
                    body=self.env._(
                        "%(count)s open complaints were handed over to %(new)s.",
                        count=len(cases),
                        new=new.name,
                    )
                )
