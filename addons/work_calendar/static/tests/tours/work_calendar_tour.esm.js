import {inputFiles} from "@web/../tests/utils";
import {registry} from "@web/core/registry";

const FILE = `Date,Until,Kind,Hours,Occasion
2031-01-01,2031-01-03,rest,,New Year
2031-01-04,,work,,New Year
2031-02-30,,rest,,Spring Festival
`;

registry.category("web_tour.tours").add("work_calendar_tour", {
    url: "/odoo/working-calendars",
    steps: () => [
        {
            content: "Open the calendar",
            trigger: ".o_data_cell[name=name]:contains(Tour)",
            run: "click",
        },
        {
            content: "See its month",
            trigger: ".oe_stat_button:contains(Rest and Make-up Days)",
            run: "click",
        },
        {
            content: "Free days are grey",
            trigger: ".fc-day-sun.o_calendar_disabled:not(.fc-day-disabled)",
        },
        {
            content: "Select a Saturday",
            trigger: ".fc-daygrid-day.fc-day-sat:not(.fc-day-disabled)",
            run: "drag_and_drop .fc-daygrid-day.fc-day-sat:not(.fc-day-disabled)",
        },
        {
            content: "Add a day there",
            trigger: ".o_multi_selection_buttons .btn:contains(Add)",
            run: "click",
        },
        {
            content: "It is worked",
            trigger:
                ".o_multi_create_popover .o_field_widget[name=kind] input[data-value=work]",
            run: "click",
        },
        {
            trigger: ".o_multi_create_popover .o_field_widget[name=name] input",
            run: "edit Stocktaking",
        },
        {
            trigger: ".o_multi_create_popover .o_field_widget[name=hours] input",
            run: "edit 9:00-12:00",
        },
        {
            trigger: ".o_multi_create_popover .btn-primary",
            run: "click",
        },
        {
            content: "The day has its colour",
            trigger: ".fc-event.o_calendar_color_1:contains(Make-up day · Stocktaking)",
        },
        {
            content: "Import a year",
            trigger:
                ".o_menu_sections [data-menu-xmlid='work_calendar.resource_calendar_import_menu']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=calendar_id] input",
            run: "edit Tour",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains(Tour)",
            run: "click",
        },
        {
            content: "Upload the file",
            trigger: ".modal .o_field_widget[name=file]",
            async run() {
                const file = new File([FILE], "2031.csv", {type: "text/csv"});
                await inputFiles(
                    ".modal .o_field_widget[name=file] input.o_input_file",
                    [file]
                );
            },
        },
        {
            trigger:
                ".modal .o_field_widget[name=file] .fa-pencil, .modal .o_field_widget[name=file] .o_clear_file_button",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "One row is bad",
            trigger: ".modal .o_data_row:contains(“2031-02-30” is no date)",
        },
        {
            trigger: ".modal .o_field_widget[name=good_rows_only] input",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_import]",
            run: "click",
        },
        {
            trigger: ".modal .alert-success:contains(4 new)",
        },
        {
            trigger: ".modal button[name=action_open_days]",
            run: "click",
        },
        {
            content: "The imported month is shown",
            trigger:
                ".fc-daygrid-day[data-date='2031-01-04'] .fc-event:contains(Make-up day · New Year)",
        },
    ],
});
