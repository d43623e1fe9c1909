import {Component, useState} from "@odoo/owl";
import {
    deserializeDateTime,
    formatDateTime,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * Where an approval stands, what was decided, and the buttons to act: on the form of
 * any model with `approval.mixin`, and on the request itself.
 */
export class ApprovalPanel extends Component {
    static template = "approval_flow.ApprovalPanel";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({open: {}, busy: false});
    }

    get panel() {
        return this.props.record.data[this.props.name] || {requests: []};
    }

    get current() {
        return this.panel.requests[0];
    }

    get waitingFor() {
        const step = this.current.steps.find((each) => each.state === "open");
        if (!step) {
            return [];
        }
        return step.parties.filter((party) =>
            ["open", "conditional"].includes(party.state)
        );
    }

    roundName(request) {
        return _t("Round %s", request.round);
    }

    until(party) {
        return _t(
            "until %s",
            toLocaleDateTimeString(deserializeDateTime(party.deadline))
        );
    }

    quorum(step) {
        return _t("%(needed)s of %(parties)s must agree", {
            needed: step.needed,
            parties: step.parties.length,
        });
    }

    author(decision) {
        return decision.in_place_of
            ? _t("%(user)s in place of %(absent)s", {
                  user: decision.by,
                  absent: decision.in_place_of,
              })
            : decision.by;
    }

    where(decision) {
        const place = [this.when(decision.on), decision.step, decision.party];
        return [...new Set(place.filter(Boolean))].join(" · ");
    }

    people(party) {
        const names = party.people.join(", ");
        return names === party.name ? "" : names;
    }

    isOpen(request) {
        return this.state.open[request.id] ?? request === this.current;
    }

    toggle(request) {
        this.state.open[request.id] = !this.isOpen(request);
    }

    when(text) {
        return text ? formatDateTime(deserializeDateTime(text)) : "";
    }

    icon(verdict) {
        return {
            submitted: "fa-paper-plane text-info",
            agreed: "fa-check-circle text-success",
            conditional: "fa-question-circle text-warning",
            refused: "fa-times-circle text-danger",
            returned: "fa-undo text-warning",
            withdrawn: "fa-ban text-muted",
            escalated: "fa-level-up text-warning",
        }[verdict];
    }

    color(state) {
        return (
            {
                pending: "text-bg-info",
                open: "text-bg-info",
                approved: "text-bg-success",
                agreed: "text-bg-success",
                refused: "text-bg-danger",
                returned: "text-bg-warning",
                conditional: "text-bg-warning",
            }[state] || "text-bg-secondary"
        );
    }

    answer(aspect) {
        if (aspect.verdict === "yes") {
            return _t("yes");
        }
        if (aspect.verdict === "no") {
            return _t("no");
        }
        return aspect.met ? _t("condition met") : _t("on condition");
    }

    async reload() {
        await this.props.record.load();
    }

    async submit() {
        if (this.state.busy || !(await this.props.record.save())) {
            return;
        }
        this.state.busy = true;
        try {
            await this.orm.call(this.props.record.resModel, "approval_submit", [
                [this.props.record.resId],
            ]);
            await this.reload();
        } finally {
            this.state.busy = false;
        }
    }

    async decide(verdict) {
        await this.action.doAction("approval_flow.approval_decide_action", {
            additionalContext: {
                default_request_ids: [this.current.id],
                default_verdict: verdict,
            },
            onClose: () => this.reload(),
        });
    }
}

registry.category("fields").add("approval_panel", {
    component: ApprovalPanel,
    displayName: _t("Approval Panel"),
    supportedTypes: ["json"],
});
