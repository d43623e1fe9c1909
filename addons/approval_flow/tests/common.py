from odoo import Command, fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase, new_test_user


def define_documents(registry, cr):
    """Add the test document and its lines to the registry."""

    class ApprovalTestDocument(models.Model):
        _name = "approval.test.document"
        _description = "Test Document"
        _inherit = ["mail.thread", "mail.activity.mixin", "approval.mixin"]
        _module = "approval_flow"
        _approval_fields = ("name", "amount", "currency_id", "partner_id", "line_ids")
        _approval_unlocked_fields = ("note",)

        name = fields.Char(required=True, translate=True)
        company_id = fields.Many2one(
            "res.company", default=lambda self: self.env.company
        )
        currency_id = fields.Many2one(
            "res.currency", default=lambda self: self.env.company.currency_id
        )
        amount = fields.Monetary()
        partner_id = fields.Many2one("res.partner")
        accused_id = fields.Many2one("res.users")
        head_id = fields.Many2one("res.users")
        note = fields.Char()
        log = fields.Char(default="")
        line_ids = fields.One2many("approval.test.line", "document_id")

        def _approval_before_submit(self):
            self.log = (self.log or "") + "before "

        def _approval_approved(self, request):
            self.log = (self.log or "") + "approved "

        def _approval_refused(self, request):
            self.log = (self.log or "") + "refused "

        def _approval_returned(self, request):
            self.log = (self.log or "") + "returned "

        def _approval_may_revoke(self, request):
            return self.env.user == request.requester_id

    class ApprovalTestLine(models.Model):
        _name = "approval.test.line"
        _description = "Test Document Line"
        _inherit = ["approval.line.mixin"]
        _module = "approval_flow"
        _approval_parent_field = "document_id"

        document_id = fields.Many2one("approval.test.document", ondelete="cascade")
        name = fields.Char(translate=True)
        amount = fields.Float()

    names = [ApprovalTestDocument._name, ApprovalTestLine._name]
    for definition in (ApprovalTestDocument, ApprovalTestLine):
        add_to_registry(registry, definition)
    registry._setup_models__(cr, [])
    registry.init_models(cr, names, {"models_to_check": True})
    return names


class ApprovalCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = define_documents(cls.registry, cls.cr)
        cls.addClassCleanup(cls._forget_documents, names)
        cls.env["ir.model.access"].create(
            [
                {
                    "name": name,
                    "model_id": cls.env["ir.model"]._get_id(name),
                    "group_id": cls.env.ref("base.group_user").id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
                for name in names
            ]
        )
        cls._make_users()
        cls.model = cls.env["ir.model"]._get("approval.test.document")

    @classmethod
    def _forget_documents(cls, names):
        for name in names:
            del cls.registry.models[name]
        cls.registry._setup_models__(cls.cr)

    @classmethod
    def _make_users(cls):
        cls.role = cls.env["res.groups"].create({"name": "Credit committee"})
        for login in ("requester", "first", "second", "third", "boss", "stranger"):
            user = new_test_user(
                cls.env, f"af_{login}", "base.group_user", name=login.title()
            )
            setattr(cls, login, user)
        cls.manager = new_test_user(
            cls.env,
            "af_manager",
            "approval_flow.group_approval_flow_manager",
            name="Manager",
        )
        cls.auditor = new_test_user(
            cls.env,
            "af_auditor",
            "approval_flow.group_approval_flow_auditor",
            name="Auditor",
        )
        cls.admin = new_test_user(
            cls.env,
            "af_admin",
            "base.group_system,approval_flow.group_approval_flow_manager",
            name="Administrator",
        )
        (cls.first | cls.second | cls.third).group_ids = [Command.link(cls.role.id)]

    @classmethod
    def make_rule(cls, *steps, **values):
        """A rule with one step for each dict of values in ``steps``."""
        return cls.env["approval.rule"].create(
            {
                "name": "Test rule",
                "model_id": cls.model.id,
                "company_id": cls.env.company.id,
                **values,
                "step_ids": [
                    Command.create(
                        {"sequence": number, "name": f"Step {number}", **step}
                    )
                    for number, step in enumerate(steps, 1)
                ],
            }
        )

    @classmethod
    def people(cls, *users, **values):
        """Parties: one for each user."""
        return {
            "party_ids": [
                Command.create({"kind": "user", "user_id": user.id, **values})
                for user in users
            ]
        }

    def document(self, user=None, **values):
        return (
            self.env["approval.test.document"]
            .with_user(user or self.requester)
            .create({"name": "Refund 42", **values})
        )

    def submitted(self, user=None, **values):
        document = self.document(user, **values)
        document.approval_submit()
        return document

    def rates(self, currency, rate, day):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", currency.id)]
        ).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": rate, "name": day, "company_id": False}
        )
