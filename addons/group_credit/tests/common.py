from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

ROLES = ("viewer", "officer", "reviewer", "manager")


class GroupCreditCase(TransactionCase):
    """Users of each role, and short ways to write partners and relations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env,
                f"gc_{role}",
                groups=f"base.group_user,group_credit.group_group_credit_{role}",
            )
            for role in ROLES
        }
        cls.users["second"] = new_test_user(
            cls.env,
            "gc_second",
            groups="base.group_user,group_credit.group_group_credit_reviewer",
        )
        cls.users["sales"] = new_test_user(
            cls.env, "gc_sales", groups="base.group_user,base.group_partner_manager"
        )
        cls.company = cls.env.company
        cls.partners = {}

    def setUp(self):
        super().setUp()
        self.partners.clear()

    @contextmanager
    def assertRefused(self, words, exception=UserError):
        """Refused in these words; unlike assertRaisesRegex it undoes what came before
        the refusal.
        """
        with self.assertRaises(exception) as refused:
            yield refused
        self.assertRegex(str(refused.exception), words)

    @classmethod
    def partner(cls, name, **vals):
        if name not in cls.partners:
            cls.partners[name] = cls.env["res.partner"].create(
                {"name": name, "is_company": True, **vals}
            )
        return cls.partners[name]

    @classmethod
    def person(cls, name, **vals):
        return cls.partner(name, is_company=False, **vals)

    @classmethod
    def relate(cls, *texts, state="confirmed", **vals):
        """Relations as "A>B 60": A holds 60 % of B's shares and votes."""
        vals_list = []
        for text in texts:
            parties, _space, percent = text.partition(" ")
            holder, held = parties.split(">")
            vals_list.append(
                {
                    "holder_id": cls.partner(holder).id,
                    "held_id": cls.partner(held).id,
                    "equity_pct": float(percent or 0),
                    "state": state,
                    **vals,
                }
            )
        return cls.env["credit.relation"].create(vals_list)

    @classmethod
    def tie(cls, person, kind, relative, state="confirmed", **vals):
        return cls.env["credit.kinship"].create(
            {
                "person_id": cls.person(person).id,
                "relative_id": cls.person(relative).id,
                "kind": kind,
                "state": state,
                **vals,
            }
        )

    @classmethod
    def make_group(cls, name, members, user=None, **vals):
        group = cls.env["credit.group"]
        if user:
            group = group.with_user(cls.users[user])
        return group.create(
            {
                "name": name,
                "member_ids": [
                    Command.create({"partner_id": cls.partner(m).id}) for m in members
                ],
                **vals,
            }
        )


class IdentificationCase(GroupCreditCase):
    """A company of its own, so that what the database holds has no part in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Test Bank"})
        cls.env.user.write({"company_ids": [Command.link(cls.company.id)]})
        for user in cls.users.values():
            user.write(
                {
                    "company_ids": [Command.set(cls.company.ids)],
                    "company_id": cls.company.id,
                }
            )
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )

    def identify(self):
        """Groups with something new to decide, by the names of their members."""
        groups, _done = self.env["credit.identification"]._identify_now(self.company)
        return {self.names(group): group for group in groups}

    def names(self, group):
        return frozenset(group._members_on().partner_id.mapped("name"))

    def open_change(self, group):
        return group.change_ids.filtered(lambda c: c.state in ("proposed", "submitted"))

    def confirm(self, group):
        """Have the open proposal of ``group`` examined and approved by two people."""
        change = self.open_change(group)
        change.with_user(self.users["officer"]).approval_submit()
        change.with_user(self.users["reviewer"]).approval_approve()
        return change

    def confirmed(self, *texts):
        """The one group that these relations make, confirmed."""
        self.relate(*texts)
        (group,) = self.identify().values()
        self.confirm(group)
        return group
