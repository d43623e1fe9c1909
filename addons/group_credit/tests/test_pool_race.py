import threading
from datetime import date

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestPoolRace(BaseCase):
    """Real connections, real commits, the server's own way of trying again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            people = env["res.partner"].create(
                [{"name": f"Pool race {n}"} for n in range(2)]
            )
            pool = env["credit.pool"].create(
                {
                    "name": "Race",
                    "kind": "employees",
                    "unit_id": env.company.partner_id.id,
                    "payroll": True,
                    "head_id": people[0].id,
                    "date_start": date.today(),
                    "date_end": date.today().replace(year=date.today().year + 1),
                    "custodian_id": people[1].id,
                    "fund_account": "1",
                    "member_ids": [
                        Command.create(
                            {"partner_id": one.id, "fixed_income": True, "loan": 1000}
                        )
                        for one in people
                    ],
                }
            )
            pool.action_activate()
            member = pool.member_ids[0]
            env["credit.pool.entry"].create(
                {"member_id": member.id, "kind": "pay_in", "amount": 50}
            )
            self.pool, self.member, self.people = pool.id, member.id, people.ids
        self.addCleanup(self.clean)

    def clean(self):
        with self.registry.cursor() as cr:
            for table in ("credit_pool_entry", "credit_pool_member"):
                cr.execute(f"DELETE FROM {table} WHERE pool_id = %s", [self.pool])
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'credit.pool' AND res_id = %s",
                [self.pool],
            )
            cr.execute("DELETE FROM credit_pool WHERE id = %s", [self.pool])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.partner"].browse(self.people).unlink()

    def draw(self, ready, results):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})

            waits = [True]

            def book():
                member = env["credit.pool.member"].browse(self.member)
                # everybody has looked before anybody books
                member.fetch(["loan"])
                if waits:
                    waits.pop()
                    ready.wait(10)
                env["credit.pool.entry"].create(
                    {"member_id": self.member, "kind": "draw", "amount": 300}
                )

            try:
                retrying(book, env)
                results.append(True)
            except UserError as error:
                cr.rollback()  # as the server does with a refused call
                results.append(str(error))

    def test_draws_at_once_never_pass_the_loan(self):
        # the server tries a call five times: four at once all get their answer
        ready, results = threading.Barrier(4), []
        threads = [
            threading.Thread(target=self.draw, args=(ready, results)) for _n in range(4)
        ]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            drawn = env["credit.pool.member"].browse(self.member).drawn
        self.assertEqual(drawn, 900, results)
        self.assertEqual(results.count(True), 3, results)
        self.assertEqual(len(results), 4)
