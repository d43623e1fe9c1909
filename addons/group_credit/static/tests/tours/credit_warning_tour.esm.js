import {registry} from "@web/core/registry";

/** An officer verifies a signal and enters what is done about it. */
registry.category("web_tour.tours").add("group_credit_warning_tour", {
    steps: () => [
        {trigger: ".o_arrow_button_current[data-value=signal]"},
        {
            trigger: ".o_field_widget[name=verify_note] textarea",
            run: "edit The account is frozen indeed",
        },
        {trigger: "button[name=action_confirm]", run: "click"},
        {trigger: ".o_arrow_button_current[data-value=confirmed]"},
        {trigger: ".o_notebook .nav-link[name=measures]", run: "click"},
        {
            trigger: ".o_field_widget[name=measure_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=note] input",
            run: "edit Look at the site",
        },
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_arrow_button_current[data-value=handling]"},
    ],
});
