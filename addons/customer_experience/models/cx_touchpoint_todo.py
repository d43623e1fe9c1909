from odoo import models

TODO_TYPE = "customer_experience.mail_activity_type_touchpoint"


class CxTouchpointTodo(models.AbstractModel):
    """What follows when the work comes near: to-dos and the list of evidence.

    Part of ``cx.touchpoint``, whose fields it uses.
    """

    _name = "cx.touchpoint.todo"
    _description = "To-dos of Touchpoints"

    def _after_move(self):
        if self[0].state in ("ready", "in_progress"):
            self._open_todos()
        elif self[0].state == "done":
            self.activity_feedback([TODO_TYPE])
        else:
            self.activity_unlink([TODO_TYPE])

    def _open_todos(self):
        """Lay out the evidence to bring and put the work on somebody's list."""
        evidence, todos = [], []
        for touchpoints in self._by_language():
            evidence += touchpoints._prepare_evidence()
            todos += touchpoints._prepare_todos()
        self.env["cx.evidence"].sudo().create(evidence)  # of the template, not the user
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            todos
        )

    def _by_language(self):
        """In the language of who does the work: texts that are copied stay in it."""
        for lang, touchpoints in self.grouped(
            lambda t: t.user_id.lang or t.company_id.partner_id.lang
        ).items():
            yield touchpoints.with_context(lang=lang or self.env.lang)

    def _prepare_evidence(self):
        columns = ["sequence", "name", "kind", "required"]
        self.template_id.deliverable_ids.fetch(columns)
        return [
            {
                "touchpoint_id": touchpoint.id,
                "deliverable_id": deliverable.id,
                **{column: deliverable[column] for column in columns},
            }
            for touchpoint in self
            for deliverable in touchpoint.template_id.deliverable_ids
            if deliverable not in touchpoint.evidence_ids.deliverable_id
        ]

    def _prepare_todos(self):
        model_id = self.env["ir.model"]._get_id(self._name)
        activity_type = self.env.ref(TODO_TYPE)
        return [
            {
                "res_model_id": model_id,
                "res_id": touchpoint.id,
                # named here for all at once: core would read them one by one
                "res_name": touchpoint.display_name,
                "activity_type_id": activity_type.id,
                "summary": touchpoint.name,
                "user_id": touchpoint.user_id.id,
                "date_deadline": touchpoint.date_due,
                "automated": True,
            }
            for touchpoint in self
            if touchpoint.user_id and not touchpoint.activity_ids
        ]

    def _todos(self):
        # quick: whoever is given a touchpoint is told so by the touchpoint itself
        todos = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        return todos.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self.env.ref(TODO_TYPE).id),
            ]
        )

    def _redate_todos(self):
        todos = self._todos()
        for due, touchpoints in self.grouped("date_due").items():
            ids = set(touchpoints.ids)
            todos.filtered(lambda todo, ids=ids: todo.res_id in ids).date_deadline = due

    def _reassign_todos(self):
        for user, touchpoints in self.grouped("user_id").items():
            todos = touchpoints._todos()
            if user:
                todos.user_id = user
            else:
                todos.unlink()
        self.filtered(lambda t: t.state in ("ready", "in_progress"))._open_todos()

    def _hand_over(self, department=None, user=None):
        """Give open touchpoints to another department, or another customer manager."""
        if not self:
            return
        vals = {}
        if department is not None:
            vals["department_id"] = department.id
            by_head = self.filtered(lambda t: t.template_id.responsible == "department")
            by_head._hand_over(user=department.manager_id.user_id)
        if user is not None:
            vals["user_id"] = user.id
        self._engine().write(vals)
        if user is not None:
            self._reassign_todos()
