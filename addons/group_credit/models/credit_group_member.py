from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class CreditGroupMember(models.Model):
    _name = "credit.group.member"
    _description = "Group Member"
    _order = "group_id, sequence, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    group_id = fields.Many2one(
        "credit.group", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner",
        string="Member",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    criterion = fields.Selection(
        [
            ("1", "(1) Controls or Is Controlled"),
            ("2", "(2) Under a Common Controller"),
            ("3", "(3) A Person and Near Relatives"),
            ("4", "(4) Other Related Party"),
            ("dependence", "Economic Dependence"),
        ],
        required=True,
        default="4",
        help="The criterion of the rules on group customers by which the member "
        "belongs.",
    )
    origin = fields.Selection(
        [("computed", "Computed"), ("manual", "Judged by a Person")],
        default="manual",
        required=True,
    )
    basis = fields.Json(
        readonly=True, help="Why, as figures and parties; put into words when shown."
    )
    basis_text = fields.Text("Why in This Group", compute="_compute_basis_text")
    note = fields.Text(
        "Judgement",
        help="The judgement and its evidence, where no relation computes it.",
    )
    review_on = fields.Date(
        "Look Again On",
        help="For a member kept by judgement: from that day on the computation may "
        "propose to remove it.",
    )
    parent_id = fields.Many2one(
        "credit.group.member",
        string="Controlled By",
        index="btree_not_null",
        ondelete="set null",
        domain="[('group_id', '=', group_id), ('id', '!=', id)]",
        help="The member standing directly above this one.",
    )
    child_ids = fields.One2many("credit.group.member", "parent_id", string="Controls")
    date_in = fields.Date(
        "Member Since", default=fields.Date.context_today, required=True
    )
    date_out = fields.Date(
        "Left On",
        help="First day on which the partner is no longer a member. Empty: still a "
        "member.",
    )
    kind = fields.Selection(related="group_id.kind", store=True)
    state = fields.Selection(related="group_id.state", string="Group State")
    company_id = fields.Many2one(related="group_id.company_id", store=True, index=True)

    # Serves "groups of a partner today" and keeps two current rows of one partner out
    # of a group.
    _current_uniq = models.UniqueIndex(
        "(partner_id, group_id) WHERE date_out IS NULL",
        "The partner is already a member of this group.",
    )
    _dates_check = models.Constraint(
        "CHECK(date_out IS NULL OR date_out >= date_in)",
        "A member cannot leave before joining.",
    )

    @api.model
    def _current_domain(self, day=None):
        """Members on ``day`` (today unless the context or the caller names another
        day).
        """
        day = (
            day
            or self.env.context.get("credit_as_of")
            or fields.Date.context_today(self)
        )
        return Domain("date_in", "<=", day) & (
            Domain("date_out", "=", False) | Domain("date_out", ">", day)
        )

    @api.depends("basis", "note")
    @api.depends_context("lang")
    def _compute_basis_text(self):
        self.env["credit.reason"]._prefetch(self.mapped("basis"))
        for member in self:
            sentences = self.env["credit.reason"]._sentences(member.basis)
            member.basis_text = "\n".join(filter(None, [*sentences, member.note]))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_basis(vals)
        members = super().create(vals_list)
        members._check_undecided()
        return members

    def write(self, vals):
        self._check_basis(vals)
        if not set(vals) <= {"note", "parent_id", "sequence"}:
            self._check_undecided()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_undecided()

    def _check_basis(self, vals):
        if not self.env.su and {"basis", "origin"} & set(vals):
            raise UserError(
                self.env._(
                    "The reason of a computed member follows from the relations. Write "
                    "your own under Judgement."
                )
            )

    def _check_undecided(self):
        """People enter members of candidates; a decided group changes by decision."""
        if self.env.su:
            return
        for group in self.group_id:
            if group.state != "candidate":
                raise UserError(
                    self.env._(
                        "The members of %(group)s are decided. Use “Propose a Change” "
                        "on the group, and have it confirmed.",
                        group=group.name,
                    )
                )

    def _is_held_by_judgement(self):
        """Whether a person put the member in, and the computation must leave it."""
        today = fields.Date.context_today(self)
        return self.origin == "manual" and (
            not self.review_on or today < self.review_on
        )

    def _link_parents(self):
        """Put each member under the member that brings most votes to it; circles stay
        open.

        ``self`` are the members of one group.
        """
        by_partner = {member.partner_id.id: member for member in self}
        parents = {}
        for member in self:
            for holder in member._stands_under():
                parent = by_partner.get(holder)
                if parent and not self._is_above(member, parent, parents):
                    parents[member] = parent
                    break
        for member in self:
            parent = parents.get(member, self.browse())
            if member.parent_id != parent:
                member.parent_id = parent

    def _stands_under(self):
        """Partner ids directly above the member: who holds it, whom it depends on."""
        basis = self.basis or {}
        holders = [stake["holder"] for stake in basis.get("via", ())]
        return holders + [partner for partner, _relation in basis.get("on", ())]

    @api.model
    def _is_above(self, member, parent, parents):
        """Whether ``member`` is ``parent`` itself or already stands above it."""
        while parent:
            if parent == member:
                return True
            parent = parents.get(parent)
        return False

    @api.constrains(
        "partner_id", "group_id", "date_in", "date_out", "kind", "company_id"
    )
    def _check_one_control_group(self):
        """Control groups are a partition; what overlaps is of another kind.

        Candidates may overlap: they show what would become of a group.
        """
        decided = ("confirmed", "exempt")
        members = self.filtered(
            lambda m: m.kind == "ownership" and m.group_id.state in decided
        )
        if not members:
            return
        others = (
            # sudo: a membership that the user cannot see excludes another all the same
            self.sudo()
            .search(
                Domain("partner_id", "in", members.partner_id.ids)
                & Domain("kind", "=", "ownership")
                & Domain("group_id.state", "in", decided)
            )
            .grouped("partner_id")
        )
        for member in members:
            for other in others.get(member.partner_id, self.browse()) - member:
                if other.company_id == member.company_id and member._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "%(partner)s already belongs to the control group "
                            "%(group)s since %(day)s. End that "
                            "membership first, or use a group of another kind.",
                            partner=member.partner_id.display_name,
                            group=other.group_id.name,
                            day=fields.Date.to_string(other.date_in),
                        )
                    )

    def _overlaps(self, other):
        return (not other.date_out or self.date_in < other.date_out) and (
            not self.date_out or other.date_in < self.date_out
        )

    @api.constrains("parent_id", "group_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "Controlled By: a member cannot stand above itself in the "
                    "hierarchy."
                )
            )
        for member in self:
            if member.parent_id and member.parent_id.group_id != member.group_id:
                raise ValidationError(
                    self.env._(
                        "Controlled By: %(parent)s is not a member of the same group.",
                        parent=member.parent_id.display_name,
                    )
                )
