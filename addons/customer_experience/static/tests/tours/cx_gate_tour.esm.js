import {registry} from "@web/core/registry";

const LIGHTS = "div[name=gate_html]";

registry.category("web_tour.tours").add("cx_gate_tour", {
    steps: () => [
        {
            content: "The opening is ahead, its gate shut",
            trigger:
                ".o_data_row:contains(Tour batch):has(.text-bg-danger) td[name=type_id]",
            run: "click",
        },
        {content: "One light per requirement", trigger: `${LIGHTS} .fa-times-circle`},
        {trigger: "div[name=date_actual] input", run: "edit today"},
        {trigger: ".o_form_button_save", run: "click"},
        {
            content: "Refused, in words, with a way to the gate",
            trigger: ".modal:contains(Tour batch) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The gate, with nothing changed",
            trigger: `.o_form_saved:has(${LIGHTS} .fa-times-circle)`,
        },
    ],
});
