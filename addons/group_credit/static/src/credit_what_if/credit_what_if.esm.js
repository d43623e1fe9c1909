import {Component, onWillStart, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatList} from "@web/core/l10n/utils";
import {RecordSelector} from "@web/core/record_selectors/record_selector";
import {useService} from "@web/core/utils/hooks";

// What can make control, and joint control, which ends it.
const KINDS = [
    "equity",
    "proxy",
    "articles",
    "board",
    "consolidation",
    "nominee",
    "vie",
    "manual",
    "joint",
];
const WITH_SHARE = ["equity", "proxy", "nominee"];

/** Changes to relations that are tried, not made: which groups would change? */
export class CreditWhatIf extends Component {
    static template = "group_credit.CreditWhatIf";
    static components = {RecordSelector};
    static props = {
        shown: Array,
        groupId: [Number, {value: false}],
        selected: [Number, {value: false}],
        draw: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.names = useService("name");
        this.fields = useService("field");
        this.shown = this.props.shown; // the chart as it was: scenarios add to it
        this.state = useState({
            draft: this.emptyDraft(this.props.selected),
            changes: [],
            result: null,
            error: "",
            isBusy: false,
        });
        this.outcome = useRef("outcome");
        useEffect(
            (result) => {
                if (result && this.env.isSmall) {
                    this.outcome.el.scrollIntoView({behavior: "smooth"});
                }
            },
            () => [this.state.result]
        );
        onWillStart(async () => {
            const {kind} = await this.fields.loadFields("credit.relation", {
                fieldNames: ["kind"],
            });
            this.kinds = kind.selection.filter(([name]) => KINDS.includes(name));
        });
    }

    emptyDraft(holder = false) {
        return {
            mode: "buy",
            kind: "equity",
            holder_id: holder,
            held_id: false,
            seller_id: false,
            percent: "",
        };
    }

    get modes() {
        return [
            ["buy", _t("buys more of")],
            ["set", _t("holds in future")],
            ["end", _t("no longer holds")],
        ];
    }

    get wantsShare() {
        const {mode, kind} = this.state.draft;
        return mode === "buy" || (mode === "set" && WITH_SHARE.includes(kind));
    }

    get isReady() {
        const {holder_id, held_id, percent, kind} = this.state.draft;
        const isStated = percent !== "" || !this.wantsShare || kind !== "equity";
        return holder_id && held_id && isStated && !this.state.isBusy;
    }

    setMode(mode) {
        this.state.draft.mode = mode;
        if (mode === "buy") {
            this.state.draft.kind = "equity";
        }
    }

    async add() {
        const {draft} = this.state;
        const change = {...draft, percent: Number(draft.percent) || 0};
        if (change.mode !== "buy") {
            change.seller_id = false;
        }
        const text = await this.describe(change);
        if (await this.compute([...this.state.changes, {change, text}])) {
            this.state.draft = this.emptyDraft(draft.holder_id);
        }
    }

    async remove(index) {
        await this.compute(this.state.changes.filter((_change, i) => i !== index));
    }

    /** Have the server work it out; a refusal leaves everything as it was. */
    async compute(changes) {
        this.state.error = "";
        if (!changes.length) {
            this.clear();
            return true;
        }
        this.state.isBusy = true;
        try {
            const result = await this.orm.call("credit.what.if", "compute", [], {
                changes: changes.map(({change}) => change),
                shown: this.shown,
                group_id: this.props.groupId,
            });
            this.state.changes = changes;
            this.state.result = result;
            this.props.draw(result);
            return true;
        } catch (error) {
            if (!error.data?.message) {
                throw error;
            }
            this.state.error = error.data.message;
            return false;
        } finally {
            this.state.isBusy = false;
        }
    }

    clear() {
        Object.assign(this.state, {changes: [], result: null, error: ""});
        this.props.draw(null);
    }

    async describe({mode, kind, holder_id, held_id, seller_id, percent}) {
        const ids = [holder_id, held_id, seller_id].filter(Boolean);
        const names = await this.names.loadDisplayNames("res.partner", ids);
        const words = {
            holder: names[holder_id],
            held: names[held_id],
            seller: names[seller_id],
            percent,
            kind: this.kinds.find(([name]) => name === kind)[1],
        };
        if (mode === "buy") {
            return seller_id
                ? _t("%(holder)s buys %(percent)s % of %(held)s from %(seller)s", words)
                : _t("%(holder)s buys %(percent)s % of %(held)s", words);
        }
        if (mode === "end") {
            return _t("%(holder)s no longer holds %(held)s (%(kind)s)", words);
        }
        return percent
            ? _t("%(holder)s holds %(percent)s % of %(held)s (%(kind)s)", words)
            : _t("%(holder)s holds %(held)s (%(kind)s)", words);
    }

    // Results in words

    headline({kind}) {
        return {
            new: _t("New group"),
            split: _t("Splits off"),
            merge: _t("Groups merge"),
            members: _t("Members change"),
            controller: _t("Controller changes"),
            end: _t("No longer a group"),
        }[kind];
    }

    origin({others}) {
        return _t("With members of %(groups)s", {groups: formatList(others)});
    }

    list(people) {
        return formatList(people.map(({name}) => name)) || _t("none");
    }

    controllersDiffer({kind, controllers_before: before, controllers_after: after}) {
        const ids = (people) => people.map(({id}) => id).join();
        return kind !== "end" && ids(before) !== ids(after);
    }
}
