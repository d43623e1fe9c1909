{
    "name": "Group Credit",
    "summary": "Group customers from ownership and control, with the reason for every "
    "member",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Kehu",
    "license": "LGPL-3",
    "depends": ["approval_flow", "work_calendar", "contacts", "mail", "web_hierarchy"],
    "external_dependencies": {"python": ["openpyxl", "python-stdnum"]},
    "data": [
        "security/group_credit_security.xml",
        "security/ir.model.access.csv",
        "data/ir_sequence_data.xml",
        "wizard/credit_relation_import_views.xml",
        "views/credit_relation_views.xml",
        "views/credit_group_member_views.xml",
        "views/credit_group_views.xml",
        "views/res_partner_views.xml",
        "views/group_credit_menus.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/res_partner_demo.xml",
        "demo/credit_relation_demo.xml",
        "demo/credit_group_demo.xml",
    ],
    "assets": {
        "web.assets_tests": ["group_credit/static/tests/tours/*.esm.js"],
    },
    "application": True,
}
