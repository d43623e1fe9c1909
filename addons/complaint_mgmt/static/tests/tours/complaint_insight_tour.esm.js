import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("complaint_day_tour", {
    steps: () => [
        {
            content: "What is overdue stands first, with the time it is over",
            trigger:
                "[data-heading=late] .o_day_entry:contains(电梯困人) .o_day_left:contains(已超 1 小时)",
        },
        {
            trigger: "[data-heading=late] .o_day_entry:contains(电梯困人)",
            run: "click",
        },
        {trigger: ".o_form_view .o_field_widget[name=name]"},
    ],
});

registry.category("web_tour.tours").add("complaint_cockpit_tour", {
    steps: () => [
        {trigger: "[data-tile=open] .o_cockpit_value"},
        {trigger: ".o_pareto_bar.o_vital"},
        {
            content: "The period is changed",
            trigger: ".btn-group button:contains(本月)",
            run: "click",
        },
        {trigger: ".btn-group button.active:contains(本月)"},
        {
            content: "A cell of the heat map opens what it counts",
            trigger: ".o_age_cell[title]",
            run: "click",
        },
        {trigger: ".o_list_view .o_data_row:contains(电梯困人)"},
    ],
});
