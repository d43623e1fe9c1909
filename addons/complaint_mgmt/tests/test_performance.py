from odoo.tests import tagged, warmup

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestPerformance(ComplaintCommon):
    def _queries(self, count):
        """How many queries it takes to create and flush this many complaints."""
        values = [self._registered(name=f"Case {index}") for index in range(count)]
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["complaint.case"].create(values)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    @warmup
    def test_batch_create(self):
        """Numbers, checks and three time limits are made for all at once."""
        self._queries(2)
        few, many = self._queries(10), self._queries(60)
        self.assertLessEqual((many - few) / 50, 0.3)

    @warmup
    def test_list_reads_in_batch(self):
        cases = self.env["complaint.case"].create(
            [self._registered(product_id=self.product.id) for _index in range(40)]
        )
        self.env.flush_all()
        names = [
            "display_name",
            "type_id",
            "severity",
            "user_id",
            "age_days",
            "is_rotting",
        ]

        def reads(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.manager).read([*names, "duplicate_count"])
            return self.env.cr.sql_log_count - before

        few = reads(cases[:4])
        self.assertLessEqual(reads(cases), few)

    def test_kanban_uses_the_index_of_open_cases(self):
        case = self._create()
        self.env.flush_all()
        columns = "company_id, team_id, name, channel, stage_id, active"
        self.env.cr.execute(
            f"""INSERT INTO complaint_case ({columns}, received_at, closed_at)
                SELECT {columns},
                       received_at - n * interval '1 hour',
                       CASE WHEN mod(n, 50) = 0 THEN NULL ELSE received_at END
                  FROM complaint_case, generate_series(1, 5000) n WHERE id = %s""",
            [case.id],
        )
        self.env.cr.execute("ANALYZE complaint_case")
        query = self.env["complaint.case"]._search(
            [
                ("company_id", "=", self.company.id),
                ("stage_id", "=", case.stage_id.id),
                ("closed_at", "=", False),
            ],
            limit=40,
            order="received_at desc, id desc",
        )
        sql = query.select()
        self.env.cr.execute("EXPLAIN " + sql.code, list(sql.params))
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("complaint_case_open_idx", plan)
        self.assertNotIn("Sort", plan)
