import {registry} from "@web/core/registry";

/** Choose a record in a record selector of the what-if panel. */
function pick(field, name) {
    return [
        {trigger: `.${field} input`, run: `edit ${name}`},
        {trigger: `.o-autocomplete--dropdown-item:contains(${name})`, run: "click"},
        {trigger: `.${field} input:value(${name})`},
    ];
}

/** From a group to its chart: search, reasons, neighbours, and a change that is tried. */
registry.category("web_tour.tours").add("group_credit_chart_tour", {
    url: "/odoo/credit-groups",
    steps: () => [
        {trigger: ".o_kanban_record:contains(Tour Holding)", run: "click"},
        {trigger: "button[name=action_view_chart]", run: "click"},
        {trigger: ".o_credit_graph_node.o_controller:contains(Tour Owner)"},
        {trigger: ".o_credit_graph_label.o_edge_control:contains(60 %)"},
        {trigger: ".o_credit_graph_label.o_edge_other:contains(30 %)"},
        {
            trigger: ".o_credit_graph_node:contains(Tour Works)",
            run: "hover",
        },
        {trigger: ".o_credit_graph_tip:contains(holds 60 % of the votes)"},
        {trigger: ".o_credit_graph_search input", run: "edit works"},
        {trigger: ".o_credit_graph_matches button:contains(Tour Works)", run: "click"},
        {trigger: ".o_credit_graph_card h4:contains(Tour Works)"},
        {trigger: ".o_card_reasons li:contains(holds 60 % of the votes)"},
        {trigger: ".o_card_held:contains(Tour Holding)"},
        {trigger: ".o_card_expand", run: "click"},
        {trigger: ".o_credit_graph_node:contains(Tour Target)"},
        {trigger: ".o_card_try", run: "click"},
        ...pick("o_what_if_holder", "Tour Holding"),
        ...pick("o_what_if_held", "Tour Target"),
        {trigger: "#o_what_if_percent", run: "edit 11"},
        {trigger: ".o_what_if_add", run: "click"},
        {trigger: ".o_credit_graph_scenario"},
        {trigger: ".o_what_if_group[data-kind=members]:contains(Tour Target)"},
        {trigger: ".o_credit_graph_node.o_status_join:contains(Tour Target)"},
        {trigger: ".o_credit_graph_label.o_edge_scratch:contains(11 %)"},
        {trigger: ".o_what_if_clear", run: "click"},
        {trigger: ".o_credit_graph:not(:has(.o_credit_graph_scenario))"},
        {trigger: ".o_credit_what_if .btn-close", run: "click"},
        {trigger: ".o_credit_graph:not(:has(.o_credit_graph_panel))"},
    ],
});
