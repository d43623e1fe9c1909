import json

from odoo.tests import HttpCase, new_test_user, tagged

# Time from the arrival of the chart's data to a chart that has been drawn and answers;
# the best of three, as the first may be slow for what else the machine does.
TIMING = """
(async () => {
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const last = (found) => found.at(-1);
    const marks = () => performance.getEntriesByName("group_credit.chart.ready");
    const {action} = odoo.__WOWL_DEBUG__.root.env.services;
    let [best, parties] = [Infinity, 0];
    for (let attempt = 0; attempt < 3 && !(best < 1000); attempt++) {
        if (attempt) {
            action.restore(action.currentController.jsId);
        }
        while (marks().length <= attempt) {
            await wait(20);
        }
        const arrived = last(
            performance
                .getEntriesByType("resource")
                .filter(({name}) => name.includes("credit.chart/load"))
        ).responseEnd;
        const drawn = last(marks()).startTime;
        const nodes = document.querySelectorAll(".o_credit_graph_node");
        parties = nodes.length;
        const start = performance.now();
        nodes[150].dispatchEvent(new MouseEvent("click", {bubbles: true}));
        while (!document.querySelector(".o_credit_graph_card")) {
            await wait(5);
        }
        best = Math.min(best, drawn - arrived + performance.now() - start);
    }
    if (parties !== 300 || !(best < 1000)) {
        throw new Error(`${parties} parties, usable after ${best} ms`);
    }
    console.log(`usable after ${Math.round(best)} ms`);
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestChartBrowser(HttpCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("en_US")
        new_test_user(
            self.env,
            "chart_viewer",
            groups="base.group_user,group_credit.group_group_credit_viewer",
            lang="en_US",
        )

    def partners(self, *names, **vals):
        return self.env["res.partner"].create(
            [{"name": name, "is_company": True, **vals} for name in names]
        )

    def group(self, holdings):
        """A group computed from (holder, held, per cent)."""
        self.env["credit.relation"].create(
            [
                {
                    "holder_id": holder.id,
                    "held_id": held.id,
                    "equity_pct": percent,
                    "state": "confirmed",
                }
                for holder, held, percent in holdings
            ]
        )
        self.env["credit.identification"]._identify_now(self.env.company)
        return self.env["credit.group"].search([("root_id", "=", holdings[0][1].id)])

    def test_tour(self):
        """A viewer looks around and tries a change; nothing is left of it."""
        owner = self.partners("Tour Owner", is_company=False)
        holding, works, fund, target = self.partners(
            "Tour Holding", "Tour Works", "Tour Fund", "Tour Target"
        )
        group = self.group(
            [
                (owner, holding, 60),
                (fund, holding, 30),
                (holding, works, 60),
                (works, target, 40),
            ]
        )
        self.assertEqual(group.member_ids.partner_id, holding | works)
        self.env.flush_all()
        relations = self.env["credit.relation"].search([("held_id", "=", target.id)])
        self.start_tour(
            "/odoo/credit-groups", "group_credit_chart_tour", login="chart_viewer"
        )
        self.env.invalidate_all()
        after = self.env["credit.relation"].search([("held_id", "=", target.id)])
        self.assertEqual((after, after.equity_pct), (relations, 40))
        self.assertEqual(group.member_ids.partner_id, holding | works)

    def test_300_parties_are_usable_in_a_second(self):
        names = [f"Company {number}" for number in range(300)]
        top, *others = self.partners(*names)
        holdings = [
            (others[i // 8 - 1] if i >= 8 else top, held, 60)
            for i, held in enumerate(others)
        ]
        holdings += [(others[i], others[(i + 40) % 299], 5) for i in range(0, 299, 1)]
        owner = self.partners("Owner", is_company=False)
        group = self.group([(owner, top, 100), *holdings])
        self.assertEqual(len(group.member_ids), 300)
        self.browser_js(
            f"/odoo/credit-groups/{group.id}/credit-chart",
            TIMING,
            "odoo.isReady === true",
            login="chart_viewer",
        )

    def test_methods_over_rpc(self):
        """A viewer's browser may read and try; somebody without a role may neither."""
        new_test_user(self.env, "chart_nobody", groups="base.group_user")
        holding, works = self.partners("Rpc Holding", "Rpc Works")
        owner = self.partners("Rpc Owner", is_company=False)
        group = self.group([(owner, holding, 60), (holding, works, 60)])
        change = {
            "mode": "end",
            "holder_id": holding.id,
            "held_id": works.id,
            "kind": "equity",
        }
        calls = [
            ("credit.chart", "load", [], {"group_id": group.id}),
            ("credit.chart", "expand", [holding.id, [works.id]], {}),
            ("credit.chart", "explain", [works.id], {}),
            ("credit.what.if", "compute", [], {"changes": [change]}),
        ]
        for login, allowed in (("chart_viewer", True), ("chart_nobody", False)):
            self.authenticate(login, login)
            for model, method, args, kwargs in calls:
                with self.subTest(login=login, method=method):
                    answer = self.rpc(model, method, args, kwargs)
                    self.assertEqual("result" in answer, allowed, answer)
                    if not allowed:
                        self.assertIn("AccessError", answer["error"]["data"]["name"])
            answer = self.rpc("credit.chart", "_draw", [holding.id, False], {})
            self.assertNotIn("result", answer)

    def rpc(self, model, method, args, kwargs):
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "params": {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": kwargs,
            },
        }
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        ).json()
