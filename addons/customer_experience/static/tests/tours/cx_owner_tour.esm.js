import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("cx_owner_tour", {
    steps: () => [
        {
            content: "The home",
            trigger: "a.list-group-item[href^='/my/homes/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "A repair waits for the owner",
            trigger: ".o_home_defects a:contains(阳台门关不严)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_defect_accept:contains(没问题)",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".o_defect_status:contains(您已验收)"},
        {
            trigger: ".breadcrumb a[href^='/my/homes/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_home_report",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: "input[name=title]", run: "edit 厨房水龙头漏水"},
        {trigger: "input[name=room]", run: "edit 厨房"},
        {trigger: "input[name=is_urgent]", run: "check"},
        {
            trigger: "button[type=submit]:contains(提交)",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".o_defect_status:contains(我们已收到)"},
    ],
});
