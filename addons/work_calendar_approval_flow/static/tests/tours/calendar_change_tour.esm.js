import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("calendar_change_submit_tour", {
    steps: () => [
        {
            content: "Submit the change",
            trigger: ".o_approval_panel button[name='approval_submit']",
            run: "click",
        },
        {
            content: "It is under approval and waits for the approver",
            trigger: ".o_approval_panel .badge:contains('Pending')",
        },
        {
            content: "The timeline begins",
            trigger: ".o_approval_timeline li[data-verdict='submitted']",
        },
        {
            content: "The form is locked",
            trigger: ".o_field_widget[name='name'].o_readonly_modifier",
        },
        {
            content: "Who submitted has no say",
            trigger:
                ".o_approval_buttons:not(:has(button[name='approval_agree'])) button[name='approval_withdraw']",
        },
    ],
});

registry.category("web_tour.tours").add("calendar_change_approve_tour", {
    steps: () => [
        {
            content: "Open the request that waits",
            trigger: ".o_data_row td:contains('Tour change')",
            run: "click",
        },
        {
            content: "Approve",
            trigger: ".o_approval_panel button[name='approval_agree']",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name='comment'] textarea",
            run: "edit Agreed in the tour",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The decision is on the timeline",
            trigger:
                ".o_approval_timeline li[data-verdict='agreed']:contains('Agreed in the tour')",
        },
        {
            content: "Open the document",
            trigger: "button[name='action_open_document']",
            run: "click",
        },
        {
            content: "It is approved",
            trigger: ".o_approval_panel .badge:contains('Approved')",
        },
    ],
});
