import {registry} from "@web/core/registry";

const opine = (stage) => [
    {
        content: `Look at the application at ${stage}`,
        trigger: `.o_arrow_button_current[data-value=${stage}]`,
    },
    {trigger: "button[name=action_opine]:visible", run: "click"},
    {
        trigger: ".modal .o_field_widget[name=text] textarea",
        run: "edit Looked at and found in order.",
    },
    {trigger: ".modal button[name=action_record]", run: "click"},
];

/** The investigator gives an opinion and so hands the application on. */
registry.category("web_tour.tours").add("group_credit_investigation_tour", {
    steps: () => [
        ...opine("investigation"),
        {trigger: ".o_arrow_button_current[data-value=review]"},
    ],
});

/** Review and deliberation; the application is then put to the vote by itself. */
registry.category("web_tour.tours").add("group_credit_review_tour", {
    steps: () => [
        ...opine("review"),
        ...opine("deliberation"),
        {trigger: ".o_arrow_button_current[data-value=approval]"},
    ],
});

/** The manager of head office agrees. */
registry.category("web_tour.tours").add("group_credit_vote_tour", {
    steps: () => [
        {trigger: ".o_approval_panel button.btn-primary", run: "click"},
        {
            trigger: ".modal .o_field_widget[name=comment] textarea",
            run: "edit Agreed",
        },
        {trigger: ".modal footer button.btn-primary", run: "click"},
        {trigger: ".o_arrow_button_current[data-value=signing]"},
    ],
});

/** The contract is registered, the lines are opened. */
registry.category("web_tour.tours").add("group_credit_signing_tour", {
    steps: () => [
        {trigger: "button[name=action_put_in_effect]", run: "click"},
        {trigger: ".o_arrow_button_current[data-value=usage]"},
        {trigger: "button[name=action_view_lines]", run: "click"},
        {trigger: ".o_data_row"},
    ],
});
