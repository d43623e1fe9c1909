from odoo.exceptions import AccessError
from odoo.tests import tagged

from . import common


@tagged("post_install", "-at_install")
class TestWhatIf(common.IdentificationCase):
    def change(self, mode, text, kind="equity", seller=None):
        parties, _space, percent = text.partition(" ")
        holder, held = parties.split(">")
        return {
            "mode": mode,
            "kind": kind,
            "holder_id": self.partner(holder).id,
            "held_id": self.partner(held).id,
            "percent": float(percent or 0),
            "seller_id": seller and self.partner(seller).id,
        }

    def compute(self, *changes, user="viewer", **options):
        return (
            self.env["credit.what.if"]
            .with_user(self.users[user])
            .compute(list(changes), **options)
        )

    def found(self, result):
        """(kind, name, who joins, who leaves) of every group that changes."""
        return [
            (
                group["kind"],
                group["name"],
                "".join(sorted(p["name"] for p in group["joined"])),
                "".join(sorted(p["name"] for p in group["left"])),
            )
            for group in result["groups"]
        ]

    def test_buying_11_per_cent_makes_a_member(self):
        self.confirmed("A>C 60", "A>B 40", "Z>B 49", "Y>B 11")
        result = self.compute(self.change("buy", "A>B 11", seller="Z"))
        self.assertEqual(self.found(result), [("members", "A", "B", "")])
        (group,) = result["groups"]
        self.assertEqual((group["size_before"], group["size_after"]), (2, 3))
        self.assertEqual(
            group["joined"][0]["reason"], "A holds 51 % of the votes, more than half."
        )
        self.assertEqual(result["status"], {self.partner("B").id: "join"})
        self.assertFalse(result["warnings"])

    def test_exactly_half_changes_nothing(self):
        self.confirmed("A>C 60", "A>B 40")
        self.assertFalse(self.compute(self.change("buy", "A>B 10"))["groups"])

    def test_a_sale_takes_a_member_away_and_a_group_ends(self):
        self.confirmed("A>B 60", "A>C 70")
        leaves = self.compute(self.change("set", "A>C 20"))
        self.assertEqual(self.found(leaves), [("members", "A", "", "C")])
        self.assertEqual(leaves["status"], {self.partner("C").id: "leave"})
        both = self.compute(self.change("end", "A>C"), self.change("end", "A>B"))
        self.assertEqual(self.found(both), [("end", "A", "", "ABC")])

    def test_groups_merge_split_and_arise(self):
        self.confirmed("A>B 60", "A>C 60")
        self.confirmed("D>E 60")
        merged = self.compute(self.change("buy", "A>D 80"))
        self.assertEqual(self.found(merged), [("merge", "A", "DE", "")])
        self.assertEqual(merged["groups"][0]["others"], ["D"])
        self.assertEqual(
            merged["status"],
            {self.partner("D").id: "move", self.partner("E").id: "move"},
        )
        new = self.compute(self.change("buy", "X>Y 80"))
        self.assertEqual(self.found(new), [("new", "X", "XY", "")])

    def test_a_group_splits(self):
        self.confirmed("A>B 60", "A>C 60", "C>D 60", "A>E 60")
        result = self.compute(self.change("end", "A>C"))
        self.assertEqual(
            self.found(result), [("members", "A", "", "CD"), ("split", "C", "CD", "")]
        )

    def test_the_controller_changes(self):
        self.person("P"), self.person("Q")
        self.confirmed("P>A 60", "Q>A 40", "A>B 60")
        result = self.compute(self.change("buy", "Q>A 20", seller="P"))
        (group,) = result["groups"]
        self.assertEqual(group["kind"], "controller")
        self.assertEqual(group["controllers_before"][0]["name"], "P")
        self.assertEqual(group["controllers_after"][0]["name"], "Q")
        nodes = {node["name"]: node for node in result["nodes"]}
        self.assertTrue(nodes["Q"]["controller"])
        self.assertFalse(nodes["P"]["controller"])

    def test_control_without_a_percentage(self):
        self.confirmed("A>B 60")
        result = self.compute(self.change("set", "A>C", kind="vie"))
        self.assertEqual(self.found(result), [("members", "A", "C", "")])

    def test_what_is_drawn(self):
        group = self.confirmed("A>C 60", "A>B 40", "Z>B 49", "Y>B 11")
        result = self.compute(
            self.change("buy", "A>B 11", seller="Z"),
            shown=(self.partner("A") | self.partner("C")).ids,
            group_id=group.id,
        )
        names = {node["id"]: node["name"] for node in result["nodes"]}
        self.assertEqual(set(names.values()), set("ABCZ"))
        edges = {
            f"{names[e['source']]}>{names[e['target']]}": (
                e["label"],
                e["control"],
                e.get("scratch", False),
            )
            for e in result["edges"]
        }
        self.assertEqual(
            edges,
            {
                "A>C": ("60 %", True, False),
                "A>B": ("40 % → 51 %", True, True),
                "Z>B": ("49 % → 38 %", False, True),
            },
        )

    def test_nothing_is_saved(self):
        self.confirmed("A>C 60", "A>B 40", "Z>B 49", "Y>B 11")
        self.env.flush_all()

        def state():
            """Every row of every table of the addon, as the database has it."""
            rows = []
            for model in sorted(self.env.registry):
                Model = self.env[model]
                if model.startswith("credit.") and Model._auto and not Model._abstract:
                    self.env.cr.execute(
                        f"SELECT to_jsonb(t) FROM {Model._table} t ORDER BY id"  # noqa: S608
                    )
                    rows.append((model, self.env.cr.fetchall()))
            return rows

        before = state()
        for role in ("viewer", "officer", "reviewer", "manager"):
            result = self.compute(
                self.change("buy", "A>B 11", seller="Z"),
                self.change("end", "A>C"),
                user=role,
            )
            self.assertTrue(result["groups"])
            self.env.flush_all()
            self.assertEqual(state(), before)

    def test_a_viewer_may_try_what_he_may_not_write(self):
        self.confirmed("A>C 60", "A>B 40")
        with self.assertRaises(AccessError):
            self.env["credit.relation"].with_user(self.users["viewer"]).create(
                {"holder_id": self.partner("A").id, "held_id": self.partner("B").id}
            )
        self.assertTrue(self.compute(self.change("buy", "A>B 11"))["groups"])
        with self.assertRaises(AccessError):
            self.compute(self.change("buy", "A>B 11"), user="sales")

    def test_too_much_is_said_and_still_computed(self):
        self.confirmed("A>C 60", "A>B 40", "Z>B 49", "Y>B 11")
        result = self.compute(self.change("buy", "A>B 11"))
        self.assertRegex(result["warnings"][0], "B: .*111 %")
        self.assertTrue(result["groups"])

    def test_impossible_changes_are_refused_in_words(self):
        self.confirmed("A>C 60", "A>B 40", "Z>B 49", "Y>B 11")
        for change, words in (
            (self.change("buy", "A>A 10"), "cannot hold itself"),
            (self.change("buy", "A>B 0"), "Percentage"),
            (self.change("buy", "A>B 101"), "Percentage"),
            (self.change("buy", "A>B 50", seller="Z"), "holds 49 % of B"),
            (self.change("end", "C>B"), "holds nothing"),
            (self.change("set", "A>B 10", kind="dealing"), "cannot be tried"),
            ({**self.change("buy", "A>B 1"), "holder_id": False}, "Choose who holds"),
        ):
            with self.subTest(words=words), self.assertRefused(words):
                self.compute(change)

    def test_a_judged_link_and_a_family_count_as_they_would(self):
        self.person("H")
        self.tie("H", "spouse", "W")
        self.confirmed("H>A 30", "W>A 30", "A>B 60")
        result = self.compute(self.change("end", "W>A"))
        (group,) = result["groups"]
        self.assertEqual(group["kind"], "controller")
        self.assertFalse(group["controllers_after"][0]["name"] in ("H", "W"))
