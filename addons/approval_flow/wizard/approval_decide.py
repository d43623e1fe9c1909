from odoo import api, fields, models
from odoo.exceptions import UserError


class ApprovalDecide(models.TransientModel):
    """The dialog in which somebody decides, on one document or on many."""

    _name = "approval.decide"
    _description = "Decide on Approvals"

    request_ids = fields.Many2many(
        "approval.request", string="Documents", readonly=True
    )
    request_count = fields.Integer(compute="_compute_request_count")
    verdict = fields.Selection(
        [
            ("agreed", "Approve"),
            ("refused", "Refuse"),
            ("returned", "Return for change"),
            ("withdrawn", "Withdraw"),
        ],
        required=True,
        default="agreed",
    )
    comment = fields.Text()
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", bypass_search_access=True
    )
    aspect_ids = fields.One2many(
        "approval.decide.aspect", "wizard_id", string="Aspects"
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "approval.request" and not values.get(
            "request_ids"
        ):
            values["request_ids"] = [fields.Command.set(context.get("active_ids", []))]
        ids = [
            id_
            for command in values.get("request_ids", [])
            for id_ in self._ids_of(command)
        ]
        if len(ids) == 1 and values.get("verdict") != "withdrawn":
            values["aspect_ids"] = self._default_aspects(
                self.env["approval.request"].browse(ids)
            )
        return values

    @api.model
    def _ids_of(self, command):
        if isinstance(command, int):
            return [command]
        return command[2] if command[0] == fields.Command.SET else [command[1]]

    @api.model
    def _default_aspects(self, request):
        request.check_access("read")
        # the seat of the user and what was answered before, with its conditions
        party = request.sudo()._party_of(self.env.user)[0]
        before = {a["aspect"]: a for a in party.decision_ids[-1:].aspects or []}
        return [
            fields.Command.create(
                {
                    "name": name,
                    "verdict": before.get(name, {}).get("verdict"),
                    "condition": before.get(name, {}).get("condition"),
                }
            )
            for name in party.aspects or []
        ]

    @api.depends("request_ids")
    def _compute_request_count(self):
        for wizard in self:
            wizard.request_count = len(wizard.request_ids)

    def action_confirm(self):
        self.ensure_one()
        if not self.request_ids:
            raise UserError(self.env._("Choose at least one document to decide on."))
        if len(self.request_ids) == 1:
            done = self._decide_on(self.request_ids)
            return (
                {"type": "ir.actions.act_window_close"}
                if done
                else self.request_ids._too_late()
            )
        return self._decide_on_many()

    def _decide_on(self, request):
        if self.verdict == "withdrawn":
            return request._withdraw(self.comment)
        aspects = [
            {
                "aspect": line.name,
                "verdict": line.verdict,
                "condition": line.condition,
                "met": line.met,
            }
            for line in self.aspect_ids
        ]
        return request._decide(self.verdict, self.comment, self.attachment_ids, aspects)

    def _decide_on_many(self):
        """Each document for itself: one that refuses does not hold up the others."""
        done, skipped = 0, []
        for request in self.request_ids:
            try:
                with self.env.cr.savepoint():
                    if self._decide_on(request):
                        done += 1
                    else:
                        skipped.append((request, self.env._("decided in the meantime")))
            except UserError as error:
                skipped.append((request, str(error)))
        message = self.env._("%(done)s decided.", done=done)
        if skipped:
            reasons = "; ".join(
                f"{request.record_name}: {why}" for request, why in skipped
            )
            message += " " + self.env._("Skipped: %(reasons)s", reasons=reasons)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if skipped else "success",
                "message": message,
                "sticky": bool(skipped),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
