from contextlib import contextmanager
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

TODAY = date(2026, 3, 2)  # a Monday
NOW = "2026-03-02 04:00:00"  # noon in Shanghai
ROLE = "customer_experience.group_customer_experience_%s"


class CxCommon(TransactionCase):
    """One project with two departments, and a user for each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        frozen = freeze_time(NOW)
        frozen.start()
        cls.addClassCleanup(frozen.stop)
        cls.company = cls.env.company
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "Asia/Shanghai",
                "company_id": cls.company.id,
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        # what is shipped is tested for itself; elsewhere rules are made to measure
        cls.library = cls.env["cx.touchpoint.template"].search([])
        cls.staff = cls._new_user("cx_staff", "user")
        cls.other_staff = cls._new_user("cx_other", "user")
        cls.manager = cls._new_user("cx_manager", "manager")
        cls.admin = cls._new_user("cx_admin", "admin")
        cls.service = cls._new_department("Customer Service", cls.staff)
        cls.engineering = cls._new_department("Engineering", cls.other_staff)
        cls.project = cls.env["cx.project"].create(
            {
                "name": "Riverside",
                "lead_dept_id": cls.service.id,
                "role_ids": [
                    Command.create(
                        {
                            "role_id": cls.env.ref("customer_experience.cx_role_en").id,
                            "department_id": cls.engineering.id,
                        }
                    )
                ],
            }
        )
        cls.phase = cls._new_phase("Phase 1")

    @contextmanager
    def assertRefused(self, error, text):
        """The action is refused in these words, and nothing of it stays behind."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), text)

    @classmethod
    def _new_user(cls, login, role):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{ROLE % role}",
            tz="Asia/Shanghai",
            lang="en_US",
        )

    @classmethod
    def _new_department(cls, name, head):
        department = cls.env["hr.department"].create({"name": name})
        department.manager_id = cls.env["hr.employee"].create(
            {"name": head.name, "user_id": head.id, "department_id": department.id}
        )
        return department

    @classmethod
    def _new_phase(cls, name, **vals):
        return cls.env["cx.phase"].create(
            {
                "name": name,
                "project_id": cls.project.id,
                "customer_manager_id": cls.manager.id,
                **vals,
            }
        )

    @classmethod
    def _new_batch(cls, kind, phase=None, name="Batch 1"):
        return cls.env["cx.batch"].create(
            {"name": name, "kind": kind, "phase_id": (phase or cls.phase).id}
        )

    @classmethod
    def _new_journeys(cls, count, unit=None, **vals):
        units = cls.env["cx.unit"].create(
            [
                {"name": f"1-{n}", "phase_id": cls.phase.id, **(unit or {})}
                for n in range(count)
            ]
        )
        partners = cls.env["res.partner"].create(
            [{"name": f"Buyer {n}"} for n in range(count)]
        )
        return cls.env["cx.journey"].create(
            [
                {"partner_id": partner.id, "unit_id": unit.id, **vals}
                for partner, unit in zip(partners, units, strict=True)
            ]
        )

    @classmethod
    def _milestone(cls, code, owner=None):
        owner = owner or cls.phase
        return owner.milestone_ids.filtered(lambda m: m.type_id.code == code)

    @classmethod
    def _template(cls, code):
        return cls.env.ref(f"customer_experience.cx_touchpoint_template_{code.lower()}")

    @classmethod
    def _touchpoints(cls, code, **where):
        return cls.env["cx.touchpoint"].search(
            [
                ("code", "=", code),
                *((field, "=", record.id) for field, record in where.items()),
            ]
        )
