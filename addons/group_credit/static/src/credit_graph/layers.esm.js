/** In which row each party of a structure chart stands: see `layout.esm.js`. */

/** Nodes and edges by number, known ends only. */
export function readGraph(nodes, edges) {
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
export function openCircles(graph) {
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
export function findLayers({nodes, down, up, kin}) {
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
export function foldLayers(graph, layer, size) {
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
