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

function readGraph(nodes, edges) {
    const index = new Map(nodes.map((node, i) => [node.id, i]));
    const known = edges.filter(
        (e) => index.has(e.source) && index.has(e.target) && e.source !== e.target
    );
    const graph = {
        nodes,
        index,
        edges: known.filter((e) => !e.tie),
        ties: known.filter((e) => e.tie),
        down: nodes.map(() => []),
        up: nodes.map(() => []),
        kin: nodes.map(() => []),
    };
    for (const edge of graph.edges) {
        const [u, v] = [index.get(edge.source), index.get(edge.target)];
        if (!graph.down[u].includes(v)) {
            graph.down[u].push(v);
            graph.up[v].push(u);
        }
    }
    for (const tie of graph.ties) {
        const [u, v] = [index.get(tie.source), index.get(tie.target)];
        graph.kin[u].push(v);
        graph.kin[v].push(u);
    }
    return graph;
}

/**
 * Strongly connected components, each after all that it reaches (Tarjan, without
 * recursion).
 */
export function components(down) {
    const [seen, low, found] = [[], [], []];
    const [stack, waiting] = [[], new Set()];
    let count = 0;
    const enter = (node, work) => {
        seen[node] = low[node] = count++;
        stack.push(node);
        waiting.add(node);
        work.push([node, 0]);
    };
    for (let start = 0; start < down.length; start++) {
        const work = [];
        if (seen[start] === undefined) {
            enter(start, work);
        }
        while (work.length) {
            const step = work[work.length - 1];
            const node = step[0];
            const next = down[node][step[1]++];
            if (next === undefined) {
                work.pop();
                if (work.length) {
                    const parent = work[work.length - 1][0];
                    low[parent] = Math.min(low[parent], low[node]);
                }
                if (low[node] === seen[node]) {
                    const ring = stack.splice(stack.indexOf(node));
                    ring.forEach((member) => waiting.delete(member));
                    found.push(ring);
                }
            } else if (seen[next] === undefined) {
                enter(next, work);
            } else if (waiting.has(next)) {
                low[node] = Math.min(low[node], seen[next]);
            }
        }
    }
    return found;
}

/** Turn round one edge of every circle: `graph.down` and `up` have none afterwards. */
function openCircles(graph) {
    const ring = [];
    components(graph.down).forEach((nodes, number) => {
        nodes.forEach((node) => (ring[node] = nodes.length > 1 ? number : -1));
    });
    graph.ring = ring;
    const turned = [];
    const state = []; // 1: on the path, 2: left
    const visit = (start) => {
        const path = [[start, 0]];
        state[start] = 1;
        while (path.length) {
            const step = path[path.length - 1];
            const node = step[0];
            const next = graph.down[node][step[1]++];
            if (next === undefined) {
                state[node] = 2;
                path.pop();
            } else if (ring[next] !== ring[node] || ring[next] < 0) {
                continue;
            } else if (state[next] === 1) {
                turned.push([node, next]);
            } else if (!state[next]) {
                state[next] = 1;
                path.push([next, 0]);
            }
        }
    };
    const inner = ring.flatMap((number, node) => (number < 0 ? [] : [node]));
    const entered = (node) =>
        graph.up[node].some((above) => ring[above] !== ring[node]);
    const first = [
        ...inner.filter((node) => graph.nodes[node].top),
        ...inner.filter(entered),
        ...inner,
    ];
    first.forEach((node) => state[node] || visit(node));
    for (const [u, v] of turned) {
        graph.down[u].splice(graph.down[u].indexOf(v), 1);
        graph.up[v].splice(graph.up[v].indexOf(u), 1);
        if (!graph.down[v].includes(u)) {
            graph.down[v].push(u);
            graph.up[u].push(v);
        }
    }
}

/** Layer of every node: below all that hold it, and no higher than it has to be. */
function findLayers({nodes, down, up, kin}) {
    const layer = nodes.map(() => 0);
    const left = up.map((above) => above.length);
    const sorted = nodes.flatMap((_node, i) => (left[i] ? [] : [i]));
    for (let i = 0; i < sorted.length; i++) {
        for (const next of down[sorted[i]]) {
            layer[next] = Math.max(layer[next], layer[sorted[i]] + 1);
            if (--left[next] === 0) {
                sorted.push(next);
            }
        }
    }
    const last = Math.max(0, ...layer);
    const linked = (i) => down[i].length || up[i].length;
    nodes.forEach((node, i) => {
        if (!up[i].length && down[i].length && !node.top) {
            layer[i] = Math.min(...down[i].map((next) => layer[next])) - 1;
        }
    });
    nodes.forEach((node, i) => {
        if (!linked(i) && !node.top) {
            const relative = kin[i].find(linked);
            const alone = nodes.some((_other, j) => linked(j)) ? last + 1 : 0;
            layer[i] = relative === undefined ? alone : layer[relative];
        }
    });
    return layer;
}

/** Nodes in the order of a walk from the top: what belongs together is together. */
function walk({nodes, down, up, kin}) {
    const place = [];
    let count = 0;
    const visit = (start) => {
        const stack = [start];
        while (stack.length) {
            const node = stack.pop();
            if (place[node] === undefined) {
                place[node] = count++;
                stack.push(...[...down[node], ...kin[node]].reverse());
            }
        }
    };
    const all = nodes.map((_node, i) => i);
    all.filter((i) => nodes[i].top).forEach(visit);
    all.filter((i) => !up[i].length).forEach(visit);
    all.forEach(visit);
    return place;
}

/**
 * Rows of nodes. In a long layer those that hold others come first, then the rest; dealt
 * out in turn, the children of one holder end up in a block.
 */
function foldLayers(graph, layer, size) {
    const place = walk(graph);
    const count = graph.nodes.length;
    const perRow = size.perRow || Math.max(8, Math.ceil(Math.sqrt(count) * 1.4));
    const layers = [];
    graph.nodes.forEach((_node, i) => (layers[layer[i]] ||= []).push(i));
    const rows = [];
    for (const nodes of layers.filter(Boolean)) {
        nodes.sort((a, b) => place[a] - place[b]);
        if (nodes.length <= perRow) {
            rows.push(nodes);
            continue;
        }
        const holders = nodes.filter((i) => graph.down[i].length);
        const others = nodes.filter((i) => !graph.down[i].length);
        for (const part of [holders, others]) {
            const wanted = Math.ceil(part.length / perRow);
            for (let fold = 0; fold < wanted; fold++) {
                rows.push(part.filter((_item, i) => i % wanted === fold));
            }
        }
    }
    return rows;
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
        const before = (line) => line.points[line.points.length - 2].x;
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
        {x: start.x + (isTurned ? 18 : 0), y: start.y + half},
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
