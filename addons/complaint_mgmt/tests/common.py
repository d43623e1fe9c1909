from contextlib import contextmanager

from odoo.tests import TransactionCase, new_test_user


class ComplaintCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.department, cls.other_department = cls.env["hr.department"].create(
            [{"name": "Quality"}, {"name": "Logistics"}]
        )
        cls.agent = cls._user("agent", "user")
        cls.handler = cls._user("handler", "handler", cls.department)
        cls.manager = cls._user("manager", "manager")
        cls.admin = cls._user("complaint_admin", "admin")
        cls.outsider = new_test_user(cls.env, "outsider", groups="base.group_user")
        cls.team = cls.env["complaint.team"].create({"name": "Hotline", "sequence": 1})
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Lin Wei",
                "email": "lin.wei@customer.example",
                "phone": "13800000001",
            }
        )
        cls.product = cls.env["product.product"].create({"name": "Shower screen"})
        cls.type = cls.env.ref("complaint_mgmt.complaint_type_product_quality")
        cls.cause = cls.env.ref("complaint_mgmt.complaint_cause_product_process")
        cls.repair = cls.env.ref("complaint_mgmt.complaint_remedy_repair")
        cls.stages = {
            stage.kind: stage for stage in cls.env["complaint.stage"].search([])
        }

    @classmethod
    def _user(cls, login, role, department=None):
        user = new_test_user(
            cls.env, login, groups=f"complaint_mgmt.group_complaint_mgmt_{role}"
        )
        cls.env["hr.employee"].create(
            {
                "name": login,
                "user_id": user.id,
                "department_id": department.id if department else False,
            }
        )
        return user

    @classmethod
    def _registered(cls, **values):
        """Values of a complaint that has all it needs to leave registration."""
        return {
            "name": "Screen shattered",
            "channel": "mail",
            "partner_id": cls.customer.id,
            "type_id": cls.type.id,
            "description": "<p>It shattered at night.</p>",
            "remedy_ids": [cls.repair.id],
            **values,
        }

    @classmethod
    def _answered(cls, **values):
        """Values of a complaint that only misses the call-back."""
        return cls._registered(
            injury="no",
            media="no",
            department_id=cls.department.id,
            user_id=cls.handler.id,
            cause_id=cls.cause.id,
            cause_note="Tempering oven too cold.",
            reply="<p>We replace the screen.</p>",
            **values,
        )

    @classmethod
    def _create(cls, user=None, **values):
        cases = cls.env["complaint.case"].with_context(mail_notrack=True)
        if user:
            cases = cases.with_user(user)
        return cases.create(cls._registered(**values))

    def _move(self, case, kind, **values):
        case.write({"stage_id": self.stages[kind].id, **values})
        return case

    @contextmanager
    def refused(self, exception, words):
        """The block is refused in these words, and leaves nothing behind."""
        with self.assertRaisesRegex(exception, words), self.env.cr.savepoint():
            yield
