import {Component, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {deserializeDate, deserializeDateTime, formatDate} from "@web/core/l10n/dates";
import {ControlPanel} from "@web/search/control_panel/control_panel";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
const TICK = 30000; // ms: the minutes that are left are counted down
const RELOAD = 10; // ticks

/** "1 d 4 h", "4 h 5 min" or "5 min"; the sign does not matter. */
export function spell(minutes) {
    const all = Math.floor(Math.abs(minutes));
    const [days, hours, rest] = [
        Math.floor(all / 1440),
        Math.floor((all % 1440) / 60),
        all % 60,
    ];
    if (days) {
        return hours ? _t("%(days)s d %(hours)s h", {days, hours}) : _t("%s d", days);
    }
    return hours
        ? _t("%(hours)s h %(minutes)s min", {hours, minutes: rest})
        : _t("%s min", rest);
}

/**
 * What waits for the user, with the time that is left. Its action names the `model` of
 * the board, and what a new record is made of, if anything (`create`).
 */
export class DayBoard extends Component {
    static template = "customer_timeline.DayBoard";
    static components = {ControlPanel};
    static props = {...standardActionServiceProps};
    static displayName = _t("My Day");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({headings: [], now: DateTime.now()});
        this.ticks = 0;
        onWillStart(() => this.load());
        const timer = setInterval(() => this.tick(), TICK);
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        const {model} = this.props.action.params;
        this.state.headings = await this.orm.silent.call(model, "board", []);
        this.state.now = DateTime.now();
    }

    async tick() {
        this.state.now = DateTime.now();
        if (++this.ticks % RELOAD === 0) {
            await this.load();
        }
    }

    /** What is left of the time, or by how much it is over. */
    left(entry) {
        if (entry.day) {
            const day = deserializeDate(entry.day);
            const isLate = day < this.state.now.startOf("day");
            return {text: formatDate(day), isLate};
        }
        if (!entry.due) {
            return {text: "", isLate: false};
        }
        const minutes = deserializeDateTime(entry.due).diff(
            this.state.now,
            "minutes"
        ).minutes;
        const time = spell(minutes);
        return minutes < 0
            ? {text: _t("%s over", time), isLate: true}
            : {text: _t("%s left", time), isLate: false};
    }

    moreLabel({count, entries}) {
        return _t("%s more", count - entries.length);
    }

    open(entry) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: entry.model,
            res_id: entry.id,
            views: [[false, "form"]],
        });
    }

    openAll(heading) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: heading.label,
            res_model: heading.model,
            domain: heading.domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    get canCreate() {
        return Boolean(this.props.action.params.create);
    }

    create() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: this.props.action.params.create,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("customer_timeline.day_board", DayBoard);
