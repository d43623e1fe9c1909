import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/**
 * What happened with a customer, latest first, and what comes next: read page by page
 * from every addon that has something to tell.
 */
export class CustomerTimeline extends Component {
    static template = "customer_timeline.CustomerTimeline";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({
            kinds: [],
            facts: [],
            upcoming: [],
            events: [],
            more: false,
            only: false,
            loading: false,
        });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.state.only = false;
                return this.load(next.record.resId);
            }
        });
    }

    get months() {
        const months = [];
        for (const event of this.state.events) {
            const name = this.moment(event).toLocaleString({
                year: "numeric",
                month: "long",
            });
            if (!months.length || months.at(-1).name !== name) {
                months.push({name, events: []});
            }
            months.at(-1).events.push(event);
        }
        return months;
    }

    key(event) {
        return `${event.kind}-${event.id}`;
    }

    moment(event) {
        return event.is_date
            ? deserializeDate(event.moment.slice(0, 10))
            : deserializeDateTime(event.moment);
    }

    when(event) {
        const moment = this.moment(event);
        return event.is_date
            ? formatDate(moment)
            : toLocaleDateTimeString(moment, {showSeconds: false});
    }

    fetch(resId, kwargs) {
        const kinds = this.state.only ? [this.state.only] : null;
        return this.orm.call("res.partner", "get_customer_timeline", [[resId]], {
            kinds,
            ...kwargs,
        });
    }

    async load(resId) {
        if (!resId) {
            return;
        }
        Object.assign(this.state, await this.fetch(resId, {}));
    }

    async show(kind) {
        this.state.only = this.state.only === kind ? false : kind;
        await this.load(this.props.record.resId);
    }

    async loadMore() {
        if (this.state.loading) {
            return;
        }
        this.state.loading = true;
        try {
            const page = await this.fetch(this.props.record.resId, {
                before: this.state.more,
            });
            this.state.events.push(...page.events);
            this.state.more = page.more;
        } finally {
            this.state.loading = false;
        }
    }

    open(event) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: event.model,
            res_id: event.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("customer_timeline", {
    component: CustomerTimeline,
});
