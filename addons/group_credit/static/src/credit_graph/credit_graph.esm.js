import {
    Component,
    onMounted,
    onWillStart,
    reactive,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {downloadPng, downloadSvg} from "./export.esm";
import {layout, SIZE} from "./layout.esm";
import {nextNode, pathOf} from "./paths.esm";
import {textWidth, wrapName} from "./text.esm";
import {_t} from "@web/core/l10n/translation";
import {ControlPanel} from "@web/search/control_panel/control_panel";
import {CreditGraphCanvas, edgeLook, litCopy} from "./canvas.esm";
import {CreditGraphCard} from "../credit_graph_card/credit_graph_card.esm";
import {CreditGraphSearch} from "../credit_graph_search/credit_graph_search.esm";
import {CreditWhatIf} from "../credit_what_if/credit_what_if.esm";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";
import {useViewport} from "./viewport.esm";

const HOVER_DELAY = 120;

/** Why, beside the pointer. It is rendered by itself: the chart need not be for it. */
class CreditGraphTip extends Component {
    static template = "group_credit.CreditGraphTip";
    static props = {tip: Object};

    setup() {
        this.tip = useState(this.props.tip);
    }
}

/** Who controls whom: the structure chart of a group, or of a partner. */
export class CreditGraph extends Component {
    static template = "group_credit.CreditGraph";
    static components = {
        ControlPanel,
        CreditGraphCanvas,
        CreditGraphCard,
        CreditGraphSearch,
        CreditGraphTip,
        CreditWhatIf,
        Dropdown,
        DropdownItem,
    };
    static props = {...standardActionServiceProps};
    static displayName = _t("Structure Chart");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.viewport = useViewport();
        this.canvas = useRef("canvas");
        this.panel = useRef("panel");
        this.display = {};
        this.reasons = new Map();
        this.lit = null; // {nodes, edges}: what the pointer picks out
        this.hover = null; // {node | edge, x, y}
        this.tip = reactive({title: "", texts: [], style: ""});
        this.state = useState({
            selected: false,
            focus: false,
            found: null, // ids of the parties that a search finds
            panel: false, // "card" or "whatif"
            legend: !this.env.isSmall,
            scenario: null,
            drawn: 0,
        });
        this.showTip = useDebounced(() => this.loadTip(), HOVER_DELAY);
        onWillStart(() => this.load());
        onMounted(() => performance.mark("group_credit.chart.ready"));
        useEffect(
            () => this.fit(),
            () => [this.state.scenario, this.data]
        );
        useEffect(
            () => {
                // a panel leaves the chart less room
                if (this.viewport.isFitted) {
                    this.fit();
                }
            },
            () => [Boolean(this.state.panel), this.state.legend]
        );
        useEffect(
            (id) => id && this.reveal(id),
            () => [this.state.selected, this.state.panel]
        );
        useEffect(
            () => this.mark(),
            () => [this.state.selected, this.state.focus, this.state.drawn]
        );
        useExternalListener(window, "keydown", (ev) => this.onWindowKeydown(ev));
    }

    // Data

    get target() {
        const {params, context} = this.props.action;
        const id = context.active_id || params?.res_id;
        return params?.res_model === "res.partner"
            ? {partner_id: id}
            : {group_id: params?.group_id || id};
    }

    async load(target = this.target) {
        this.data = await this.orm.call("credit.chart", "load", [], target);
        this.reasons.clear();
        this.draw(this.data);
    }

    /** Lay out and describe what the template draws. */
    draw({nodes, edges}) {
        const known = new Map(nodes.map((node) => [node.id, node]));
        const described = edges.map((edge) => ({
            ...edge,
            labelWidth: textWidth(edge.label, 11.5) + 8,
            from: known.get(edge.source)?.name,
            to: known.get(edge.target)?.name,
        }));
        const placed = layout(
            nodes.map(({id, controller, root}) => ({id, top: controller || root})),
            described
        );
        const status = this.state.scenario?.status || {};
        this.picture = {width: placed.width, height: placed.height};
        this.edges = described
            .filter((edge) => placed.edges.has(edge.id))
            .map((edge) => edgeLook({...edge, ...placed.edges.get(edge.id)}));
        const held = Map.groupBy(this.edges, (edge) => edge.target);
        this.nodes = nodes.map((node) => {
            const tag = this.tag(node);
            return {
                ...node,
                ...placed.nodes.get(node.id),
                lines: wrapName(node.name, SIZE.width - 50),
                tag,
                tagWidth: textWidth(tag, 10.5) + 14,
                status: status[node.id],
                described: this.describe(node, tag, held.get(node.id) || []),
            };
        });
        this.byId = new Map(this.nodes.map((node) => [node.id, node]));
        if (!this.byId.has(this.state.focus)) {
            this.state.focus = this.nodes[0]?.id || false;
        }
        if (!this.byId.has(this.state.selected)) {
            this.state.selected = false;
        }
        this.leave();
        this.state.drawn++;
    }

    tag({controller, root}) {
        if (controller) {
            return _t("Controller");
        }
        return root ? _t("Core") : "";
    }

    /** What a screen reader says of a party and of those that hold it. */
    describe({name, member}, tag, held) {
        const holders = held.map((edge) => `${edge.from} ${edge.label}`).join(", ");
        const parts = [
            name,
            tag,
            member && _t("Member"),
            holders && _t("held by %(holders)s", {holders}),
        ];
        return parts.filter(Boolean).join(", ");
    }

    get truncatedText() {
        return _t(
            "Not everybody fits: the chart shows %(count)s parties. Choose one and expand it to see more.",
            {count: this.nodes.length}
        );
    }

    async explain(id) {
        if (!this.reasons.has(id)) {
            this.reasons.set(
                id,
                this.orm.call("credit.chart", "explain", [id], {
                    group_id: this.data.group_id,
                })
            );
        }
        return this.reasons.get(id);
    }

    async expand(id) {
        const found = await this.orm.call(
            "credit.chart",
            "expand",
            [id, this.nodes.map((node) => node.id)],
            {group_id: this.data.group_id}
        );
        Object.assign(this.data, found); // the same chart, not to be fitted anew
        this.state.scenario = null;
        const before = this.byId.get(id);
        this.draw(this.data);
        this.keepInPlace(before, this.byId.get(id));
        this.select(id);
    }

    async recentre(id) {
        this.state.scenario = null;
        await this.load({partner_id: id});
        this.select(id);
    }

    get isAway() {
        const {group_id = false, partner_id = false} = this.target;
        return this.data.group_id !== group_id || this.data.partner_id !== partner_id;
    }

    async goHome() {
        this.state.scenario = null;
        this.state.panel = false;
        await this.load();
    }

    /** What was looked at stays where it was on the screen. */
    keepInPlace(before, now) {
        if (before && now) {
            this.viewport.move(before.x - now.x, before.y - now.y);
        }
    }

    // Looking around

    select(id) {
        this.state.selected = id;
        this.state.focus = id;
        this.hideTip();
        if (this.state.panel !== "whatif") {
            this.state.panel = "card";
        }
    }

    /**
     * Show on the elements who is selected, and who has the focus by keyboard: the chart
     * is not rendered again for that.
     */
    mark() {
        const {selected, focus} = this.state;
        for (const element of this.canvas.el.querySelectorAll(
            ".o_selected,[tabindex='0']"
        )) {
            element.classList.remove("o_selected");
            element.setAttribute("tabindex", "-1");
        }
        this.elementOf(focus)?.setAttribute("tabindex", "0");
        this.elementOf(selected)?.classList.add("o_selected");
    }

    elementOf(id) {
        return this.canvas.el.querySelector(`[data-node="${id}"]`);
    }

    goTo(id) {
        this.viewport.centre(this.byId.get(id));
        this.select(id);
        this.leave();
    }

    /** Height of the sheet that covers part of the chart on a small screen. */
    get covered() {
        return this.env.isSmall ? this.panel.el?.offsetHeight || 0 : 0;
    }

    reveal(id) {
        this.viewport.reveal(this.byId.get(id), this.covered);
    }

    closePanel() {
        if (this.state.panel === "whatif") {
            this.showScenario(null);
        }
        this.state.panel = false;
        this.state.selected = false;
    }

    fit() {
        this.viewport.fit(this.picture, this.covered);
    }

    // What if

    toggleWhatIf() {
        if (this.state.panel === "whatif") {
            this.closePanel();
        } else {
            this.state.panel = "whatif";
        }
    }

    /** Draw the scenario, or without one the facts again. */
    showScenario(scenario) {
        if (!scenario && !this.state.scenario) {
            return;
        }
        this.state.scenario = scenario;
        this.draw(scenario || this.data);
    }

    // Events: one listener on the canvas for all nodes and edges

    found(ev) {
        const element = ev.target.closest?.("[data-node],[data-edge],[data-expand]");
        if (!element) {
            return {};
        }
        const {node, edge, expand} = element.dataset;
        return {node: node && Number(node), edge, expand: expand && Number(expand)};
    }

    onPointerOver(ev) {
        if (ev.pointerType === "touch" || this.viewport.pointers.size) {
            return;
        }
        const {node, edge} = this.found(ev);
        const at = this.viewport.at(ev); // before anything changes: it asks for the layout
        if (node) {
            this.light(pathOf(node, this.edges));
        } else if (edge) {
            const {id, source, target} = this.edges.find((one) => one.id === edge);
            this.light({nodes: new Set([source, target]), edges: new Set([id])});
        } else {
            this.leave();
            return;
        }
        this.hover = {node, edge, ...at};
        this.showTip();
    }

    /**
     * Pick out some nodes and edges, or none. Copies of them are laid over the picture,
     * which fades as one: what follows the pointer cannot wait until hundreds of elements
     * are styled and painted one by one.
     */
    light(lit) {
        const all = this.canvas.el.querySelector(".o_credit_graph_all");
        const chosen = [...(lit?.edges || [])]
            .map((id) => `.o_credit_graph_edge[data-edge="${CSS.escape(id)}"]`)
            .concat([...(lit?.nodes || [])].map((id) => `[data-node="${id}"]`));
        const copies = chosen.length ? [...all.querySelectorAll(chosen.join())] : [];
        all.classList.toggle("o_faded", Boolean(lit));
        this.canvas.el
            .querySelector(".o_credit_graph_lit")
            .replaceChildren(...copies.map(litCopy));
        this.lit = lit;
    }

    leave() {
        if (this.lit) {
            this.light(null);
        }
        this.hideTip();
    }

    hideTip() {
        this.hover = null;
        this.tip.texts = [];
    }

    async loadTip() {
        const hover = this.hover;
        if (!hover) {
            return;
        }
        const tip = {style: this.tipStyle(hover)};
        if (hover.edge) {
            const edge = this.edges.find((one) => one.id === hover.edge);
            [tip.title, ...tip.texts] = edge.detail.split(" · ");
        } else {
            const reasons = await this.explain(hover.node);
            const own = reasons.flatMap(({steps, note}) => [
                ...(steps.at(-1)?.sentences || []),
                note,
            ]);
            Object.assign(tip, {
                title: this.byId.get(hover.node)?.name,
                texts: own.filter(Boolean),
            });
        }
        if (this.hover === hover) {
            Object.assign(this.tip, tip);
        }
    }

    /** Beside the pointer, on the side where there is room. */
    tipStyle({x, y}) {
        const {width, height} = this.viewport.box;
        const side = x > width / 2 ? `right:${width - x + 16}px` : `left:${x + 16}px`;
        const edge = y > height / 2 ? `bottom:${height - y + 8}px` : `top:${y + 16}px`;
        return `${side};${edge}`;
    }

    onClick(ev) {
        if (this.viewport.moved) {
            return;
        }
        const {node, expand} = this.found(ev);
        if (expand) {
            this.expand(expand);
        } else if (node) {
            this.select(node);
        } else if (this.state.panel === "card") {
            this.closePanel();
        }
    }

    onKeydown(ev) {
        const node = this.byId.get(this.state.focus);
        const moves = {
            ArrowUp: () => nextNode(node, 0, -1, this),
            ArrowDown: () => nextNode(node, 0, 1, this),
            ArrowLeft: () => nextNode(node, -1, 0, this),
            ArrowRight: () => nextNode(node, 1, 0, this),
        };
        if (node && moves[ev.key]) {
            const next = moves[ev.key]();
            if (next) {
                this.state.focus = next.id;
                this.reveal(next.id);
                this.elementOf(next.id).focus();
            }
        } else if (node && (ev.key === "Enter" || ev.key === " ")) {
            this.select(node.id);
        } else if (ev.key === "+" || ev.key === "=") {
            this.viewport.zoom(1.25);
        } else if (ev.key === "-") {
            this.viewport.zoom(0.8);
        } else if (ev.key === "0") {
            this.fit();
        } else {
            return;
        }
        ev.preventDefault();
    }

    onWindowKeydown(ev) {
        if (ev.key === "Escape" && this.state.panel && !ev.defaultPrevented) {
            this.closePanel();
        }
    }

    // Out of here

    openPartner(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    print() {
        this.action.doAction("group_credit.credit_group_report", {
            additionalContext: {active_ids: [this.data.group_id]},
        });
    }

    get fileName() {
        return _t("Structure Chart %(name)s", {name: this.data.title});
    }

    get svg() {
        return this.canvas.el.querySelector(".o_credit_graph_canvas");
    }

    saveSvg() {
        downloadSvg(this.svg, this.picture, this.fileName);
    }

    savePng() {
        return downloadPng(this.svg, this.picture, this.fileName);
    }
}

registry.category("actions").add("group_credit.credit_graph", CreditGraph);
