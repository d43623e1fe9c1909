import {Component, onWillStart, useState} from "@odoo/owl";
import {ControlPanel} from "@web/search/control_panel/control_panel";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const OPEN = ["signal", "confirmed", "handling"];

/** Where it burns: open signals of each group by family, the hottest on top. */
export class CreditHeatMap extends Component {
    static template = "group_credit.CreditHeatMap";
    static components = {ControlPanel};
    static props = {...standardActionServiceProps};
    static displayName = _t("Heat Map of Warnings");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({families: [], levels: [], rows: [], level: false});
        onWillStart(async () => {
            Object.assign(
                this.state,
                await this.orm.call("credit.warning", "heat_map")
            );
        });
    }

    /** Rows that hold a signal of the chosen level. */
    get rows() {
        const {level, rows} = this.state;
        return level ? rows.filter((row) => row.counts[level]) : rows;
    }

    get totals() {
        return this.state.levels.map(([level, label]) => ({
            level,
            label,
            count: this.state.rows.reduce((sum, row) => sum + row.counts[level], 0),
        }));
    }

    /** The colour of a cell is its worst level, its strength how much there is. */
    tint(cell) {
        if (!cell) {
            return "o_heat_none";
        }
        const strength = Math.min(3, cell.counts[cell.level]);
        return `o_heat_${cell.level} o_heat_x${strength}`;
    }

    describe(cell) {
        const parts = this.state.levels
            .filter(([level]) => cell.counts[level])
            .map(([level, label]) => `${label} ${cell.counts[level]}`);
        if (cell.unverified) {
            parts.push(_t("to verify: %s", cell.unverified));
        }
        return parts.join(" · ");
    }

    choose(level) {
        this.state.level = this.state.level === level ? false : level;
    }

    /** The signals behind a cell, or behind a whole row. */
    open(row, family) {
        const domain = [
            ["state", "in", OPEN],
            [row.field, "=", row.id],
        ];
        if (row.field === "partner_id") {
            domain.push(["group_id", "=", false]);
        }
        if (family) {
            domain.push(["family", "=", family[0]]);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: family ? `${row.name} · ${family[1]}` : row.name,
            res_model: "credit.warning",
            domain,
            views: [
                [false, "kanban"],
                [false, "list"],
                [false, "form"],
            ],
        });
    }
}

registry.category("actions").add("group_credit.credit_heat_map", CreditHeatMap);
