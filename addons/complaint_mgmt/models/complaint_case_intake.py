"""Taking a complaint in: by whom, when, for whom, and handing it over."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.contact import phone_key

#: Registered later than this after the customer spoke: the entry is marked as late.
LATE_ENTRY = timedelta(hours=24)


class ComplaintCase(models.Model):
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "complaint.case"

    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        help="In which language the customer is written to.",
    )
    phone_key = fields.Char(
        string="Phone Digits",
        compute="_compute_phone_key",
        store=True,
        # the search for earlier complaints of the caller while the number is typed
        index="btree_not_null",
        export_string_translation=False,
    )
    contract_date = fields.Date(
        string="Bought / Signed on",
        help="Nobody can complain before they bought: checked against “Received”.",
    )
    late_entry = fields.Boolean(
        string="Entered Late",
        compute="_compute_late_entry",
        store=True,
        help="Entered more than a day after the customer complained.",
    )
    appeasement = fields.Text(
        string="What Calmed the Customer",
        help="What was said or done at once so that the customer felt heard.",
    )
    reception_place = fields.Char(
        string="Where Received",
        help="Never argue in public: note where the customer was taken to.",
    )
    forwarded_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Forwarded by",
        index="btree_not_null",
        help="The partner company, regulator or hotline that passed the complaint on.",
    )
    forward_ref = fields.Char(
        string="Their Number", index="trigram", help="The number it has over there."
    )
    handover_state = fields.Selection(
        selection=[("waiting", "To be accepted"), ("accepted", "Accepted")],
        string="Hand-over",
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
    )
    handover_at = fields.Datetime(
        string="Handed over on", readonly=True, copy=False, index="btree_not_null"
    )
    accepted_at = fields.Datetime(string="Accepted on", readonly=True, copy=False)
    accepted_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Accepted by",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    split_from_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Split from",
        readonly=True,
        copy=False,
        check_company=True,
        index="btree_not_null",
    )
    split_ids = fields.One2many(
        comodel_name="complaint.case", inverse_name="split_from_id", string="Split off"
    )
    merged_into_id = fields.Many2one(
        comodel_name="complaint.case",
        string="Duplicate of",
        copy=False,
        check_company=True,
        tracking=True,
        index="btree_not_null",
    )
    merged_ids = fields.One2many(
        comodel_name="complaint.case",
        inverse_name="merged_into_id",
        string="Merged Complaints",
    )
    dispute_ids = fields.One2many(
        comodel_name="complaint.dispute", inverse_name="case_id", string="Disputes"
    )

    # ------------------------------------------------------------
    # COMPUTES AND CHECKS
    # ------------------------------------------------------------

    @api.depends("partner_id")
    def _compute_lang(self):
        for case in self:
            case.lang = (
                case.partner_id.lang or case.lang or case.company_id.partner_id.lang
            )

    @api.depends("partner_phone")
    def _compute_phone_key(self):
        for case in self:
            case.phone_key = phone_key(case.partner_phone) or False

    @api.depends("received_at")
    def _compute_late_entry(self):
        now = fields.Datetime.now()
        for case in self:
            entered = case.create_date or now
            case.late_entry = bool(
                case.received_at and entered - case.received_at > LATE_ENTRY
            )

    @api.constrains("received_at", "contract_date")
    def _check_contract_date(self):
        for case in self.filtered("contract_date"):
            received = fields.Datetime.context_timestamp(case, case.received_at)
            if received.date() < case.contract_date:
                raise ValidationError(
                    self.env._(
                        "“Received” (%(received)s) lies before “Bought / Signed on” "
                        "(%(signed)s): one of the two dates is wrong.",
                        received=received.date(),
                        signed=case.contract_date,
                    )
                )

    @api.constrains("merged_into_id")
    def _check_merged_into(self):
        for case in self.filtered("merged_into_id"):
            target = case.merged_into_id
            if target == case or target.merged_into_id:
                raise ValidationError(
                    self.env._(
                        "“%(case)s” cannot be a duplicate of “%(target)s”: name the "
                        "complaint that is still worked on.",
                        case=case.display_name,
                        target=target.display_name,
                    )
                )

    def _unmet_registration(self):
        unmet = super()._unmet_registration()
        if self.handover_state == "waiting":
            unmet.append(self.env._("Hand-over: press “Accept Hand-over” first"))
        return unmet

    def _unmet_end(self):
        unmet = super()._unmet_end()
        if self.end_reason == "duplicate" and not self.merged_into_id:
            unmet.append(self.env._("“Duplicate of”: which complaint goes on"))
        return unmet

    def _check_first_contact(self, vals):
        """Whoever took the complaint answers for it: it cannot be pushed on to others.

        Only supervisors correct an entry; for the others it ends with the acceptance.
        """
        if "first_contact_user_id" not in vals or self.env.su:
            return
        if self.env.user.has_group("complaint_mgmt.group_complaint_mgmt_manager"):
            return
        changed = self.filtered(
            lambda case: (
                case.first_contact_user_id
                and case.first_contact_user_id.id != vals["first_contact_user_id"]
            )
        )
        if changed:
            raise AccessError(
                self.env._(
                    "%(user)s took “%(case)s” and stays its first contact. Only a "
                    "supervisor can correct this.",
                    user=changed[0].first_contact_user_id.name,
                    case=changed[0].display_name,
                )
            )

    # ------------------------------------------------------------
    # HAND-OVER
    # ------------------------------------------------------------

    def write(self, vals):
        self._check_first_contact(vals)
        result = super().write(vals)
        if vals.get("user_id"):
            # a handler who takes the case over has accepted it
            self.filtered(
                lambda case: case.handover_state == "waiting"
            )._accept_handover()
        return result

    def action_accept_handover(self):
        """The desk takes the complaint from the colleague who was told of it."""
        self.check_access("read")
        self.env["complaint.case"].check_access("write")
        for case in self:
            if case.handover_state != "waiting":
                raise UserError(
                    self.env._(
                        "“%(case)s” waits for no acceptance: nobody has handed it "
                        "over, or a colleague has accepted it already.",
                        case=case.display_name,
                    )
                )
        self._accept_handover()

    def _accept_handover(self):
        self._write_marks_sudo(
            {
                "handover_state": "accepted",
                "accepted_at": fields.Datetime.now(),
                "accepted_user_id": self.env.uid,
            }
        )
        # sudo: the to-do may stand in the name of a colleague
        self.sudo().activity_feedback(
            ["complaint_mgmt.mail_activity_handover"],
            feedback=self.env._("Accepted by %(user)s", user=self.env.user.name),
        )

    def _write_marks_sudo(self, vals):
        # sudo: what the system notes does not depend on the rights of who caused it
        self.sudo()._write_marks(vals)

    # ------------------------------------------------------------
    # SPLIT, MERGE, DISPUTE
    # ------------------------------------------------------------

    def _split_values(self):
        """What a part that is split off has in common with the whole."""
        self.ensure_one()
        names = (
            "channel company_id contract_date emotion first_contact_user_id "
            "forward_ref forwarded_by_id is_anonymous lang order_ref partner_email "
            "partner_id partner_name partner_phone reception_place received_at team_id "
            "readback_at readback_user_id"
        )
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in names.split()
        }
        return dict(values, split_from_id=self.id)

    def _merge_into(self, target):
        """End these complaints as duplicates; what they add goes to the target."""
        for case in self:
            note = self.env._(
                "%(duplicate)s was merged into this complaint.",
                duplicate=case.display_name,
            )
            target.message_post(body=note, subtype_xmlid="mail.mt_note")
            target.write(
                {
                    "remedy_ids": [(4, remedy.id) for remedy in case.remedy_ids],
                    "tag_ids": [(4, tag.id) for tag in case.tag_ids],
                    "amount_claimed": max(target.amount_claimed, case.amount_claimed),
                }
            )
            for attachment in self.env["ir.attachment"].search(
                [("res_model", "=", self._name), ("res_id", "=", case.id)]
            ):
                attachment.copy({"res_id": target.id, "name": attachment.name})
        ended = self.env["complaint.stage"].search([("kind", "=", "ended")], limit=1)
        self.write(
            {
                "stage_id": ended.id,
                "end_reason": "duplicate",
                "end_note": self.env._(
                    "Goes on under %(number)s.", number=target.number
                ),
                "merged_into_id": target.id,
            }
        )

    def action_open_dispute(self):
        """The dispute that the complaint has turned into, or the form of a new one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "complaint_mgmt.complaint_dispute_action"
        )
        action["context"] = {"default_case_id": self.id, "default_name": self.name}
        action["domain"] = [("case_id", "=", self.id)]
        if len(self.dispute_ids) <= 1:
            action["views"] = [(False, "form")]
            action["res_id"] = self.dispute_ids.id
        return action
