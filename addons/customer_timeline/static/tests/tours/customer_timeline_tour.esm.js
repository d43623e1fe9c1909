import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("customer_timeline_tour", {
    steps: () => [
        {
            content: "Open the timeline",
            trigger: ".o_notebook .nav-link[name=customer_timeline]",
            run: "click",
        },
        {
            content: "The latest comes first",
            trigger:
                ".o_customer_timeline section:first .o_customer_timeline_event:first:contains(Tour 34)",
        },
        {
            content: "Go further back",
            trigger:
                ".o_customer_timeline:not(:has(.o_customer_timeline_event:contains(Tour 04))) .o_customer_timeline_more",
            run: "click",
        },
        {
            content: "There is the first, and nothing before it",
            trigger:
                ".o_customer_timeline:not(:has(.o_customer_timeline_more)) .o_customer_timeline_event:contains(Tour 00)",
            run: "click",
        },
        {
            content: "Its record opens",
            trigger: ".o_form_view .o_field_widget[name=name] :value(Tour 00)",
        },
    ],
});
