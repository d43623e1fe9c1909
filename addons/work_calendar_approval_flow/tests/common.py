from odoo import Command
from odoo.tests import new_test_user


def make_calendar(env):
    return env["resource.calendar"].create(
        {"name": "Office", "company_id": env.company.id, "tz": "Asia/Shanghai"}
    )


def make_rule(env, *users, **values):
    """The one rule that puts the changes of the company's calendars under approval."""
    model = env["ir.model"]._get("resource.calendar.change")
    if not values.get("domain"):
        env["approval.rule"].search([("model", "=", model.model)]).active = False
    return env["approval.rule"].create(
        {
            "name": "Calendar changes",
            "model_id": model.id,
            "company_id": env.company.id,
            **values,
            "step_ids": [
                Command.create(
                    {
                        "name": "Administration",
                        "party_ids": [
                            Command.create({"kind": "user", "user_id": user.id})
                            for user in users
                        ],
                    }
                )
            ],
        }
    )


def make_users(env, prefix):
    """Officer (who submits), approver, and a plain employee."""
    groups = {
        "officer": "work_calendar.group_work_calendar_officer",
        "approver": "base.group_user",
        "plain": "base.group_user",
    }
    return {
        name: new_test_user(
            env,
            f"{prefix}_{name}",
            group,
            password=f"{prefix}_{name}",
            lang="en_US",
            name=f"{prefix} {name}",
        )
        for name, group in groups.items()
    }


def make_change(env, calendar, **values):
    return env["resource.calendar.change"].create(
        {
            "name": "Inventory",
            "calendar_id": calendar.id,
            "line_ids": [
                Command.create({"date": "2031-03-05", "kind": "rest", "name": "Stock"}),
                Command.create(
                    {"date": "2031-03-08", "kind": "work", "hours": "9:00-12:00"}
                ),
            ],
            **values,
        }
    )
