import {Component} from "@odoo/owl";
import {SIZE} from "./layout.esm";

const ICONS = {
    person: "M9,0a4.2,4.2 0 0 1 0,8.4a4.2,4.2 0 0 1 0,-8.4M1,18c0,-5.4 3.4,-8 8,-8s8,2.6 8,8z",
    state: "M9,0L18,5.5V7H0V5.5zM2,8.5h3V15H2zM7.5,8.5h3V15h-3zM13,8.5h3V15h-3zM0,16.5h18V18H0z",
    company:
        "M2,0h14v18h-5v-4H7v4H2zM5,3v2.5h2.5V3zM10.5,3v2.5H13V3zM5,8v2.5h2.5V8zM10.5,8v2.5H13V8z",
};

function kindOf(edge) {
    if (edge.scratch) {
        return "scratch";
    }
    if (edge.tie) {
        return "tie";
    }
    if (edge.cycle) {
        return "cycle";
    }
    return edge.control ? "control" : "other";
}

/** An edge with what it is drawn as, and the classes of its line and its label. */
export function edgeLook(edge) {
    const drawnAs = kindOf(edge);
    const look = [
        `o_credit_graph_edge o_edge_${drawnAs}`,
        edge.control ? "o_is_control" : "",
        edge.state === "draft" ? "o_draft" : "",
    ].join(" ");
    return {...edge, drawnAs, look};
}

/** A copy that is only to be seen. */
export function litCopy(element) {
    const copy = element.cloneNode(true);
    copy.classList.replace("o_credit_graph_node", "o_lit");
    copy.classList.add("o_lit");
    for (const name of ["data-node", "data-edge", "tabindex", "role", "aria-label"]) {
        copy.removeAttribute(name);
    }
    copy.setAttribute("aria-hidden", "true");
    return copy;
}

/**
 * The picture of a structure chart. It is a component of its own, so that hundreds of
 * parties are rendered when others are drawn or found, and not for a panel beside them.
 */
export class CreditGraphCanvas extends Component {
    static template = "group_credit.CreditGraphCanvas";
    static props = {
        nodes: Array,
        edges: Array,
        found: {type: [Set, {value: null}], optional: true},
        isScenario: Boolean,
    };

    setup() {
        this.size = SIZE;
        this.icons = ICONS;
    }

    nodeClass(node) {
        const {found} = this.props;
        return [
            `o_credit_graph_node o_kind_${node.kind}`,
            node.member ? "o_member" : "o_outside",
            node.controller ? "o_controller" : "",
            node.root ? "o_root" : "",
            node.status ? `o_status_${node.status}` : "",
            found?.has(node.id) ? "o_match" : "",
            found && !found.has(node.id) ? "o_dim" : "",
        ].join(" ");
    }
}
