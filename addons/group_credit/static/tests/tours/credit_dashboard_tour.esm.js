import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("credit_dashboard_tour", {
    steps: () => [
        {trigger: "[data-tile=used] .o_dashboard_value:contains(30万)"},
        {
            content: "A group goes on to its own dashboard",
            trigger: ".o_line_row:contains(华信集团)",
            run: "click",
        },
        {trigger: ".o_dashboard_name:contains(华信集团)"},
        {trigger: ".o_credit_course .o_course_used"},
        {trigger: "[data-tile=drawable] .o_dashboard_value:contains(70万)"},
        {trigger: ".o_dashboard_all", run: "click"},
        {
            content: "What ends when opens its lines",
            trigger: ".o_ladder_step:not(:disabled)",
            run: "click",
        },
        {trigger: ".o_list_view .o_data_row"},
    ],
});
