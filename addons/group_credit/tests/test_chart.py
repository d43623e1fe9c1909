from odoo.exceptions import AccessError, MissingError
from odoo.fields import Command
from odoo.tests import tagged

from . import common

PUBLIC = ("viewer", "officer", "reviewer", "manager")


@tagged("post_install", "-at_install")
class TestChart(common.IdentificationCase):
    def load(self, group=None, partner=None, user="viewer"):
        return (
            self.env["credit.chart"]
            .with_user(self.users[user])
            .load(group_id=group and group.id, partner_id=partner and partner.id)
        )

    def by_name(self, chart):
        return {node["name"]: node for node in chart["nodes"]}

    def edge(self, chart, text):
        names = {node["id"]: node["name"] for node in chart["nodes"]}
        for edge in chart["edges"]:
            if f"{names[edge['source']]}>{names[edge['target']]}" == text:
                return edge
        return None

    def test_members_controllers_and_who_else_holds(self):
        self.person("P")
        group = self.confirmed("P>A 60", "A>B 51", "Z>B 10")
        chart = self.load(group)
        nodes = self.by_name(chart)
        self.assertEqual(set(nodes), set("PABZ"))
        self.assertEqual(
            {name for name, node in nodes.items() if node["member"]}, set("AB")
        )
        self.assertTrue(nodes["P"]["controller"] and nodes["A"]["root"])
        self.assertEqual(nodes["P"]["kind"], "person")
        self.assertEqual(nodes["Z"]["kind"], "company")
        self.assertFalse(chart["truncated"])
        edges = {text: self.edge(chart, text) for text in ("P>A", "A>B", "Z>B")}
        self.assertEqual(
            {text: (edge["label"], edge["control"]) for text, edge in edges.items()},
            {"P>A": ("60 %", True), "A>B": ("51 %", True), "Z>B": ("10 %", False)},
        )

    def test_small_holdings_that_add_up_to_control_are_control(self):
        group = self.confirmed("A>B 100", "A>C 30", "B>C 25", "Z>C 45")
        chart = self.load(group)
        self.assertTrue(self.edge(chart, "A>C")["control"])
        self.assertTrue(self.edge(chart, "B>C")["control"])
        self.assertFalse(self.edge(chart, "Z>C")["control"])

    def test_a_nominee_does_not_control_what_stands_in_his_name(self):
        self.person("L")
        self.relate("L>B 70", "A>C 60")
        self.relate("A>B", kind="nominee", grantor_id=self.partner("L").id)
        (group,) = self.identify().values()
        chart = self.load(group)
        self.assertFalse(self.edge(chart, "L>B")["control"])
        self.assertTrue(self.edge(chart, "A>B")["control"])
        self.assertIn("L", self.edge(chart, "A>B")["detail"])

    def test_labels(self):
        for vals, label in (
            ({"equity_pct": 33.3333}, "33.3333 %"),
            ({"equity_pct": 40, "votes_pct": 60}, "40 % (votes 60 %)"),
            (
                {
                    "is_range": True,
                    "votes_min": 50,
                    "votes_max": 75,
                    "min_exclusive": True,
                },
                ">50–75 %",
            ),
            ({"kind": "vie"}, "VIE Contracts"),
            ({"kind": "board", "seats": 3, "seats_total": 5}, "Board Seats 3/5"),
            ({"kind": "proxy", "votes_pct": 20}, "Votes by Agreement 20 %"),
        ):
            with self.subTest(label=label):
                self.partners.clear()
                self.relate("A>B", **{"equity_pct": 0, **vals})
                chart = self.load(partner=self.partner("A"))
                self.assertEqual(self.edge(chart, "A>B")["label"], label)

    def test_drafts_are_shown_and_do_not_control_the_past_is_not_shown(self):
        group = self.confirmed("A>B 60")
        self.relate("Z>B 40", state="draft")
        self.relate("Y>B 10", valid_to="2020-01-01")
        chart = self.load(group)
        self.assertEqual(self.edge(chart, "Z>B")["state"], "draft")
        self.assertFalse(self.edge(chart, "Z>B")["control"])
        self.assertNotIn("Y", self.by_name(chart))

    def test_kinship_is_drawn_and_state_bodies_are_known(self):
        self.person("H")
        self.tie("H", "spouse", "W")
        self.partner("S", credit_is_state_body=True)
        group = self.confirmed("H>A 30", "W>A 30", "A>B 60", "S>B 40")
        chart = self.load(group)
        (tie,) = [edge for edge in chart["edges"] if edge.get("tie")]
        self.assertEqual(tie["label"], "Spouse")
        self.assertEqual(self.by_name(chart)["S"]["kind"], "state")

    def test_partner_chart_and_expanding(self):
        self.relate("A>B 60", "B>C 60", "C>D 60", "D>E 60")
        self.person("P")
        self.relate("P>A 70")
        self.identify()
        chart = self.load(partner=self.partner("A"))
        self.assertEqual(set(self.by_name(chart)), set("PABC"))
        self.assertTrue(self.by_name(chart)["P"]["controller"])
        self.assertEqual(self.by_name(chart)["C"]["hidden_children"], 1)
        more = (
            self.env["credit.chart"]
            .with_user(self.users["viewer"])
            .expand(self.partner("C").id, [node["id"] for node in chart["nodes"]])
        )
        self.assertEqual(set(self.by_name(more)), set("PABCD"))
        self.assertEqual(self.by_name(more)["C"]["hidden_children"], 0)

    def test_at_most_300_parties_from_the_top(self):
        members = [f"S{i}" for i in range(320)]
        self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in members]
        ).mapped(lambda p: self.partners.update({p.name: p}))
        self.relate(*(f"A>{name} 60" for name in members))
        (group,) = self.identify().values()
        chart = self.load(group)
        self.assertEqual(len(chart["nodes"]), 300)
        self.assertTrue(chart["truncated"])
        nodes = self.by_name(chart)
        self.assertEqual(nodes["A"]["hidden_children"], 21)
        expanded = (
            self.env["credit.chart"]
            .with_user(self.users["viewer"])
            .expand(nodes["A"]["id"], [n["id"] for n in chart["nodes"]], group.id)
        )
        self.assertEqual(len(expanded["nodes"]), 321)

    def test_queries_do_not_grow_with_the_group(self):
        def count(size, prefix):
            names = [f"{prefix}{i}" for i in range(size)]
            self.relate(*(f"{prefix}>{name} 60" for name in names))
            group = next(g for key, g in self.identify().items() if f"{prefix}0" in key)
            self.env.flush_all()
            self.env.invalidate_all()
            self.load(group)  # caches of access and parameters
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.load(group)
            return self.env.cr.sql_log_count - before

        few, many = count(3, "K"), count(60, "M")
        self.assertEqual(few, many)
        self.assertLess(many, 40)

    def test_why_in_steps(self):
        group = self.confirmed("A>C 55", "A>T 40", "C>T 15", "Z>T 45")
        (reason,) = (
            self.env["credit.chart"]
            .with_user(self.users["viewer"])
            .explain(self.partner("T").id, group.id)
        )
        self.assertEqual([step["name"] for step in reason["steps"]], ["C", "T"])
        self.assertEqual(
            reason["steps"][1]["sentences"],
            [
                "A itself holds 40 % of the votes, and companies it controls hold 15 % "
                "(C 15 %): together 55 %, more than half."
            ],
        )
        (outside,) = self.env["credit.chart"].explain(self.partner("Z").id, group.id)
        self.assertIn("Not in a group", outside["note"])

    def test_why_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        group = self.confirmed(
            "甲公司>丙公司 55", "甲公司>乙公司 40", "丙公司>乙公司 15"
        )
        (reason,) = (
            self.env["credit.chart"]
            .with_context(lang="zh_CN")
            .explain(self.partner("乙公司").id, group.id)
        )
        self.assertEqual(
            reason["steps"][-1]["sentences"],
            [
                "甲公司直接持有 40% 的表决权，并通过其控制的企业间接持有 15%"
                "（丙公司 15%），合计 55%，超过半数。"
            ],
        )

    def test_controllers_are_explained_without_being_members(self):
        self.person("P")
        self.partner("S", credit_is_state_body=True)
        group = self.confirmed("P>A 60", "A>B 51", "S>B 20")
        explain = self.env["credit.chart"].with_user(self.users["viewer"]).explain
        (person,) = explain(self.partner("P").id, group.id)
        self.assertIn("Ultimate controller of A", person["note"])
        (state,) = explain(self.partner("S").id, group.id)
        self.assertIn("state body", state["note"])

    def test_roles(self):
        group = self.confirmed("A>B 60")
        for role in PUBLIC:
            self.assertEqual(len(self.load(group, user=role)["nodes"]), 2)
        for call in (
            lambda: self.load(group, user="sales"),
            lambda: self.load(partner=self.partner("A"), user="sales"),
            lambda: (
                self.env["credit.chart"]
                .with_user(self.users["sales"])
                .expand(self.partner("A").id, [])
            ),
            lambda: (
                self.env["credit.chart"]
                .with_user(self.users["sales"])
                .explain(self.partner("A").id)
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(MissingError):
            self.env["credit.chart"].load(partner_id=0)

    def test_what_another_company_knows_is_not_drawn(self):
        group = self.confirmed("A>B 60", "Z>B 10")
        other = self.env["res.company"].create({"name": "Other Bank"})
        self.relate("Y>B 5", company_id=other.id, state="draft")
        self.env.flush_all()
        self.assertEqual(set(self.by_name(self.load(group))), set("ABZ"))
        stranger = self.users["viewer"].copy(
            {
                "login": "gc_other",
                "company_ids": [Command.set(other.ids)],
                "company_id": other.id,
            }
        )
        with self.assertRaises(AccessError):
            self.env["credit.chart"].with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).load(group_id=group.id)

    def test_actions_open_the_chart(self):
        group = self.confirmed("A>B 60")
        for record, action in (
            (group, group.action_view_chart()),
            (self.partner("A"), self.partner("A").action_credit_view_chart()),
        ):
            self.assertEqual(action["tag"], "group_credit.credit_graph")
            self.assertEqual(action["context"]["active_id"], record.id)
            self.assertEqual(action["params"]["res_model"], record._name)
