"""What a complaint must have before it may move on, and who may move it.

The guards sit in the model: form, drag, import, RPC and mail meet the same refusal.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import is_html_empty

from .complaint_stage import FINAL_KINDS, STAGE_KINDS

#: How far back somebody who is not a supervisor may date a complaint.
BACKDATING = timedelta(days=7)
#: The customer is on the phone or in front of the desk, so the record can be read to
#: them.
SPOKEN_CHANNELS = ("phone", "counter")
#: What the answer to the customer and every deadline rest upon: unchanged after
#: closing.
SETTLED_FACTS = {
    "amount_claimed",
    "callback_note",
    "callback_result",
    "cause_id",
    "cause_note",
    "channel",
    "contract_date",
    "description",
    "end_note",
    "end_reason",
    "injury",
    "is_anonymous",
    "liability",
    "media",
    "merged_into_id",
    "number",
    "partner_email",
    "partner_id",
    "partner_name",
    "partner_phone",
    "product_id",
    "received_at",
    "remedy_given_ids",
    "remedy_ids",
    "replied_at",
    "reply",
    "resolved_first_contact",
    "severity",
    "type_id",
    "user_id",
}
#: Marks of what happened and when: set by what happens, never typed.
MARKS = {
    "callback_user_id",
    "accepted_at",
    "accepted_user_id",
    "acknowledged_at",
    "closed_at",
    "cost_total",
    "customer_rating",
    "customer_rating_note",
    "from_machine",
    "handover_at",
    "handover_state",
    "number",
    "rated_at",
    "readback_at",
    "readback_user_id",
    "reopen_count",
    "respondent_user_ids",
    "split_from_id",
}


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    # ------------------------------------------------------------
    # WHAT A STAGE REQUIRES
    # ------------------------------------------------------------

    @api.constrains(
        "callback_note",
        "callback_result",
        "cause_id",
        "cause_note",
        "channel",
        "department_id",
        "description",
        "end_note",
        "end_reason",
        "injury",
        "is_anonymous",
        "liability",
        "media",
        "merged_into_id",
        "partner_email",
        "partner_id",
        "partner_name",
        "partner_phone",
        "readback_at",
        "remedy_ids",
        "reply",
        "resolved_first_contact",
        "respondent_ids",
        "severity",
        "stage_id",
        "type_id",
        "user_id",
    )
    def _check_stage_conditions(self):
        for case in self:
            unmet = case._unmet_conditions()
            if unmet:
                raise ValidationError(
                    self.env._(
                        "“%(case)s” cannot be in stage “%(stage)s” yet. Still missing:"
                        "\n%(unmet)s",
                        case=case.display_name,
                        stage=case.stage_id.name,
                        unmet="\n".join(f"• {condition}" for condition in unmet),
                    )
                )

    def _unmet_conditions(self):
        """Every condition of its stage that the case does not meet, in words.

        The conditions add up: a stage asks for its own and those of the ones before.
        Meant to be overridden: addons append their own conditions.
        """
        self.ensure_one()
        kind = self.stage_kind
        if kind == "ended":
            return self._unmet_end()
        order = [key for key, _label in STAGE_KINDS]
        checks = [
            ("assess", self._unmet_registration),
            ("investigate", self._unmet_assessment),
            ("reply", self._unmet_investigation),
            ("callback", self._unmet_reply),
            ("closed", self._unmet_callback),
        ]
        return [
            condition
            for key, check in checks
            if order.index(key) <= order.index(kind)
            for condition in check()
        ]

    def _unmet_registration(self):
        unmet = []
        if not self.type_id:
            unmet.append(self.env._("Type: what the complaint is about"))
        if not self.severity:
            unmet.append(self.env._("Severity"))
        if not self.is_anonymous:
            if not self.partner_id and not self.partner_name:
                unmet.append(
                    self.env._("Complainant: customer or name, or tick “Anonymous”")
                )
            if not self.partner_phone and not self.partner_email:
                unmet.append(
                    self.env._("Phone or e-mail to answer to, or tick “Anonymous”")
                )
        if is_html_empty(self.description):
            unmet.append(self.env._("Description of what happened"))
        if not self.remedy_ids:
            unmet.append(self.env._("What the customer asks for"))
        if self.channel in SPOKEN_CHANNELS and not self.readback_at:
            unmet.append(
                self.env._(
                    "Read-back: read the record to the customer and press “Read Back”"
                )
            )
        return unmet

    def _unmet_assessment(self):
        unmet = []
        if not self.injury:
            unmet.append(self.env._("Anyone hurt? Yes or no"))
        if not self.media:
            unmet.append(self.env._("Press involved? Yes or no"))
        if self.resolved_first_contact:
            if self.injury == "yes" or self.media == "yes" or self.respondent_ids:
                unmet.append(
                    self.env._(
                        "“Settled at once” is not possible with somebody hurt, with "
                        "the press involved or with a complaint about staff: untick it"
                    )
                )
            return unmet
        if not self.department_id:
            unmet.append(self.env._("Responsible department"))
        if not self.user_id:
            unmet.append(self.env._("Handler: assign one"))
        return unmet

    def _unmet_investigation(self):
        unmet = []
        if not self.cause_id:
            unmet.append(self.env._("Cause"))
        if not (self.cause_note or "").strip():
            unmet.append(self.env._("Findings: what the cause was, in words"))
        if not self.liability and not self.resolved_first_contact:
            unmet.append(self.env._("Liability"))
        return unmet

    def _unmet_reply(self):
        if is_html_empty(self.reply):
            return [self.env._("Answer to the customer")]
        return []

    def _unmet_callback(self):
        if not self.callback_result:
            return [self.env._("Call-back result, or “No call-back” with the reason")]
        if self.callback_result in ("satisfied", "accepted"):
            return []
        unmet = []
        if self.resolved_first_contact:
            unmet.append(
                self.env._("“Settled at once” needs a customer who agrees: untick it")
            )
        if not (self.callback_note or "").strip():
            unmet.append(
                self.env._(
                    "Call-back note: why it is closed without a contented customer"
                )
            )
        return unmet

    def _unmet_end(self):
        unmet = []
        if not self.end_reason:
            unmet.append(self.env._("“Ended because”: the reason"))
        if not (self.end_note or "").strip():
            unmet.append(self.env._("Explanation of the end"))
        return unmet

    # ------------------------------------------------------------
    # WHO MAY DO WHAT, AND WHEN
    # ------------------------------------------------------------

    @api.constrains("received_at")
    def _check_received_at(self):
        now = fields.Datetime.now()
        if any(case.received_at > now for case in self):
            raise ValidationError(
                self.env._(
                    "“Received” lies in the future: enter when the customer complained."
                )
            )

    def _check_marks(self, vals):
        forged = MARKS.intersection(vals)
        if forged and not self.env.su:
            raise UserError(
                self.env._(
                    "%(fields)s cannot be entered: the system sets it when it happens.",
                    fields=self._quoted_labels(forged),
                )
            )

    def _check_marks_on_create(self, vals):
        """Only a supervisor brings an old register in, with its numbers and dates."""
        if self.env.su or self.env.user.has_group(
            "complaint_mgmt.group_complaint_mgmt_manager"
        ):
            return
        self._check_marks({name: value for name, value in vals.items() if value})
        # also a default in the context would be an entry
        vals.update(dict.fromkeys(MARKS - {"respondent_user_ids"}, False))

    def _quoted_labels(self, names):
        labels = [
            self._fields[name]._description_string(self.env) for name in sorted(names)
        ]
        return ", ".join(f"“{label}”" for label in labels)

    def _check_backdating(self, vals):
        """Time limits count from the receipt: only a supervisor moves it far back."""
        received_at = fields.Datetime.to_datetime(vals.get("received_at"))
        if (
            not received_at
            or self.env.su
            or received_at >= fields.Datetime.now() - BACKDATING
        ):
            return
        if all(case.received_at == received_at for case in self) and self:
            return
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_manager"):
            raise AccessError(
                self.env._(
                    "Only a complaint supervisor can enter a complaint received more "
                    "than %(days)s days ago. Ask your supervisor to enter it.",
                    days=BACKDATING.days,
                )
            )

    def _check_may_assign(self, vals):
        if not vals.get("user_id") or self.env.su:
            return
        if not self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_handler"):
            raise AccessError(
                self.env._(
                    "Registering a complaint does not include assigning it: leave the "
                    "handler empty, the supervisor or a handler of the team takes it "
                    "over."
                )
            )

    def _check_may_settle(self):
        """Handlers close; without a contented customer it is the supervisor's word."""
        if self.env.su:
            return
        user = self.env.user
        for case in self.filtered(lambda case: case.stage_kind in FINAL_KINDS):
            if not user.has_group("complaint_mgmt.group_complaint_mgmt_handler"):
                raise AccessError(
                    self.env._(
                        "Only handlers and supervisors can close a complaint: "
                        "“%(case)s”.",
                        case=case.display_name,
                    )
                )
            if (
                case.stage_kind == "closed"
                and case.callback_result == "unsatisfied"
                and not user.has_group("complaint_mgmt.group_complaint_mgmt_manager")
            ):
                raise AccessError(
                    self.env._(
                        "The customer of “%(case)s” is not satisfied: only a "
                        "supervisor can close it, with the final decision in the "
                        "call-back note.",
                        case=case.display_name,
                    )
                )

    def _check_not_closed(self, vals):
        touched = SETTLED_FACTS.intersection(vals)
        if not touched:
            return
        for case in self.filtered(lambda case: case.stage_kind in FINAL_KINDS):
            raise UserError(
                self.env._(
                    "“%(case)s” is closed, so %(fields)s can no longer be changed. "
                    "Reopen it first, with a reason.",
                    case=case.display_name,
                    fields=self._quoted_labels(touched),
                )
            )

    def _check_reopening(self, vals):
        """The closed cases that this write opens again: with a reason and in time."""
        target = self.env["complaint.stage"].browse(vals.get("stage_id"))
        reopened = self.filtered(
            lambda case: (
                case.stage_kind in FINAL_KINDS and target.kind not in FINAL_KINDS
            )
        )
        now = fields.Datetime.now()
        for case in reopened:
            if not (vals.get("reopen_reason") or "").strip():
                raise UserError(
                    self.env._(
                        "“%(case)s” is closed. To work on it again press “Reopen” and "
                        "say why.",
                        case=case.display_name,
                    )
                )
            days = case.team_id.reopen_days
            if days and case.closed_at and case.closed_at + timedelta(days=days) < now:
                raise UserError(
                    self.env._(
                        "“%(case)s” was closed more than %(days)s days ago and stays "
                        "closed. Register a new complaint and enter this one under "
                        "“Follows”.",
                        case=case.display_name,
                        days=days,
                    )
                )
        return reopened

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered(self):
        kept = self.filtered(lambda case: case.stage_kind != "register")
        if kept:
            raise UserError(
                self.env._(
                    "“%(case)s” is registered and stays on record. If it is no "
                    "complaint, move it to “Ended without Settlement” and give the "
                    "reason.",
                    case=kept[:1].display_name,
                )
            )
