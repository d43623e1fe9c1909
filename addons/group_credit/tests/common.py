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
