import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

/** What is known about one party of the chart, and why it is in its group. */
export class CreditGraphCard extends Component {
    static template = "group_credit.CreditGraphCard";
    static props = {
        node: Object,
        edges: Array,
        explain: Function,
        expand: Function,
        recentre: Function,
        open: Function,
        goTo: Function,
        tryChange: Function,
        close: Function,
    };

    setup() {
        this.state = useState({reasons: null});
        onWillStart(() => {
            // the card opens at once; the reasons follow
            this.props.explain(this.props.node.id).then((reasons) => {
                this.state.reasons = reasons;
            });
        });
    }

    get kind() {
        return {
            company: _t("Company"),
            person: _t("Person"),
            state: _t("State Body"),
        }[this.props.node.kind];
    }

    get expandText() {
        return _t("Expand (+%(count)s)", {count: this.props.node.hidden_children});
    }

    question({group}) {
        return _t("Why in %(group)s?", {group: group.name});
    }

    get holders() {
        return this.linked("target", "source", "from");
    }

    get holdings() {
        return this.linked("source", "target", "to");
    }

    linked(own, other, name) {
        return this.props.edges
            .filter((edge) => edge[own] === this.props.node.id && !edge.tie)
            .map((edge) => ({
                edge,
                id: edge[other],
                name: edge[name],
                label: edge.label,
            }));
    }
}
