import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

// Nothing here depends on the language: the fifth milestone of a phase is “Project
// website live”, and dates are typed as so many days from today.
const WEBSITE = "div[name=milestone_ids] .o_data_row:eq(4) td[name=date_planned]";
const TOUCHPOINT = "div[name=own_touchpoint_ids] .o_data_row:contains(A05)";
const CARD = ".o_kanban_record:contains(Tour phase)";

function setPlannedDate(date) {
    return [
        {trigger: ".o_form_view a[name=milestones]", run: "click"},
        {trigger: WEBSITE, run: "click"},
        {trigger: `${WEBSITE} input`, run: `edit ${date}`},
        ...stepUtils.saveForm(),
        {trigger: ".o_form_view a[name=touchpoints]", run: "click"},
    ];
}

registry.category("web_tour.tours").add("cx_manager_tour", {
    steps: () => [
        {
            content: "Seven columns; the phase is in the first",
            trigger: `.o_kanban_renderer:has(.o_kanban_group:eq(6)) .o_kanban_group:eq(0) ${CARD}`,
            run: "click",
        },
        {trigger: ".o_form_view a[name=touchpoints]", run: "click"},
        {
            content: "No touchpoint yet",
            trigger: "div[name=own_touchpoint_ids]:not(:has(.o_data_row))",
        },
        ...setPlannedDate("+100d"),
        {content: "The touchpoint appears, dated", trigger: TOUCHPOINT},
        ...setPlannedDate("+114d"),
        {
            content: "Two weeks later it is due two weeks later",
            trigger: `${TOUCHPOINT} td[name=moved_days]:contains(14)`,
        },
        {trigger: ".o_back_button", run: "click"},
        {
            content: "A stage cannot be left out",
            trigger: `.o_kanban_group:eq(0) ${CARD}`,
            run: "drag_and_drop(.o_kanban_group:eq(2))",
        },
        {trigger: ".modal:contains(Tour phase) .modal-footer button", run: "click"},
        {trigger: `.o_kanban_group:eq(0) ${CARD}`},
    ],
});

function provide(row, address) {
    const cell = `div[name=evidence_ids] .o_data_row:eq(${row}) td[name=value]`;
    return [
        {trigger: cell, run: "click"},
        {trigger: `${cell} input`, run: `edit ${address}`},
    ];
}

registry.category("web_tour.tours").add("cx_staff_tour", {
    steps: () => [
        {
            content: "What is mine and late",
            trigger: ".o_data_row:contains(A05) td[name=code]",
            run: "click",
        },
        {trigger: "button[name=action_start]", run: "click"},
        {
            content: "Not done without evidence",
            trigger: "button[name=action_done].btn-primary",
            run: "click",
        },
        {trigger: ".modal:contains(A05) .modal-footer button", run: "click"},
        ...provide(0, "https://project.example.com"),
        ...provide(1, "https://club.example.com/zone"),
        ...stepUtils.saveForm(),
        {trigger: "button[name=action_done].btn-primary", run: "click"},
        {trigger: ".o_statusbar_status button[data-value=done].o_arrow_button_current"},
    ],
});
