import {Component, onWillStart, useState} from "@odoo/owl";
import {ControlPanel} from "@web/search/control_panel/control_panel";
import {CreditCourse} from "./course.esm";
import {_t} from "@web/core/l10n/translation";
import {formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

/** How the lines of all groups, or of one, are used, and what ends when. */
export class CreditDashboard extends Component {
    static template = "group_credit.CreditDashboard";
    static components = {ControlPanel, CreditCourse};
    static props = {...standardActionServiceProps};
    static displayName = _t("Dashboard of Credit Lines");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({data: null});
        this.compact = (amount) => this.short(amount);
        onWillStart(() => this.load(this.start));
    }

    /** The group that the action was opened for, if any. */
    get start() {
        const {context, params} = this.props.action;
        return (
            params?.group_id ||
            (context.active_model === "credit.group" && context.active_id) ||
            false
        );
    }

    async load(groupId) {
        this.state.data = await this.orm.call("credit.dashboard", "figures", [groupId]);
    }

    money(amount) {
        return formatMonetary(amount, {currencyId: this.state.data.currency_id});
    }

    /** In 万 and 亿, or in K and M, as the user's language has it. */
    short(amount) {
        return new Intl.NumberFormat(user.lang, {
            notation: "compact",
            maximumFractionDigits: 1,
        }).format(amount);
    }

    shown(tile) {
        if (tile.value === null) {
            return "–";
        }
        return tile.money ? this.short(tile.value) : `${tile.value}${tile.unit || ""}`;
    }

    tone(tile) {
        return tile.tone && tile.value ? `text-${tile.tone}-emphasis` : "";
    }

    /** Widths of a line's bar, in percent of its limit, or of what is used above it. */
    bar(row) {
        const whole = Math.max(row.limit, row.used + row.reserved, 1);
        return {
            used: (100 * row.used) / whole,
            reserved: (100 * row.reserved) / whole,
            isOver: row.has_limit && row.used + row.reserved > row.limit,
        };
    }

    barTitle(row) {
        return [
            _t("used %s", this.money(row.used)),
            _t("reserved %s", this.money(row.reserved)),
            row.obstacle || _t("to be drawn %s", this.money(row.drawable)),
        ].join(" · ");
    }

    stepLabel({after, until}) {
        if (after === null) {
            return _t("ended");
        }
        const from = after + 1;
        return until === null
            ? _t("after %s days", after)
            : _t("%(from)s–%(until)s days", {from, until});
    }

    get most() {
        return Math.max(1, ...this.state.data.ladder.map((step) => step.limit));
    }

    concentrationWidth(row) {
        return Math.min(100, (100 * row.pct) / Math.max(row.limit_pct, row.pct, 1));
    }

    openLines(name, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "credit.line",
            domain,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
        });
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** In the overview a click on a group goes on to its dashboard. */
    openRow(row) {
        return row.group_id && !this.state.data.group_id
            ? this.load(row.group_id)
            : this.openRecord("credit.line", row.id);
    }
}

registry.category("actions").add("group_credit.credit_dashboard", CreditDashboard);
