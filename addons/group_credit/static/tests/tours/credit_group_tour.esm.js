import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

/** An officer records a relation and identifies groups; a reviewer confirms one. */
registry.category("web_tour.tours").add("group_credit_officer_tour", {
    url: "/odoo/credit-relations",
    steps: () => [
        {trigger: ".o_list_button_add", run: "click"},
        {trigger: ".o_field_widget[name=holder_id] input", run: "edit Tour Holding"},
        {trigger: ".ui-autocomplete a:contains(Tour Holding)", run: "click"},
        {trigger: ".o_field_widget[name=held_id] input", run: "edit Tour Works"},
        {trigger: ".ui-autocomplete a:contains(Tour Works)", run: "click"},
        {trigger: ".o_field_widget[name=equity_pct] input", run: "edit 60"},
        ...stepUtils.saveForm(),
        {
            trigger: ".o_arrow_button_current[data-value=draft]",
        },
    ],
});

registry.category("web_tour.tours").add("group_credit_identify_tour", {
    url: "/odoo/credit-groups",
    steps: () => [
        {trigger: "button[name=action_identify]", run: "click"},
        {trigger: ".o_notification:contains(Tour Holding)"},
        {trigger: ".o_kanban_record:contains(Tour Holding)", run: "click"},
        {
            trigger:
                ".o_field_widget[name=current_member_ids] .o_data_row:contains(60)",
        },
        {trigger: "button[name=action_submit]", run: "click"},
        {trigger: ".o_form_sheet .alert-info"},
        {
            trigger: "button[name=action_view_changes]:contains(1)",
            run: "click",
        },
        {trigger: ".o_data_row .text-bg-warning"},
    ],
});

registry.category("web_tour.tours").add("group_credit_reviewer_tour", {
    url: "/odoo/credit-groups",
    steps: () => [
        {trigger: ".o_kanban_record:contains(Tour Holding)", run: "click"},
        {
            trigger:
                ".o_field_widget[name=current_member_ids] .o_data_row:contains(60)",
        },
        {trigger: "button[name=action_confirm]", run: "click"},
        {trigger: ".o_arrow_button_current[data-value=confirmed]"},
    ],
});
