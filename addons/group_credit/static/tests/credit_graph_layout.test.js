import {describe, expect, test} from "@odoo/hoot";
import {
    countCrossings,
    fitRising,
    layout,
    SIZE,
} from "@group_credit/credit_graph/layout.esm";
import {components} from "@group_credit/credit_graph/layers.esm";
import {textWidth, wrapName} from "@group_credit/credit_graph/text.esm";

describe.current.tags("headless", "group_credit");

/** A layout from "P>A, A>B": nodes in the order in which they are named. */
function picture(text, {tops = "", ties = ""} = {}) {
    const pairs = text.split(",").map((part) => part.trim().split(">"));
    const kin = ties ? ties.split(",").map((part) => part.trim().split("-")) : [];
    const names = [...new Set([...pairs, ...kin].flat())];
    return layout(
        names.map((id) => ({id, top: tops.includes(id)})),
        [
            ...pairs.map(([source, target]) => ({id: source + target, source, target})),
            ...kin.map(([source, target]) => ({
                id: `${source}-${target}`,
                source,
                target,
                tie: true,
            })),
        ]
    );
}

function rows({nodes}) {
    const found = [];
    for (const [name, {row}] of nodes) {
        (found[row] ||= []).push(name);
    }
    return found.map((names) => names.sort().join(""));
}

/** A group as large as a chart shows, with holdings across and circles. */
function large(count = 300, edgeCount = 600) {
    let seed = 7;
    const chance = (below) => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return Math.floor((seed / 2147483648) * below);
    };
    const nodes = [...Array(count).keys()].map((id) => ({id, top: id === 0}));
    const edges = [...Array(edgeCount).keys()].map((id) => ({
        id,
        source: id < count - 1 ? chance(Math.min(id + 1, 40)) : chance(count),
        target: id < count - 1 ? id + 1 : chance(count),
    }));
    return [nodes, edges];
}

test("holders stand above what they hold", () => {
    expect(rows(picture("P>A, A>B, A>C, B>C"))).toEqual(["P", "A", "B", "C"]);
});

test("an outside holder stands beside the last controller, a controller on top", () => {
    expect(rows(picture("P>A, A>B, Z>B"))).toEqual(["P", "AZ", "B"]);
    expect(rows(picture("P>A, A>B, Z>B", {tops: "Z"}))).toEqual(["PZ", "A", "B"]);
});

test("a circle is opened, drawn and marked", () => {
    const found = picture("P>A, A>B, B>C, C>A");
    expect(rows(found)).toEqual(["P", "A", "B", "C"]);
    const marked = [...found.edges].filter(([, edge]) => edge.cycle).map(([id]) => id);
    expect(marked.sort()).toEqual(["AB", "BC", "CA"]);
    expect(found.edges.size).toBe(4);
});

test("relatives stand in one row", () => {
    const {nodes, edges} = picture("H>A, W>B, A>C", {ties: "H-W,H-K"});
    expect(nodes.get("H").row).toBe(nodes.get("K").row);
    expect(edges.size).toBe(5);
});

test("the server finds the same places", () => {
    // The same case stands in test_engine_chart.py.
    const {nodes} = picture("P>A, P>B, A>C, B>C, Q>C, C>A, P>C", {
        tops: "P",
        ties: "P-Q",
    });
    const places = [...nodes].map(([id, {x, y}]) => [id, Math.round(x), Math.round(y)]);
    expect(places).toEqual([
        ["P", 206, 75],
        ["A", 88, 225],
        ["B", 324, 225],
        ["C", 286, 375],
        ["Q", 524, 225],
    ]);
});

test("nothing overlaps and nothing depends on chance", () => {
    const [nodes, edges] = large();
    const found = layout(nodes, edges);
    const byRow = Object.groupBy(found.nodes.values(), ({row}) => row);
    const gaps = Object.values(byRow).flatMap((row) => {
        const places = row.map(({x}) => x).sort((p, q) => p - q);
        return places.slice(1).map((x, i) => x - places[i]);
    });
    expect(Math.min(...gaps)).toBeGreaterThan(SIZE.width - 0.01);
    expect(layout(nodes, edges)).toEqual(found);
});

test("labels side by side do not cover each other", () => {
    const edges = ["A", "B", "C"].map((id) => ({
        id,
        source: id,
        target: "X",
        labelWidth: 90,
    }));
    const {edges: found} = layout(
        ["A", "B", "C", "X"].map((id) => ({id})),
        edges
    );
    const labels = [...found.values()];
    for (const one of labels) {
        const beside = labels.filter((other) => other !== one && other.y === one.y);
        expect(beside.every((other) => Math.abs(other.x - one.x) >= 90)).toBe(true);
    }
});

test("300 parties and 600 holdings are laid out in less than 150 ms", () => {
    const [nodes, edges] = large();
    layout(nodes, edges); // the engine compiles on the first round
    const times = [1, 2, 3].map(() => {
        const start = performance.now();
        layout(nodes, edges);
        return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(150);
});

test("components, crossings and rising sequences", () => {
    expect(components([[1], [0, 2], []])).toEqual([[2], [0, 1]]);
    expect(
        countCrossings({
            rows: [
                [0, 1],
                [2, 3],
            ],
            below: [[3], [2], [], []],
        })
    ).toBe(1);
    expect(fitRising([1, 5, 3, 9])).toEqual([1, 4, 4, 9]);
});

test("nothing to draw", () => {
    expect(layout([], []).nodes.size).toBe(0);
    const {width, height} = layout([{id: 1}], [{id: 1, source: 1, target: 9}]);
    expect([width, height]).toEqual([SIZE.width, SIZE.height]);
});

test("names take two lines at most", () => {
    expect(wrapName("甲公司", 126)).toEqual(["甲公司"]);
    expect(wrapName("信安资产管理有限公司", 126)).toEqual(["信安资产管理", "有限公司"]);
    expect(wrapName("元盛投资合伙企业（有限合伙）", 126)).toEqual([
        "元盛投资合伙企业",
        "（有限合伙）",
    ]);
    expect(wrapName("Anhui Precision Bearings", 126)).toEqual([
        "Anhui Precision",
        "Bearings",
    ]);
    const [, last] = wrapName("长".repeat(60), 126);
    expect(last.endsWith("…")).toBe(true);
    expect(textWidth(last)).toBeLessThan(126.1);
});
