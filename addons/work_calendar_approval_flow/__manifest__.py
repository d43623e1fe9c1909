{
    "name": "Working Calendar Changes under Approval",
    "summary": "Rest and make-up days change only when the change was approved",
    "version": "19.0.1.0.0",
    "category": "Human Resources",
    "author": "Kehu",
    "license": "LGPL-3",
    "depends": ["work_calendar", "approval_flow"],
    "data": [
        "security/work_calendar_approval_flow_security.xml",
        "security/ir.model.access.csv",
        "views/resource_calendar_change_views.xml",
    ],
    "demo": ["demo/work_calendar_approval_flow_demo.xml"],
    "assets": {
        "web.assets_tests": ["work_calendar_approval_flow/static/tests/tours/**/*"],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
