{
    "name": "Customer 360: Timeline",
    "summary": "What happened with a customer, what comes next, and what waits for you",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Kehu",
    "license": "LGPL-3",
    "depends": ["contacts"],
    "data": [
        "security/ir.model.access.csv",
        "views/res_partner_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["customer_timeline/static/src/**/*"],
        "web.assets_tests": ["customer_timeline/static/tests/tours/**/*"],
    },
}
