import {findLayers, foldLayers, openCircles, readGraph} from "./layers.esm";

/**
 * Where to draw the parties of a structure chart, and the lines between them.
 *
 * Controllers stand on top, what they hold below (layers by the longest chain of
 * holdings). Circles are opened at one edge, which is then drawn upwards. A long layer
 * is folded into rows. Within a row, order follows the neighbours (barycentres), and a
 * node stands as near to the middle of its neighbours as the others leave room.
 *
 * The server draws the printed chart in the same way (engine/layout.py). Nothing here
 * is random: the same parties in the same order give the same picture.
 */

export const SIZE = {
    width: 176,
    height: 58,
    gapX: 24,
    gapY: 92,
    lane: 12, // of a line that passes between the nodes of a row
    perRow: 0, // 0: by the number of nodes
};

const SWEEPS = 8;
const PASSES = 3;
const BESIDE = 18; // a line that is drawn upwards starts and ends beside the others

/**
 * @param {Object[]} nodes `{id, top}`: those with `top` stay in the first row
 * @param {Object[]} edges `{id, source, target, tie, labelWidth}`: a `tie` has no
 *  direction
 * @param {Object} [options] sizes, see `SIZE`
 * @returns {Object} `{width, height, nodes, edges}`: maps id -> `{x, y, row}` (the
 *  centre) and id -> `{path, x, y, cycle}` (an SVG path, the place of its label)
 */
export function layout(nodes, edges, options = {}) {
    const size = {...SIZE, ...options};
    const graph = readGraph(nodes, edges);
    openCircles(graph);
    const rows = foldLayers(graph, findLayers(graph), size);
    const grid = addLanes(graph, rows);
    orderRows(grid);
    placeRows(grid, size);
    return draw(graph, grid, size);
}

/**
 * Give every line that passes a row a lane there; lines from one holder share it.
 * Items are the nodes, then the lanes.
 */
function addLanes({nodes, down}, rows) {
    const row = [];
    rows.forEach((items, r) => items.forEach((item) => (row[item] = r)));
    const grid = {
        rows: rows.map((items) => [...items]),
        row,
        count: nodes.length,
        lanes: new Map(),
        above: nodes.map(() => []),
        below: nodes.map(() => []),
    };
    const join = (u, v) => {
        if (!grid.below[u].includes(v)) {
            grid.below[u].push(v);
            grid.above[v].push(u);
        }
    };
    const open = (source, r) => {
        const lane = grid.above.length;
        grid.lanes.set(`${source}/${r}`, lane);
        row[lane] = r;
        grid.above.push([]);
        grid.below.push([]);
        const siblings = grid.rows[r].filter((item) => down[source].includes(item));
        const middle = siblings[Math.floor(siblings.length / 2)];
        const p =
            middle === undefined ? grid.rows[r].length : grid.rows[r].indexOf(middle);
        grid.rows[r].splice(p, 0, lane);
        return lane;
    };
    for (const source of rows.flat()) {
        const targets = [...down[source]].sort((a, b) => row[a] - row[b]);
        for (const target of targets) {
            let from = source;
            for (let r = row[source] + 1; r < row[target]; r++) {
                const lane = grid.lanes.get(`${source}/${r}`) ?? open(source, r);
                join(from, lane);
                from = lane;
            }
            join(from, target);
        }
    }
    return grid;
}

/** Order each row by its neighbours, down and up, and keep the order that crosses least. */
function orderRows(grid) {
    let best = grid.rows.map((items) => [...items]);
    let [least, idle] = [Infinity, 0];
    for (let sweep = 0; sweep < SWEEPS && least > 0 && idle < 3; sweep++, idle++) {
        const isDown = sweep % 2 === 0;
        const near = isDown ? grid.above : grid.below;
        const last = grid.rows.length - 1;
        for (let i = 1; i <= last; i++) {
            const r = isDown ? i : last - i;
            sortRow(grid.rows[r], grid.rows[isDown ? r - 1 : r + 1], near);
        }
        const crossings = countCrossings(grid);
        if (crossings < least) {
            [least, idle] = [crossings, 0];
            best = grid.rows.map((items) => [...items]);
        }
    }
    grid.rows = best;
}

function sortRow(row, beside, near) {
    const place = placesOf(beside);
    const spread = beside.length / row.length;
    const weight = [];
    row.forEach((item, p) => {
        weight[item] = near[item].length ? meanOf(near[item], place) : p * spread;
    });
    row.sort((a, b) => weight[a] - weight[b]);
}

/** Crossings between neighbouring rows. */
export function countCrossings({rows, below}) {
    return rows.slice(1).reduce((crossings, lower, r) => {
        const place = placesOf(lower);
        const ends = rows[r].flatMap((item) =>
            below[item].map((next) => place[next]).sort((a, b) => a - b)
        );
        return crossings + countInversions(ends, lower.length);
    }, 0);
}

/** Pairs in the wrong order among numbers below `size`, counted with a Fenwick tree. */
function countInversions(numbers, size) {
    const tree = new Array(size + 1).fill(0);
    let inversions = 0;
    numbers.forEach((number, seen) => {
        let smaller = 0;
        for (let i = number + 1; i > 0; i -= i & -i) {
            smaller += tree[i];
        }
        inversions += seen - smaller;
        for (let i = number + 1; i <= size; i += i & -i) {
            tree[i] += 1;
        }
    });
    return inversions;
}

/** Put every item as near to the middle of its neighbours as its row leaves room. */
function placeRows(grid, size) {
    const wide = (item) => (item < grid.count ? size.width : size.lane);
    grid.x = [];
    const offsets = grid.rows.map((items) => {
        let offset = 0;
        return items.map((item, i) => {
            if (i) {
                offset += (wide(items[i - 1]) + wide(item)) / 2 + size.gapX;
            }
            grid.x[item] = offset;
            return offset;
        });
    });
    const place = (r, near) => {
        const wanted = grid.rows[r].map((item, i) => {
            const x = near[item].length ? meanOf(near[item], grid.x) : grid.x[item];
            return x - offsets[r][i];
        });
        fitRising(wanted).forEach(
            (x, i) => (grid.x[grid.rows[r][i]] = x + offsets[r][i])
        );
    };
    const last = grid.rows.length - 1;
    for (let pass = 0; pass < PASSES; pass++) {
        for (let r = 1; r <= last; r++) {
            place(r, grid.above);
        }
        for (let r = last - 1; r >= 0; r--) {
            place(r, grid.below);
        }
    }
    const shift = Math.min(...grid.x.map((x, item) => x - wide(item) / 2));
    grid.x = grid.x.map((x) => x - (Number.isFinite(shift) ? shift : 0));
}

/** The rising sequence nearest to `values` (least squares; pools adjacent violators). */
export function fitRising(values) {
    const pools = [];
    for (const value of values) {
        pools.push([value, 1]);
        while (pools.length > 1) {
            const [b, a] = [pools[pools.length - 1], pools[pools.length - 2]];
            if (a[0] / a[1] <= b[0] / b[1]) {
                break;
            }
            pools.pop();
            a[0] += b[0];
            a[1] += b[1];
        }
    }
    return pools.flatMap(([sum, n]) => new Array(n).fill(sum / n));
}

function draw(graph, grid, size) {
    const step = size.height + size.gapY;
    const top = size.height / 2 + (graph.ties.length ? size.gapY / 2 : 0);
    const at = grid.x.map((x, item) => ({x, y: top + grid.row[item] * step}));
    const nodes = new Map(
        graph.nodes.map((node, i) => [node.id, {...at[i], row: grid.row[i]}])
    );
    const edges = new Map();
    for (const line of lines(graph, grid, at, size)) {
        edges.set(line.edge.id, drawLine(line, size));
    }
    for (const tie of graph.ties) {
        edges.set(tie.id, drawTie(nodes.get(tie.source), nodes.get(tie.target), size));
    }
    const right = grid.x.slice(0, grid.count).map((x) => x + size.width / 2);
    return {
        width: Math.max(size.width, ...right),
        height: top + Math.max(0, grid.rows.length - 1) * step + size.height / 2,
        nodes,
        edges,
    };
}

/**
 * The points that each edge passes from the upper to the lower end, where it ends there,
 * and the level of its label: labels side by side do not cover each other.
 */
function lines({edges, index, ring}, grid, at, size) {
    const found = edges.map((edge) => {
        const [u, v] = [index.get(edge.source), index.get(edge.target)];
        const isTurned = grid.row[u] > grid.row[v];
        const [upper, lower] = isTurned ? [v, u] : [u, v];
        const points = [at[upper]];
        for (let r = grid.row[upper] + 1; r < grid.row[lower]; r++) {
            points.push(at[grid.lanes.get(`${upper}/${r}`)]);
        }
        const cycle = ring[u] >= 0 && ring[u] === ring[v];
        return {edge, lower, points: [...points, at[lower]], isTurned, cycle};
    });
    const ports = new Map();
    found.forEach((line) => {
        ports.set(line.lower, ports.get(line.lower) || []);
        ports.get(line.lower).push(line);
    });
    for (const together of ports.values()) {
        const before = (line) =>
            line.points[line.points.length - 2].x + (line.isTurned ? BESIDE : 0);
        together.sort((a, b) => before(a) - before(b));
        const apart = Math.min(48, (size.width - 24) / together.length);
        const reached = []; // how far to the right the labels of each level go
        together.forEach((line, i) => {
            const end = line.points[line.points.length - 1];
            line.x = end.x + (i - (together.length - 1) / 2) * apart;
            const half = (line.edge.labelWidth || 40) / 2;
            const free = (level) => !(reached[level] > line.x - half);
            line.level = [0, 1, 2].find(free) ?? i % 3;
            reached[line.level] = line.x + half + 2;
        });
    }
    return found;
}

function drawLine({points, x, level, isTurned, cycle}, size) {
    const half = size.height / 2;
    const start = points[0];
    const end = points[points.length - 1];
    const stops = [
        {x: start.x + (isTurned ? BESIDE : 0), y: start.y + half},
        ...points.slice(1, -1).flatMap((p) => [
            {x: p.x, y: p.y - half},
            {x: p.x, y: p.y + half},
        ]),
        {x, y: end.y - half},
    ];
    if (isTurned) {
        stops.reverse();
    }
    return {
        path: smooth(stops),
        x,
        y: end.y - half - 20 - 18 * level,
        cycle,
    };
}

/** An arc over two relatives in one row, a plain line between rows. */
function drawTie(a, b, size) {
    const half = size.height / 2;
    if (a.row !== b.row) {
        return {
            path: smooth([a, b]),
            x: (a.x + b.x) / 2,
            y: (a.y + b.y) / 2,
            cycle: false,
        };
    }
    const y = a.y - half;
    const rise = y - size.gapY / 2;
    return {
        path: `M${round(a.x)},${round(y)}C${round(a.x)},${round(rise)},${round(b.x)},${round(rise)},${round(b.x)},${round(y)}`,
        x: (a.x + b.x) / 2,
        y: y - size.gapY * 0.375,
        cycle: false,
    };
}

function smooth(stops) {
    let path = `M${round(stops[0].x)},${round(stops[0].y)}`;
    for (let i = 1; i < stops.length; i++) {
        const [p, q] = [stops[i - 1], stops[i]];
        const middle = round((p.y + q.y) / 2);
        path += `C${round(p.x)},${middle},${round(q.x)},${middle},${round(q.x)},${round(q.y)}`;
    }
    return path;
}

/** Item -> its place in the row. */
function placesOf(row) {
    const place = [];
    row.forEach((item, p) => (place[item] = p));
    return place;
}

function meanOf(items, values) {
    let sum = 0;
    for (const item of items) {
        sum += values[item];
    }
    return sum / items.length;
}

function round(value) {
    return Math.round(value * 10) / 10;
}
