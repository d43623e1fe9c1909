{
    "name": "Working Calendar with Make-up Days",
    "summary": "Rest days and make-up workdays on working calendars, exact deadlines",
    "version": "19.0.1.0.0",
    "category": "Human Resources",
    "author": "Kehu",
    "license": "LGPL-3",
    "depends": ["resource"],
}
