# Runs in `odoo shell` on a database that has just been installed (`env` is given):
# makes it a Chinese company and loads the demo data of our addons (not core's).
import logging

from odoo.modules import Manifest
from odoo.modules.loading import load_demo
from odoo.modules.module_graph import ModuleGraph

env.company.write(  # noqa: F821
    {
        "name": "示范集团有限公司",
        "country_id": env.ref("base.cn").id,  # noqa: F821
        "currency_id": env.ref("base.CNY").id,  # noqa: F821
    }
)
env.ref("base.CNY").active = True  # noqa: F821
env.ref("base.user_admin").write(  # noqa: F821
    {"lang": "zh_CN", "tz": "Asia/Shanghai", "password": "admin"}
)
env.ref("base.user_admin").partner_id.write({"name": "系统管理员"})  # noqa: F821

installed = env["ir.module.module"].search([("state", "=", "installed")])  # noqa: F821
graph = ModuleGraph(env.cr, mode="load")  # noqa: F821
graph.extend(installed.mapped("name"))
ours = [node for node in graph if Manifest.for_addon(node.name)["author"] == "Kehu"]
for node in ours:
    if not load_demo(env, node, {}, "init"):  # noqa: F821
        logging.getLogger("kehu").error("demo data of %s does not load", node.name)
installed.filtered(
    lambda module: module.name in [node.name for node in ours]
).demo = True
env.cr.commit()  # noqa: F821
