/** A node with its neighbours, and the chain of control above it. */
export function pathOf(id, edges) {
    const path = {nodes: new Set([id]), edges: new Set()};
    const todo = [id];
    while (todo.length) {
        const held = todo.pop();
        for (const edge of edges) {
            if (edge.target === held && edge.control) {
                path.edges.add(edge.id);
                if (!path.nodes.has(edge.source)) {
                    path.nodes.add(edge.source);
                    todo.push(edge.source);
                }
            }
        }
    }
    for (const {id: edge, source, target} of edges) {
        if (source === id || target === id) {
            path.edges.add(edge);
            path.nodes.add(source).add(target);
        }
    }
    return path;
}

/** The next node beside, above or below; whoever is linked to `node` comes first. */
export function nextNode(node, dx, dy, {nodes, edges}) {
    const linked = new Set(
        edges
            .map(({source, target}) => [source, target])
            .filter((ends) => ends.includes(node.id))
            .flat()
    );
    const ahead = nodes.filter((other) =>
        dx
            ? other.row === node.row && (other.x - node.x) * dx > 0
            : (other.row - node.row) * dy > 0
    );
    const far = (other) =>
        Math.abs(other.x - node.x) +
        Math.abs(other.y - node.y) * 3 +
        (dy && !linked.has(other.id) ? 1000 : 0);
    return ahead.sort((a, b) => far(a) - far(b))[0];
}
