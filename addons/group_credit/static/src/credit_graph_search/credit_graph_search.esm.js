import {Component, useRef, useState} from "@odoo/owl";

const SHOWN = 8;

/** Finds parties of the chart by name; Enter goes from one to the next. */
export class CreditGraphSearch extends Component {
    static template = "group_credit.CreditGraphSearch";
    static props = {
        nodes: Array,
        mark: Function, // shows a set of ids in the chart, or none
        goTo: Function,
    };

    setup() {
        this.input = useRef("input");
        this.state = useState({query: "", isOpen: false, next: 0});
    }

    get matches() {
        const words = this.state.query.trim().toLowerCase();
        return this.props.nodes.filter(
            (node) => words && node.name.toLowerCase().includes(words)
        );
    }

    get shownMatches() {
        return this.matches.slice(0, SHOWN);
    }

    set(query) {
        const isOpen = Boolean(query.trim());
        Object.assign(this.state, {query, isOpen, next: 0});
        this.props.mark(isOpen ? new Set(this.matches.map(({id}) => id)) : null);
    }

    onKeydown(ev) {
        const matches = this.matches;
        if (ev.key === "Enter" && matches.length) {
            const step = ev.shiftKey ? matches.length - 1 : 1;
            this.props.goTo(matches[this.state.next % matches.length].id);
            this.state.next = (this.state.next + step) % matches.length;
            this.state.isOpen = false;
        } else if (ev.key === "Escape" && this.state.query) {
            this.clear();
            ev.preventDefault();
            ev.stopPropagation();
        }
    }

    pick(id) {
        this.props.goTo(id);
        this.clear();
    }

    clear() {
        this.input.el.value = "";
        this.set("");
    }
}
