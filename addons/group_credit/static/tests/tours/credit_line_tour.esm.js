import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const field = (name, tag = "input") => `.o_field_widget[name=${name}] ${tag}`;

const decide = [
    {trigger: ".o_data_cell:contains(Tour Debtor)", run: "click"},
    {trigger: ".o_approval_panel button[name=approval_agree]", run: "click"},
    {trigger: ".modal footer button.btn-primary", run: "click"},
    {trigger: ".o_arrow_button_current[data-value=applied]"},
];

const request = (button) => [
    {trigger: `button.o_credit_${button}`, run: "click"},
    {trigger: field("reason", "textarea"), run: "edit Receipts stayed away"},
    ...stepUtils.saveForm(),
    {trigger: ".o_approval_panel button[name=approval_submit]", run: "click"},
    {trigger: ".o_approval_panel button[name=approval_withdraw]"},
];

/** The officer books a use by hand and asks for a freeze. */
registry.category("web_tour.tours").add("group_credit_line_officer_tour", {
    steps: () => [
        {trigger: ".o_data_cell:contains(Tour Debtor)", run: "click"},
        {trigger: "button[name=action_book]", run: "click"},
        {trigger: `.modal ${field("document")}`, run: "edit LN-TOUR"},
        {trigger: `.modal ${field("amount")}`, run: "edit 300"},
        {trigger: ".modal button[name=action_book]", run: "click"},
        {trigger: ".o_field_widget[name=drawable]:contains(700)"},
        ...request("freeze"),
    ],
});

/** The reviewer freezes the line. */
registry.category("web_tour.tours").add("group_credit_line_decide_tour", {
    steps: () => decide,
});

/** The officer sees why nothing can be drawn, and asks for the opposite. */
registry.category("web_tour.tours").add("group_credit_line_unfreeze_tour", {
    steps: () => [
        {trigger: ".o_data_cell:contains(Tour Debtor)", run: "click"},
        {trigger: ".alert .o_field_widget[name=obstacle]"},
        ...request("unfreeze"),
    ],
});
