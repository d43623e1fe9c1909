"""The words for what is wrong with a record."""


def problem_templates(env):
    """By the code of ``engine.records.Problem``: why a row cannot be taken, and what to
    do about it. Made once for a batch, since a bad file repeats its mistakes."""
    return {
        "json": env._("The line is not JSON: %(value)s"),
        "record": env._("The record has not the form of its standard."),
        "no_id": env._("Statement %(value)s has no record ID."),
        "record_type": env._("Unknown kind of record: %(value)s"),
        "record_status": env._("Unknown status: %(value)s"),
        "interest_type": env._("Unknown interest: %(value)s"),
        "relationship_type": env._("Unknown relationship: %(value)s"),
        "exception_category": env._("Unknown category: %(value)s"),
        "exception_reason": env._("Unknown reason: %(value)s"),
        "unspecified": env._("The source does not name the party: %(value)s"),
        "party": env._("The holder or the company held is missing."),
        "missing": env._(
            "“%(value)s” is named but not described in the file. Get the file that "
            "describes it, and import both."
        ),
        "unknown": env._("%(value)s is unknown to the source, or not published."),
        "held_person": env._(
            "%(value)s is a person, and nobody holds a person. If it is a company, "
            "mark the partner as one."
        ),
        "self": env._(
            "%(value)s cannot hold itself: enter its own shares as treasury shares on "
            "its form."
        ),
        "kind": env._("Basis: “%(value)s” is not one of the known ones."),
        "no_partner": env._(
            "Unknown: %(value)s. Create the partner first, or tick “Create Unknown "
            "Partners”."
        ),
        **_value_templates(env),
    }


def _value_templates(env):
    return {
        "value": env._("%(field)s: “%(value)s” cannot be read."),
        "lei": env._("%(value)s is not a valid LEI."),
        "share": env._("“%(value)s” is not a percentage from 0 to 100."),
        "bounds": env._("The bounds of the share contradict each other: %(value)s."),
        "date": env._("“%(value)s” is not a date."),
        "period": env._(
            "It ends before it begins: %(value)s. The end is the first day on which it "
            "no longer holds."
        ),
        "seats": env._("%(value)s seats of the board are not possible."),
    }
