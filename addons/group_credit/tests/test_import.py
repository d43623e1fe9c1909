import base64
import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.group_credit.tests.common import GroupCreditCase

CONTROLLED = {
    "1": "2 3 4 5 6 10 20",
    "2": "1 3 4 5 6 10 20",
    "3": "1 2 4 5 6 10 20",
    "4": "1 2 3 5 6 10 20",
    "5": "1 2 3 4 6 10 20",
    "6": "1 2 3 4 5 10 20",
    "10": "20",
    "19": "1 2 3 4 5 6 10 20",
}


@tagged("post_install", "-at_install")
class TestImport(GroupCreditCase):
    def wizard(self, content, role="reviewer", **vals):
        if isinstance(content, str):
            content = content.encode()
        return (
            self.env["credit.relation.import"]
            .with_user(self.users[role])
            .create({"file": base64.b64encode(content), "filename": "x.csv", **vals})
        )

    def preview(self, content, **vals):
        wizard = self.wizard(content, **vals)
        wizard.action_preview()
        return wizard

    def statuses(self, wizard):
        return wizard.line_ids.mapped("status")

    def sample(self):
        with file_open(
            "group_credit/static/template/control_relations_sample.csv", "rb"
        ) as file:
            return file.read()

    def test_published_graph_gives_51_control_pairs(self):
        vals = {"create_partners": True, "confirm": True, "accept_excess": True}
        wizard = self.preview(self.sample(), **vals)
        self.assertEqual(self.statuses(wizard), ["new"] * 14)
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        relations = wizard.line_ids.relation_id
        self.assertEqual(len(relations), 14)
        graph = self.env["credit.graph"]._build(relations)
        name = dict(
            (relations.holder_id | relations.held_id).mapped(lambda p: (p.id, p.name))
        )
        pairs = {(name[a], name[b]) for a, b in graph.pairs()}
        expected = {(a, b) for a, line in CONTROLLED.items() for b in line.split()}
        self.assertEqual(len(expected), 51)
        self.assertEqual(pairs, expected)

    def test_importing_twice_changes_nothing(self):
        self.preview(self.sample(), create_partners=True).action_import()
        again = self.preview(self.sample(), create_partners=True)
        self.assertEqual(self.statuses(again), ["unchanged"] * 14)
        self.assertFalse(again.todo_count)

    def test_published_graph_is_refused_without_the_option(self):
        wizard = self.preview(self.sample(), create_partners=True, confirm=True)
        wizard.action_import()
        rejected = wizard.line_ids.filtered(lambda line: line.status == "rejected")
        self.assertTrue(rejected)
        self.assertLess(len(rejected), 14)
        self.assertIn("100", rejected[0].reason)

    def test_changed_rows_say_what_changes(self):
        for name in "AB":
            self.partner(name)
        head = "Source ID,Holder,Held Company,Shares %\n"
        self.preview(head + "R1,A,B,60").action_import()
        wizard = self.preview(head + "R1,A,B,65")
        self.assertEqual(self.statuses(wizard), ["changed"])
        self.assertIn("60.0000 → 65.0000", wizard.line_ids.reason)
        wizard.action_import()
        self.assertEqual(wizard.line_ids.relation_id.equity_pct, 65)
        self.assertEqual(
            self.env["credit.relation"].search_count([("source_ref", "=", "R1")]), 1
        )

    def test_rows_without_source_id_are_known_by_their_facts(self):
        self.relate("A>B 60", state="draft", source="register")
        wizard = self.preview("Holder,Held Company,Shares %\nA,B,60\nA,B,60\n")
        self.assertEqual(self.statuses(wizard), ["unchanged", "rejected"])
        self.assertIn("row 2", wizard.line_ids[1].reason)

    def test_rejected_rows_say_why_and_the_others_arrive(self):
        for name in "AB":
            self.partner(name)
        self.env["res.partner"].create([{"name": "Twin"}, {"name": "Twin"}])
        wizard = self.preview(
            "Holder,Held Company,Shares %,Basis,Valid From\n"
            "A,B,60,,\n"
            "Nobody,B,10,,\n"
            "A,A,10,,\n"
            "A,B,abc,,\n"
            "A,B,160,,\n"
            "A,B,10,magic,\n"
            "A,B,10,,31.31.2025\n"
            "Twin,B,10,,\n"
            ",B,10,,\n"
        )
        self.assertEqual(self.statuses(wizard), ["new"] + ["rejected"] * 8)
        reasons = wizard.line_ids.mapped("reason")
        for reason, words in zip(
            reasons[1:],
            (
                "Nobody",
                "treasury",
                "abc",
                "0 to 100",
                "magic",
                "31.31",
                "2 partners",
                "missing",
            ),
            strict=True,
        ):
            self.assertIn(words, reason)
        self.assertEqual(wizard.line_ids[4].held_party_id.name, "B", "also named there")
        wizard.action_import()
        self.assertEqual(len(wizard.line_ids.relation_id), 1)

    def test_partners_are_found_by_code_and_by_any_width_of_bracket(self):
        self.partner("华信（深圳）有限公司", company_registry="91110000600037341L")
        self.partner("C", ref="K-1")
        wizard = self.preview(
            "股东,股东统一社会信用代码,被投资企业,持股比例\n"
            "华信(深圳)有限公司,,C,60%\n"
            "随便写的名字,91110000600037341L,K-1,60%\n".replace(
                "随便写的名字,", "别名,"
            )
        )
        holder, held = self.partner("华信（深圳）有限公司"), self.partner("C")
        self.assertEqual(wizard.line_ids[0].values["holder_id"], holder.id)
        self.assertEqual(wizard.line_ids[1].values["holder_id"], holder.id)
        self.assertEqual(
            wizard.line_ids.mapped(lambda line: line.values["held_id"]), [held.id] * 2
        )

    def test_encodings(self):
        for name in ("张三", "某公司"):
            self.partner(name)
        text = "股东,被投资企业,持股比例\n张三,某公司,60\n"
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
            with self.subTest(encoding=encoding):
                self.assertEqual(
                    self.statuses(self.preview(text.encode(encoding))), ["new"]
                )
        with self.assertRefused("encoding"):
            self.preview(text.encode("gb18030"), encoding="utf-8-sig")

    def test_excel(self):
        for name in "AB":
            self.partner(name)
        book = openpyxl.Workbook()
        book.active.append(["Holder", "Held Company", "Shares %"])
        book.active.append(["A", "B", 0.6])
        book.active["C2"].number_format = "0.00%"
        file = io.BytesIO()
        book.save(file)
        wizard = self.preview(file.getvalue())
        self.assertEqual(wizard.line_ids.values["equity_pct"], 60)

    def test_unreadable_files_are_refused_in_words(self):
        for content, words in (
            (b" \n", "no rows"),
            (b"PKnonsense", "zip file is damaged"),
            (b"<html/>", "neither"),
            (b'{"statementID": "x"}\n', "version 0.4"),
            (b"Name,Age\nx,1\n", "column for the holder"),
        ):
            with self.subTest(content=content), self.assertRefused(words):
                self.preview(content)

    def test_unknown_partners_are_created_once(self):
        wizard = self.preview(
            "Holder,Holder Type,Held Company,Shares %\n"
            "李四,自然人,乙公司,60\n"
            "李四,自然人,丙公司,60\n",
            create_partners=True,
            role="officer",
        )
        wizard.action_import()
        relations = wizard.line_ids.relation_id
        self.assertEqual(len(relations.holder_id), 1)
        self.assertFalse(relations.holder_id.is_company)
        self.assertEqual(relations.mapped("held_id.is_company"), [True, True])
        self.assertEqual(set(relations.mapped("state")), {"draft"})

    def test_officer_cannot_confirm_by_import(self):
        wizard = self.preview(
            self.sample(), create_partners=True, role="officer", confirm=True
        )
        with self.assertRaises(UserError):
            wizard.action_import()

    def test_preview_costs_the_same_for_any_length(self):
        self.partner("H")
        rows = ["Holder,Held Company,Shares %"]
        for i in range(60):
            self.partner(f"N{i}")
            rows.append(f"H,N{i},10")
        counts = []
        for length in (20, 60):
            wizard = self.wizard("\n".join(rows[: length + 1]))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_preview()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def test_templates_of_core_import_exist_and_match(self):
        """A template nobody can download, or whose headings are not ours, is a trap."""
        for lang in ("en_US", "zh_CN"):
            if not self.env["res.lang"]._get_data(code=lang):
                continue
            Relation = self.env["credit.relation"].with_context(lang=lang)
            (template,) = Relation.get_import_templates()
            labels = {
                field["string"]
                for field in Relation.fields_get(attributes=["string"]).values()
            }
            with file_open(template["template"].lstrip("/"), "rb") as file:
                sheet = openpyxl.load_workbook(file).active
            self.assertLessEqual({cell.value for cell in sheet[1]}, labels)
