import {Component, onWillStart, useState} from "@odoo/owl";
import {ControlPanel} from "@web/search/control_panel/control_panel";
import {Pareto} from "./pareto.esm";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
const PERIODS = [1, 3, 6, 12];

/** How complaints stand: what is open, what was kept, what they come from. */
export class ComplaintCockpit extends Component {
    static template = "complaint_mgmt.ComplaintCockpit";
    static components = {ControlPanel, Pareto};
    static props = {...standardActionServiceProps};
    static displayName = _t("Cockpit");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.periods = PERIODS;
        this.state = useState({months: 3, by: "cause_id", data: null});
        onWillStart(() => this.load());
    }

    async load(change = {}) {
        const {months, by} = {...this.state, ...change};
        const data = await this.orm.call("complaint.insight", "cockpit", [months, by]);
        Object.assign(this.state, {months, by, data});
    }

    periodLabel(months) {
        return months === 1 ? _t("This month") : _t("%s months", months);
    }

    get now() {
        return this.state.data.tiles.slice(0, 4);
    }

    get period() {
        return this.state.data.tiles.slice(4);
    }

    shown(tile) {
        return tile.value === null ? "–" : `${tile.value}${tile.unit || ""}`;
    }

    /** Red and yellow are for what there is, not for a nought. */
    tone(tile) {
        return tile.tone && tile.value ? `text-${tile.tone}-emphasis` : "";
    }

    percent(value) {
        return value === null ? "–" : `${value} %`;
    }

    monthLabel(month) {
        return DateTime.fromISO(month.start).toFormat("yyyy-MM");
    }

    /** Heights of a month's bars, in percent of the highest of all months. */
    get bars() {
        const months = this.state.data.months.map((month) => ({
            ...month,
            due: month.met + month.extended + month.missed,
        }));
        const most = Math.max(1, ...months.map((month) => month.due));
        return months.map((month) => ({
            ...month,
            parts: ["missed", "extended", "met"].map((key) => ({
                key,
                height: (100 * month[key]) / most,
            })),
        }));
    }

    flowLabel({received, closed}) {
        return _t("in %(received)s · out %(closed)s", {received, closed});
    }

    get unknownLabel() {
        return _t("%s without an entry here", this.state.data.pareto.unknown);
    }

    monthTitle(month) {
        return [
            this.monthLabel(month),
            _t("kept %s", month.met),
            _t("kept after extension %s", month.extended),
            _t("missed %s", month.missed),
        ].join(" · ");
    }

    ageLabel([least, most]) {
        return most === null
            ? _t("over %s days", least - 1)
            : _t("%(least)s–%(most)s days", {least, most});
    }

    heat(cell) {
        if (!cell.count) {
            return "o_age_none";
        }
        const level = cell.overdue ? "late" : "open";
        const strength = Math.min(3, 1 + Math.floor(Math.log2(cell.count)));
        return `o_age_${level} o_age_x${strength}`;
    }

    heatTitle(cell) {
        return cell.overdue
            ? _t("%(count)s open, %(overdue)s of them overdue", cell)
            : _t("%s open", cell.count);
    }

    openTile(tile) {
        if (tile.domain) {
            this.open(tile.label, tile.domain, tile.model, tile.group_by);
        }
    }

    open(name, domain, model = "complaint.case", groupBy = null) {
        const views =
            model === "complaint.case"
                ? [
                      [false, "list"],
                      [false, "kanban"],
                      [false, "pivot"],
                      [false, "form"],
                  ]
                : [
                      [false, "list"],
                      [false, "form"],
                  ];
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            views,
            context: groupBy ? {group_by: [groupBy]} : {},
        });
    }
}

registry.category("actions").add("complaint_mgmt.complaint_cockpit", ComplaintCockpit);
