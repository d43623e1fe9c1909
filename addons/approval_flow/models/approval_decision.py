from odoo import fields, models


class ApprovalDecision(models.Model):
    """What somebody said, when, in whose place. Never changed, never deleted."""

    _name = "approval.decision"
    _description = "Approval Decision"
    _inherit = ["approval.sealed"]
    _order = "id"
    _rec_name = "user_name"

    request_id = fields.Many2one(
        "approval.request", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="request_id.company_id")
    record_name = fields.Char(related="request_id.record_name", string="Document")
    party_id = fields.Many2one(
        "approval.request.party", string="Seat", ondelete="restrict", index=True
    )
    # names as they were: renaming a rule or a user changes no past decision
    step_name = fields.Char(string="Step")
    party_name = fields.Char(string="Party")
    override = fields.Boolean(string="Override Level")
    user_id = fields.Many2one(
        "res.users", required=True, ondelete="restrict", index=True
    )
    user_name = fields.Char(string="By", required=True)
    principal_id = fields.Many2one(
        "res.users", ondelete="restrict", index="btree_not_null"
    )
    principal_name = fields.Char(string="In Place Of")
    verdict = fields.Selection(
        [
            ("submitted", "Submitted"),
            ("agreed", "Agreed"),
            ("conditional", "Conditional"),
            ("refused", "Refused"),
            ("returned", "Returned for Change"),
            ("withdrawn", "Withdrawn"),
            ("escalated", "Escalated"),
        ],
        required=True,
    )
    is_vote = fields.Boolean(compute="_compute_is_vote")
    comment = fields.Text()
    aspects = fields.Json()
    content_digest = fields.Char(string="Fingerprint of the Document")
    decided_on = fields.Datetime(string="On", required=True)
    attachment_sums = fields.Json(string="Attachments, as Attached")
    attachment_ids = fields.One2many(
        "ir.attachment", "res_id", domain=[("res_model", "=", "approval.decision")]
    )

    def init(self):
        # even a statement typed into the database has to take this down first
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION approval_decision_immutable()
            RETURNS trigger AS $$ BEGIN
                RAISE EXCEPTION 'approval_decision rows cannot be changed or deleted';
            END $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER approval_decision_immutable
            BEFORE UPDATE OR DELETE ON approval_decision
            FOR EACH ROW EXECUTE FUNCTION approval_decision_immutable();
            """
        )

    def _compute_is_vote(self):
        for decision in self:
            decision.is_vote = decision.verdict in ("agreed", "conditional", "refused")

    def _append(self, values, attachments=None):
        """The only way to add a row; ``attachments`` are those of the deciding user."""
        sums = []
        if attachments:
            attachments.sudo(False).check_access("read")
            # copies, so that whoever uploaded them cannot change them any more
            attachments = attachments.sudo()
            sums = [{"name": a.name, "checksum": a.checksum} for a in attachments]
        decision = self._sealed_create({**values, "attachment_sums": sums or False})
        for attachment in attachments or []:
            attachment.copy(
                {
                    "name": attachment.name,
                    "res_model": self._name,
                    "res_id": decision.id,
                    "res_field": False,
                    "public": False,
                }
            )
        return decision
