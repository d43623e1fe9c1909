import {registry} from "@web/core/registry";

/** An officer uploads a table, looks at the preview and imports it. */
registry.category("web_tour.tours").add("group_credit_import_tour", {
    url: "/odoo/credit-imports",
    steps: () => [
        {trigger: ".o_list_button_add", run: "click"},
        {
            trigger: ".o_field_widget[name=file] input[type=file]:not(:visible)",
            run: ({anchor}) => {
                const rows =
                    "Holder,Held Company,Shares %\nTour Bank,Tour Mill,60\nTour Bank,Tour Bank,5\n";
                const transfer = new DataTransfer();
                transfer.items.add(new File([rows], "tour.csv", {type: "text/csv"}));
                anchor.files = transfer.files;
                anchor.dispatchEvent(new Event("change"));
            },
        },
        {trigger: "button[name=action_preview]", run: "click"},
        {
            trigger:
                ".o_field_widget[name=sample_line_ids] .o_data_row:contains(Tour Mill) .text-bg-success",
        },
        {
            trigger:
                ".o_field_widget[name=sample_line_ids] .o_data_row:not(:contains(Tour Mill)) .text-bg-danger",
        },
        {trigger: "button[name=action_import]", run: "click"},
        {trigger: ".o_arrow_button_current[data-value=done]"},
        {trigger: "button[name=action_view_relations]", run: "click"},
        {trigger: ".o_data_row:contains(Tour Bank):contains(60)"},
    ],
});
