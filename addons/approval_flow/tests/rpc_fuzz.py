"""Call every public method of the models of some addons, as somebody, over HTTP.

A helper for security tests: what may be called is found by the rules that the server
itself uses (`odoo.service.model.get_public_method`), so a method added later is tried
as well.
"""

import inspect
import json
from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method


def models_of(env, addons):
    """The names of the models that the addons define."""
    return sorted(
        name for name, model in env.registry.items() if model._original_module in addons
    )


def public_methods(model):
    """The names of what a remote caller may call on the model."""
    names = []
    for name in dir(type(model)):
        if name.startswith("_"):
            continue
        try:
            method = get_public_method(model, name)
        except (AccessError, AttributeError):
            continue
        if inspect.isfunction(method):
            names.append(name)
    return names


def arguments(model, record, method):
    """Plausible keyword arguments for the required parameters of a method."""
    written = written_values(model)
    values = {
        "vals": written,
        "vals_list": [copied_values(record) or written],
        "values": written,
        "domain": [],
        "fields": ["display_name"],
        "fields_list": ["display_name"],
        "field_names": ["display_name"],
        "specification": {"display_name": {}},
        "name": "x",
        "groupby": ["create_uid"],
        "aggregates": ["__count"],
        "ids": record.ids,
        "data": [["x"]],
        "comment": "forged by RPC",
        "body": "forged by RPC",
        "partner_ids": [],
        "default": {},
    }
    result = {}
    parameters = list(inspect.signature(method).parameters.values())[1:]
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.default is parameter.empty or parameter.name == "comment":
            result[parameter.name] = values.get(parameter.name, 1)
    return result


def written_values(model):
    """A value for each stored selection and text field: something to forge."""
    values = {}
    for name, field in model._fields.items():
        if not field.store or name in ("id", "create_uid", "write_uid"):
            continue
        if field.type in ("char", "text") and not field.compute:
            values[name] = "forged"
        elif field.type == "selection" and isinstance(field.selection, list):
            values[name] = field.selection[-1][0]
    return values


def copied_values(record):
    # as the test sees it: a caller may know everything and still do nothing
    record = record.sudo().exists()
    if not record:
        return {}
    values = record.copy_data()[0]
    return json.loads(json.dumps(values, default=str))


class RpcFuzz:
    """Mixed into an HttpCase."""

    tried = 0

    def fuzz(self, names, samples, user):
        """Call everything as ``user``, over the web client's route and over JSON-2.

        :param names: the models
        :param samples: model name -> record to call the methods on
        :param user: whose password is the login
        """
        login = user.login
        self.authenticate(login, login)
        key = (
            self.env["res.users.apikeys"]
            .with_user(user)
            ._generate("rpc", "fuzz", datetime.now() + timedelta(days=1))
        )
        for name in names:
            model = self.env[name]
            record = samples.get(name, model)
            for method_name in public_methods(model):
                method = get_public_method(model, method_name)
                kwargs = arguments(model, record, method)
                static = getattr(method, "_api_model", False)
                ids = [] if static else record.ids
                self._call_web(name, method_name, ids, static, kwargs)
                self._call_json2(name, method_name, ids, kwargs, key)
                type(self).tried += 2

    def _call_web(self, model, method, ids, static, kwargs):
        params = {
            "model": model,
            "method": method,
            "args": [] if static else [ids],
            "kwargs": {**kwargs, "context": {"approval_unlock": 1, "active_test": 0}},
        }
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "id": 0, "params": params}),
            headers={"Content-Type": "application/json"},
            timeout=60,
        )

    def _call_json2(self, model, method, ids, kwargs, key):
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps({**({"ids": ids} if ids else {}), **kwargs}),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"bearer {key}",
            },
            timeout=60,
        )
