{
    "name": "Complaints: Customer Experience",
    "summary": "Complaints know the home and the stage of the buyer, and the journey "
    "knows the complaints",
    "version": "19.0.1.0.0",
    "category": "Services",
    "author": "Kehu",
    "license": "LGPL-3",
    "depends": ["complaint_mgmt", "customer_experience"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_config_parameter_data.xml",
        "views/complaint_case_views.xml",
        "views/cx_journey_views.xml",
        "views/cx_project_views.xml",
        "views/cx_followup_views.xml",
    ],
    "demo": ["demo/complaint_mgmt_experience_demo.xml"],
    "auto_install": True,
}
