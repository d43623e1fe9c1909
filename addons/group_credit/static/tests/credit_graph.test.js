import {animationFrame, Deferred, runAllTimers} from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeMockEnv,
    models,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {describe, destroy, expect, getFixture, test} from "@odoo/hoot";
import {
    hover,
    press,
    queryAll,
    queryAllTexts,
    queryFirst,
    waitFor,
} from "@odoo/hoot-dom";
import {chartMarkup} from "@group_credit/credit_graph/export.esm";
import {CreditGraph} from "@group_credit/credit_graph/credit_graph.esm";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop", "group_credit");

class CreditRelation extends models.Model {
    _name = "credit.relation";

    kind = fields.Selection({
        selection: [
            ["equity", "Shares"],
            ["vie", "VIE Contracts"],
            ["dealing", "Dealings"],
        ],
    });
}
defineMailModels();
defineModels([CreditRelation]);

function node(id, name, vals = {}) {
    return {
        id,
        name,
        kind: "company",
        member: true,
        root: false,
        controller: false,
        groups: [],
        flags: [],
        hidden_children: 0,
        ...vals,
    };
}

function edge(source, target, label, vals = {}) {
    return {
        id: `r${source}-${target}`,
        source,
        target,
        kind: "equity",
        label,
        detail: `${label} · register`,
        control: true,
        state: "confirmed",
        ...vals,
    };
}

function chart() {
    return {
        title: "Huaxin",
        group_id: 7,
        partner_id: false,
        flags: [],
        truncated: false,
        nodes: [
            node(1, "Zhou", {kind: "person", member: false, controller: true}),
            node(2, "Huaxin Holding", {root: true}),
            node(3, "Huaxin Land", {hidden_children: 2}),
            node(4, "Trust", {member: false}),
        ],
        edges: [
            edge(1, 2, "65 %"),
            edge(2, 3, "51 %"),
            edge(4, 3, "49 %", {control: false}),
        ],
    };
}

const ACTION = {
    action: {context: {active_id: 7}, params: {res_model: "credit.group"}, id: 1},
    actionId: 1,
};

const ENV = {config: {breadcrumbs: [], setDisplayName: () => {}}};

async function mountChart(data = chart()) {
    onRpc("credit.chart", "load", ({kwargs}) => {
        expect(kwargs).toInclude(["group_id", 7]);
        return data;
    });
    onRpc("credit.chart", "explain", ({args}) => [
        {
            group: {id: 7, name: "Huaxin"},
            criterion: "(1)",
            steps: [{id: args[0], name: "X", sentences: ["It holds 51 %."]}],
            note: "",
        },
    ]);
    await makeMockEnv(ENV);
    const component = await mountWithCleanup(CreditGraph, {props: ACTION});
    getFixture().style.height = "700px";
    await animationFrame();
    return component;
}

test("parties, holdings and who is on top", async () => {
    await mountChart();
    expect(".o_credit_graph_node").toHaveCount(4);
    expect(queryAllTexts(".o_credit_graph_label")).toEqual(["65 %", "51 %", "49 %"]);
    expect(
        ".o_credit_graph_edge.o_edge_control:not(.o_credit_graph_label)"
    ).toHaveCount(2);
    expect(".o_credit_graph_edge.o_edge_other:not(.o_credit_graph_label)").toHaveCount(
        1
    );
    expect(".o_credit_graph_node.o_controller [class*=name]").toHaveText("Zhou");
    expect(".o_credit_graph_node.o_outside").toHaveCount(2);
    expect(".o_credit_graph_node[data-node='3']").toHaveAttribute(
        "aria-label",
        "Huaxin Land, Member, held by Huaxin Holding 51 %, Trust 49 %"
    );
});

test("a click shows the card with the reasons, Escape closes it", async () => {
    mockService("action", {
        doAction: ({res_model, res_id}) => expect.step(`open ${res_model} ${res_id}`),
    });
    await mountChart();
    await contains(".o_credit_graph_node[data-node='3']").click();
    await waitFor(".o_card_reasons:contains(It holds 51 %.)");
    expect(".o_credit_graph_card h4").toHaveText("Huaxin Land");
    expect(queryAllTexts(".o_card_held .btn-link")).toEqual([
        "Huaxin Holding",
        "Trust",
    ]);
    await contains(".o_card_open").click();
    expect.verifySteps(["open res.partner 3"]);
    await contains(".o_card_held .btn-link:contains(Trust)").click();
    expect(".o_credit_graph_card h4").toHaveText("Trust");
    await press("Escape");
    await animationFrame();
    expect(".o_credit_graph_card").toHaveCount(0);
});

test("pointing at a party picks out the chain of control and says why", async () => {
    await mountChart();
    await hover(".o_credit_graph_node[data-node='3']");
    await animationFrame();
    expect(".o_credit_graph_edge.o_lit:not(.o_credit_graph_label)").toHaveCount(3);
    await hover(".o_credit_graph_node[data-node='2']");
    await animationFrame();
    expect(".o_credit_graph_all.o_faded").toHaveCount(1);
    expect(queryAllTexts(".o_credit_graph_lit .o_credit_graph_name")).toEqual([
        "Zhou",
        "Huaxin Holding",
        "Huaxin Land",
    ]);
    await runAllTimers();
    await waitFor(".o_credit_graph_tip:contains(It holds 51 %.)");
    await hover(".o_credit_graph_label[data-edge='r2-3']");
    await runAllTimers();
    await waitFor(".o_credit_graph_tip:contains(register)");
});

test("searching, with the keyboard alone", async () => {
    await mountChart();
    await contains(".o_credit_graph_search input").edit("huaxin", {confirm: false});
    await animationFrame();
    expect(".o_credit_graph_found").toHaveText("2");
    expect(".o_credit_graph_node.o_match").toHaveCount(2);
    await press("Enter");
    await animationFrame();
    expect(".o_credit_graph_card h4").toHaveText("Huaxin Holding");
    await press("Enter");
    await animationFrame();
    expect(".o_credit_graph_card h4").toHaveText("Huaxin Land");
    await contains(".o_credit_graph_search input").edit("nobody", {confirm: false});
    await animationFrame();
    expect(".o_credit_graph_matches").toHaveText("Nobody of that name in the chart");
    await press("Escape");
    await animationFrame();
    expect(".o_credit_graph_matches").toHaveCount(0);
});

test("arrow keys walk the chart, plus and minus zoom", async () => {
    await mountChart();
    const scale = () =>
        Number(
            queryFirst("[data-scene]")
                .getAttribute("transform")
                .match(/scale\((.*)\)/)[1]
        );
    queryFirst(".o_credit_graph_node[data-node='1']").focus();
    await press("ArrowDown");
    await animationFrame();
    await press("ArrowDown");
    await animationFrame();
    expect(document.activeElement).toHaveAttribute("data-node", "3");
    expect(".o_credit_graph_node[tabindex='0']").toHaveCount(1);
    const before = scale();
    await press("+");
    expect(scale()).toBeGreaterThan(before);
    await press("0");
    expect(scale()).toBe(before);
    await press("Enter");
    await animationFrame();
    expect(".o_credit_graph_card h4").toHaveText("Huaxin Land");
});

test("expanding keeps what was looked at in its place", async () => {
    onRpc("credit.chart", "expand", ({args, kwargs}) => {
        expect(args).toEqual([3, [1, 2, 3, 4]]);
        expect(kwargs.group_id).toBe(7);
        const {nodes, edges} = chart();
        nodes[2].hidden_children = 0;
        return {
            nodes: [...nodes, node(5, "Project A"), node(6, "Project B")],
            edges: [...edges, edge(3, 5, "60 %"), edge(3, 6, "70 %")],
        };
    });
    await mountChart();
    const left = () =>
        queryFirst(".o_credit_graph_node[data-node='3']").getBoundingClientRect().left;
    const before = left();
    await contains(".o_credit_graph_more").click();
    await waitFor(".o_credit_graph_node[data-node='6']");
    expect(Math.abs(left() - before)).toBeLessThan(60);
    expect(".o_credit_graph_more").toHaveCount(0);
});

test("what if: a change is tried, shown and taken back", async () => {
    onRpc("res.partner", "web_search_read", () => ({
        length: 2,
        records: [
            {id: 3, display_name: "Huaxin Land"},
            {id: 4, display_name: "Trust"},
        ],
    }));
    onRpc("credit.what.if", "compute", ({kwargs}) => {
        expect.step(
            kwargs.changes.map(({mode, percent}) => `${mode} ${percent}`).join()
        );
        const {nodes, edges} = chart();
        return {
            groups: [
                {
                    kind: "members",
                    name: "Huaxin",
                    joined: [],
                    left: [{id: 3, name: "Huaxin Land", reason: ""}],
                    others: [],
                    controllers_before: [],
                    controllers_after: [],
                    size_before: 2,
                    size_after: 1,
                },
            ],
            warnings: [],
            status: {3: "leave"},
            nodes,
            edges: [
                ...edges.slice(0, 2),
                {...edges[2], id: "new0", label: "49 % → 60 %", scratch: true},
            ],
        };
    });
    const component = await mountChart();
    component.state.selected = 4;
    await contains(".o_credit_graph_whatif").click();
    expect(".o_what_if_add").not.toBeEnabled();
    const panel = Object.values(component.__owl__.children).find(
        ({component: child}) => child.wantsShare !== undefined
    ).component;
    panel.state.draft.held_id = 3;
    await animationFrame();
    await contains("#o_what_if_percent").edit("11");
    await contains(".o_what_if_add").click();
    await waitFor(".o_credit_graph_scenario");
    expect.verifySteps(["buy 11"]);
    expect(".o_what_if_changes").toHaveText(/Trust buys 11 % of Huaxin Land/);
    expect(".o_what_if_group").toHaveText(/Huaxin Land/);
    expect(".o_credit_graph_node.o_status_leave").toHaveCount(1);
    expect(".o_edge_scratch.o_credit_graph_label").toHaveText("49 % → 60 %");
    await contains(".o_what_if_clear").click();
    expect(".o_credit_graph_scenario").toHaveCount(0);
    expect(".o_edge_scratch.o_credit_graph_label").toHaveCount(0);
});

test("the picture that is saved stands on its own", async () => {
    await mountChart();
    const markup = chartMarkup(queryFirst(".o_credit_graph_canvas"), {
        width: 500,
        height: 400,
    });
    const svg = new DOMParser().parseFromString(markup, "image/svg+xml");
    expect(svg.querySelector("parsererror")).toBe(null);
    expect(svg.documentElement.getAttribute("viewBox")).toBe("-24 -24 548 448");
    expect(svg.querySelectorAll(".o_credit_graph_box")).toHaveLength(4);
    expect(svg.querySelectorAll(".o_credit_graph_more")).toHaveLength(0);
    expect(svg.querySelector(".o_credit_graph_box").getAttribute("style")).toMatch(
        /fill:rgb/
    );
});

test("300 parties can be used within a second of their arrival", async () => {
    const data = chart();
    data.nodes = [...Array(300).keys()].map((i) => node(i + 1, `Company ${i + 1}`));
    data.nodes[0].root = true;
    data.edges = [...Array(600).keys()].map((i) =>
        edge(
            i < 299 ? 1 + (i % 40) : 1 + ((i * 7) % 60),
            i < 299 ? i + 2 : 61 + ((i * 13) % 240),
            "51 %",
            {id: `r${i}`}
        )
    );
    let arrived = null;
    onRpc("credit.chart", "load", () => arrived);
    onRpc("credit.chart", "explain", () => []);
    await makeMockEnv(ENV);
    const times = [];
    // The best of three tells what the chart takes, whatever else the machine does.
    while (times.length < 3 && !(Math.min(...times) < 1000)) {
        arrived = new Deferred();
        const mounted = mountWithCleanup(CreditGraph, {props: ACTION});
        const start = performance.now();
        arrived.resolve(data);
        const component = await mounted;
        await contains(".o_credit_graph_node[data-node='150']").click();
        await waitFor(".o_credit_graph_card h4:contains(Company 150)");
        times.push(performance.now() - start);
        expect(queryAll(".o_credit_graph_node")).toHaveLength(300);
        destroy(component);
    }
    expect(Math.min(...times)).toBeLessThan(1000);
});
