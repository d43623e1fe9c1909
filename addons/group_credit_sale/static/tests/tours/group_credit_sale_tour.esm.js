import {registry} from "@web/core/registry";

/** A salesperson meets the end of a credit line, waits for room and asks for more. */
registry.category("web_tour.tours").add("group_credit_sale_tour", {
    steps: () => [
        {
            content: "The form says that there is no room",
            trigger: ".alert-warning .o_field_widget[name=credit_message]:not(:empty)",
        },
        {trigger: "button[name=action_confirm]:visible", run: "click"},
        {
            content: "Confirming is refused in words",
            trigger: ".modal .modal-body:contains(Tour Mill)",
        },
        {trigger: ".modal footer button.btn-primary", run: "click"},
        {
            trigger: "body:not(:has(.modal)) button[name=action_credit_wait]",
            run: "click",
        },
        {
            content: "The order waits",
            trigger: ".alert-warning .badge:visible",
        },
        {trigger: "button[name=action_credit_override]", run: "click"},
        {
            trigger: ".o_form_view .o_field_widget[name=reason] textarea",
            run: "edit Paid on time for ten years",
        },
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_approval_panel button.btn-primary", run: "click"},
        {
            content: "The credit department is asked",
            trigger: ".o_approval_panel .text-bg-info",
        },
    ],
});
