from collections import Counter

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as StdnumError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..engine.records import Refused, to_lei

VIEWER = "group_credit.group_group_credit_viewer"
OFFICER = "group_credit.group_group_credit_officer"
# What the computation of groups reads from a partner.
FLAG_FIELDS = (
    "credit_is_state_body",
    "credit_is_state_investment",
    "credit_treasury_pct",
    "credit_holdings_unchecked",
    "credit_legal_rep_id",
    "credit_key_manager_ids",
)
# In the context: the partners being created are shared by all companies. An object, so
# that no client can send it.
SHARED = object()
PICTURES = ("image_1024", "image_512", "image_256", "image_128")
# Reasons of the LEI system for naming no parent.
EXEMPTIONS = [
    ("NATURAL_PERSONS", "Controlled by Natural Persons"),
    ("NO_KNOWN_PERSON", "No Known Controlling Person"),
    ("NON_CONSOLIDATING", "Parent Does Not Consolidate"),
    ("NO_LEI", "Parent Has No LEI"),
    ("NON_PUBLIC", "Parent Is Not Public"),
    ("BINDING_LEGAL_COMMITMENTS", "Binding Legal Commitments"),
    ("LEGAL_OBSTACLES", "Legal Obstacles"),
    ("CONSENT_NOT_OBTAINED", "Consent Not Obtained"),
    ("DETRIMENT_NOT_EXCLUDED", "Detriment Not Excluded"),
    ("DISCLOSURE_DETRIMENTAL", "Disclosure Would Be Detrimental"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_is_state_body = fields.Boolean(
        "State Body",
        groups=VIEWER,
        help="Government, ministry or state-assets commission. What it owns is not one "
        "group merely for that.",
    )
    credit_is_state_investment = fields.Boolean(
        "State Investment Company",
        groups=VIEWER,
        help="Holds shares on behalf of the state: treated like the state body behind "
        "it.",
    )
    credit_treasury_pct = fields.Float(
        "Treasury Shares %",
        digits=(7, 4),
        groups=VIEWER,
        help="Own shares the company holds. They carry no votes, so the others weigh "
        "more.",
    )
    credit_holdings_unchecked = fields.Boolean(
        "Holdings May Exceed 100 %",
        groups=VIEWER,
        help="The sources about this company's shareholders contradict each other and "
        "are kept as they are.",
    )
    credit_legal_rep_id = fields.Many2one(
        "res.partner",
        string="Legal Representative",
        index="btree_not_null",
        groups=VIEWER,
        domain="[('is_company', '=', False)]",
    )
    credit_key_manager_ids = fields.Many2many(
        "res.partner",
        "credit_key_manager_rel",
        "company_id",
        "person_id",
        string="Key Managers",
        groups=VIEWER,
        domain="[('is_company', '=', False)]",
    )
    credit_kinship_count = fields.Integer(
        compute="_compute_credit_relation_counts", groups=VIEWER
    )
    credit_holding_count = fields.Integer(
        compute="_compute_credit_relation_counts", groups=VIEWER
    )
    credit_holder_count = fields.Integer(
        compute="_compute_credit_relation_counts", groups=VIEWER
    )
    credit_group_ids = fields.Many2many(
        "credit.group",
        string="Group Customers",
        compute="_compute_credit_group_ids",
        search="_search_credit_group_ids",
        groups=VIEWER,
        help="The groups that the partner belongs to today.",
    )

    credit_lei = fields.Char(
        "LEI",
        index="btree_not_null",  # imports find partners by it
        copy=False,
        help="Legal Entity Identifier: 20 letters and digits, the last two of them "
        "check digits.",
    )
    credit_direct_exemption = fields.Selection(
        EXEMPTIONS,
        string="No Direct Parent Reported",
        groups=VIEWER,
        copy=False,
        help="Why the company names no direct parent to the LEI system: its controller "
        "has to be found elsewhere.",
    )
    credit_ultimate_exemption = fields.Selection(
        EXEMPTIONS,
        string="No Ultimate Parent Reported",
        groups=VIEWER,
        copy=False,
    )

    _credit_treasury_check = models.Constraint(
        "CHECK(credit_treasury_pct IS NULL OR (credit_treasury_pct >= 0 AND "
        "credit_treasury_pct < 100))",
        "Treasury shares are a percentage from 0 up to, but not including, 100.",
    )

    def _compute_credit_relation_counts(self):
        Relation = self.env["credit.relation"]
        current = Domain("state", "!=", "revoked")
        for name, field in (
            ("credit_holding_count", "holder_id"),
            ("credit_holder_count", "held_id"),
        ):
            counts = dict(
                Relation._read_group(
                    current & Domain(field, "in", self.ids), [field], ["__count"]
                )
            )
            for partner in self:
                partner[name] = counts.get(partner._origin, 0)
        kin = Counter()
        for field in ("person_id", "relative_id"):
            for person, count in self.env["credit.kinship"]._read_group(
                current & Domain(field, "in", self.ids), [field], ["__count"]
            ):
                kin[person] += count
        for partner in self:
            partner.credit_kinship_count = kin[partner._origin]

    def _compute_credit_group_ids(self):
        groups = dict(
            self.env["credit.group.member"]._read_group(
                self.env["credit.group.member"]._current_domain()
                & Domain("partner_id", "in", self.ids),
                ["partner_id"],
                ["group_id:recordset"],
            )
        )
        for partner in self:
            partner.credit_group_ids = groups.get(partner._origin, False)

    def _search_credit_group_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        Member = self.env["credit.group.member"]
        if not any(value):
            return Domain(
                "id",
                "not in",
                Member._search(Member._current_domain()).subselect("partner_id"),
            )
        members = Member._search(
            Member._current_domain() & Domain("group_id", "in", list(value))
        )
        return Domain("id", "in", members.subselect("partner_id"))

    @api.model
    def _get_company_registry_labels(self):
        return {
            **super()._get_company_registry_labels(),
            "CN": self.env._("Unified Social Credit Code"),
        }

    @api.constrains("company_registry", "country_id")
    def _check_company_registry_cn(self):
        """Refuse a mistyped code: it is how registers, imports and people recognise a
        company.

        Numbers of before 2015 (15 digits) and numbers of other countries are left
        alone.
        """
        for partner in self:
            number = partner.company_registry
            if not number or partner.parent_id:
                continue
            is_cn = partner.country_id.code == "CN"
            if not is_cn and (partner.country_id or len(uscc.compact(number)) != 18):
                continue
            if is_cn and len(number) == 15 and number.isdigit():
                continue
            try:
                uscc.validate(number)
            except StdnumError:
                raise ValidationError(
                    self.env._(
                        "%(number)s on %(name)s is not a valid unified social credit "
                        "code: it has 18 digits or "
                        "capital letters, and the last one is a check digit that does "
                        "not match. Compare it with "
                        "the business licence.",
                        number=number,
                        name=partner.display_name,
                    )
                ) from None

    @api.constrains("credit_lei")
    def _check_credit_lei(self):
        for partner in self.filtered("credit_lei"):
            try:
                is_valid = to_lei(partner.credit_lei) == partner.credit_lei
            except Refused:
                is_valid = False
            if not is_valid:
                raise ValidationError(
                    self.env._(
                        "LEI: %(number)s on %(name)s is not a valid identifier: it has "
                        "20 capital letters and digits, and the last two are check "
                        "digits that do not match. Compare it with the LEI register.",
                        number=partner.credit_lei,
                        name=partner.display_name,
                    )
                )

    def _check_company(self, fnames=None):
        """Partners created from a register are everybody's, and name nothing that
        belongs to a company: there is nothing to compare, field by field."""
        if self.env.context.get("credit_new_partner") is SHARED:
            return None
        return super()._check_company(fnames)

    @api.model
    def _blank_partner(self):
        """Every default of a partner without a parent, for `create` of many at once in
        the context of SHARED."""
        return self._add_missing_default_values({"user_id": False})

    def _add_missing_default_values(self, values):
        """Those from a register have theirs already; looking for them one by one takes
        as long as the rest of their creation."""
        if self.env.context.get("credit_new_partner") is SHARED:
            return values
        return super()._add_missing_default_values(values)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_credit_flags(vals)
        partners = super().create([self._with_compact_lei(vals) for vals in vals_list])
        if self.env.context.get("credit_new_partner") is SHARED:
            # registers show no faces: without a picture the smaller ones are empty
            for name in PICTURES:
                self.env.remove_to_compute(self._fields[name], partners)
        return partners

    def write(self, vals):
        self._check_credit_flags(vals)
        result = super().write(self._with_compact_lei(vals))
        if {*FLAG_FIELDS, "is_company"} & set(vals):
            self._mark_credit_neighbours()
        return result

    def _mark_credit_neighbours(self):
        """Have the groups around the partner computed anew; what a state body owns is
        only found from below."""
        # sudo: whoever edits a partner sets off the computation, and sees nothing of it
        relations = self.env["credit.relation"].sudo()
        around = relations.search(
            Domain("state", "=", "confirmed")
            & (Domain("holder_id", "in", self.ids) | Domain("held_id", "in", self.ids))
        )
        for company, facts in around.grouped("company_id").items():
            self.env["credit.identification.todo"]._add(
                facts.holder_id | facts.held_id, company
            )

    @api.model
    def _with_compact_lei(self, vals):
        """An identifier as people paste it, without its spaces."""
        if not vals.get("credit_lei"):
            return vals
        number = "".join(vals["credit_lei"].split()).upper()
        return {**vals, "credit_lei": number}

    @api.model
    def _check_credit_flags(self, vals):
        if any(
            vals.get(name) is not None for name in FLAG_FIELDS if name in vals
        ) and not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(
                self.env._(
                    "Only officers of Group Credit may set what decides about control "
                    "and groups."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_group_credit(self):
        for model, names in (
            ("credit.relation", ("holder_id", "held_id", "grantor_id")),
            ("credit.kinship", ("person_id", "relative_id")),
            ("credit.group.member", ("partner_id",)),
        ):
            record = (
                self.env[model]
                # sudo: whoever deletes the partner may not see these, and must be
                # stopped all the same
                .sudo()
                .with_context(active_test=False)
                .search(Domain.OR([(name, "in", self.ids)] for name in names), limit=1)
            )
            if record:
                named = self.browse().union(*(record[name] for name in names))
                raise UserError(
                    self.env._(
                        "%(name)s appears in Group Credit and cannot be deleted. "
                        "Archive it, or merge it with its duplicate.",
                        name=(self & named)[:1].display_name,
                    )
                )

    def action_credit_view_kinship(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_kinship_action"
        )
        return {
            **action,
            "domain": [
                "|",
                ("person_id", "=", self.id),
                ("relative_id", "=", self.id),
            ],
            "context": {"default_person_id": self.id},
        }

    def action_credit_view_holdings(self):
        return self._credit_relation_action(
            [("holder_id", "=", self.id)],
            {"default_holder_id": self.id},
            self.env._("Holds"),
        )

    def action_credit_view_holders(self):
        return self._credit_relation_action(
            [("held_id", "=", self.id)],
            {"default_held_id": self.id},
            self.env._("Held By"),
        )

    def _credit_relation_action(self, domain, context, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_relation_action"
        )
        return {**action, "domain": domain, "context": context, "display_name": name}

    def action_credit_view_chart(self):
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "group_credit.credit_chart_partner_action"
        )
        return {**action, "context": {"active_id": self.id}}

    def action_credit_view_groups(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "group_credit.credit_group_action"
        )
        if len(self.credit_group_ids) == 1:
            return {
                **action,
                "res_id": self.credit_group_ids.id,
                "views": [(False, "form")],
            }
        return {
            **action,
            "domain": [("id", "in", self.credit_group_ids.ids)],
            "context": {},
        }
