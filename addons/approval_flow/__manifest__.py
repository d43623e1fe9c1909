{
    "name": "Approval Flow",
    "summary": "Who may say yes, and a record of it that nobody can forge",
    "version": "19.0.1.0.0",
    "category": "Productivity",
    "author": "Kehu",
    "license": "LGPL-3",
    "depends": ["mail", "hr"],
    "data": ["security/approval_flow_security.xml"],
}
