import {registry} from "@web/core/registry";

const CARD = ".o_kanban_record:contains(淋浴房玻璃夜里自爆)";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains(${name}))`;
const answer = (field, label) => ({
    content: `Answer ${field}`,
    trigger: `.o_field_widget[name=${field}] label:contains(${label})`,
    run: "click",
});
const choose = (field, text) => [
    {trigger: `.o_field_widget[name=${field}] input`, run: `edit ${text}`},
    {
        trigger: `.o-autocomplete--dropdown-item a:contains(${text})`,
        run: "click",
    },
];
const page = (name) => ({
    trigger: `.o_notebook_headers a[name=${name}]`,
    run: "click",
});
const save = [
    {trigger: ".o_form_button_save:enabled", run: "click"},
    {trigger: ".o_form_saved"},
];
const drag = (from, to) => ({
    content: `Drag the case to ${to}`,
    trigger: `${column(from)} ${CARD}`,
    run: `drag_and_drop(${column(to)})`,
});
const refused = (reason) => [
    {
        content: "The refusal says what is missing",
        trigger: `.modal-body:contains(${reason})`,
    },
    {trigger: ".modal-footer button.btn-primary", run: "click"},
    {trigger: "body:not(:has(.modal))"},
];

registry.category("web_tour.tours").add("complaint_case_register_tour", {
    steps: () => [
        {trigger: ".o-kanban-button-new", run: "click"},
        {
            trigger: ".o_kanban_quick_create [name=name] input",
            run: "edit 淋浴房玻璃夜里自爆",
        },
        {
            trigger: ".o_kanban_quick_create [name=partner_name] input",
            run: "edit 梁思远",
        },
        {
            trigger: ".o_kanban_quick_create [name=partner_phone] input",
            run: "edit 13900005120",
        },
        {trigger: ".o_kanban_quick_create .o_kanban_add", run: "click"},
        {
            content: "Straight on to the next stage",
            trigger: `${column("登记")} ${CARD}`,
            run: `drag_and_drop(${column("评估")})`,
        },
        ...refused("复述"),
        {
            content: "The card is back where it was",
            trigger: `${column("登记")} ${CARD}`,
            run: "click",
        },
        ...choose("type_id", "产品质量"),
        {
            trigger: ".o_field_widget[name=description] .odoo-editor-editable",
            run: "editor 凌晨两点玻璃门整块碎裂，幸好无人在内。",
        },
        ...choose("remedy_ids", "换货"),
        answer("injury", "否"),
        answer("media", "否"),
        {trigger: "button[name=action_readback]", run: "click"},
        {trigger: ".o_field_widget[name=readback_user_id]"},
        {
            trigger: ".o_statusbar_status button:contains(评估)",
            run: "click",
        },
        {
            trigger:
                ".o_form_saved .o_statusbar_status button.o_arrow_button_current:contains(评估)",
        },
    ],
});

registry.category("web_tour.tours").add("complaint_case_assign_tour", {
    steps: () => [
        {trigger: `${column("评估")} ${CARD}`, run: "click"},
        ...choose("user_id", "方致远"),
        ...save,
    ],
});

registry.category("web_tour.tours").add("complaint_case_handle_tour", {
    steps: () => [
        drag("评估", "调查处理"),
        {trigger: `${column("调查处理")} ${CARD}`},
        // once the list shows it, the first drag is saved, and nothing is drawn any more
        {trigger: ".o_switch_view.o_list", run: "click"},
        {trigger: ".o_list_view .o_data_row:contains(淋浴房玻璃夜里自爆)"},
        {trigger: ".o_switch_view.o_kanban", run: "click"},
        {trigger: `${column("调查处理")} ${CARD}`},
        drag("调查处理", "答复"),
        ...refused("调查结论"),
        {trigger: `${column("调查处理")} ${CARD}`, run: "click"},
        page("outcome"),
        ...choose("cause_id", "生产工艺"),
        {
            trigger: ".o_field_widget[name=cause_note] textarea",
            run: "edit 钢化炉温偏低，应力不均。",
        },
        ...save,
        {
            trigger: ".o_statusbar_status button:contains(答复)",
            run: "click",
        },
        {
            trigger:
                ".o_form_saved .o_statusbar_status button.o_arrow_button_current:contains(答复)",
        },
    ],
});
