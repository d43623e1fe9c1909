"""A morning at work: each role logs in, in Chinese, and goes through its screens."""

import re
import resource

import psutil
import pytest
from playwright.sync_api import expect, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
BOARD = ".o_kanban_record:not(.o_kanban_ghost)"
ROW = ".o_data_row"
# login -> (address, what is on it, words that must be there)
DAYS = {
    "complaint.agent": [("complaints", BOARD, "登记")],
    "complaint.handler": [("my-complaints", None, "投诉")],
    "complaint.manager": [
        ("complaints", BOARD, "投诉"),
        ("complaint-types", ROW, "类"),
    ],
    "credit.officer": [
        ("credit-groups", BOARD, "集团"),
        ("credit-relations", ROW, "%"),
    ],
    "credit.reviewer": [("credit-groups", BOARD, "候选")],
    "credit.manager": [("credit-groups", BOARD, "豁免")],
    "cx.staff": [("my-touchpoints", None, "触点")],
    "cx.manager": [("cx-phases", BOARD, "项目前期"), ("cx-stage-b", None, "触点")],
    "cx.admin": [("cx-templates", ROW, "B01")],
    "calendar.officer": [("rest-and-make-up-days", None, "休")],
}


@pytest.fixture(scope="module")
def browser():
    # Odoo limits the address space of the process that runs it; Chromium reserves more.
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    context.close()
    assert not page.faults


@pytest.mark.parametrize("login", sorted(DAYS))
def test_a_role_at_work(served, page, login):
    log_in(page, served.url, login)
    for path, content, words in DAYS[login]:
        page.goto(f"{served.url}/odoo/{path}")
        page.wait_for_selector(".o_content .o_view_controller, .o_content > div")
        if content:
            page.wait_for_selector(content)
        expect(page.locator("body")).to_contain_text(words)
        assert not page.locator(".o_error_dialog").count()
        menu = page.locator(".o_main_navbar .o_menu_sections").inner_text()
        assert CHINESE.search(menu)


def test_what_a_role_must_not_see(served, page):
    """Credit is secret: a complaint handler has neither the menu nor the address."""
    log_in(page, served.url, "complaint.handler")
    found = page.evaluate(
        """async () => {
            const response = await fetch("/web/dataset/call_kw", {
                method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({params: {
                    model: "credit.group", method: "search_read",
                    args: [[]], kwargs: {},
                }}),
            });
            return (await response.json()).error.data.name;
        }"""
    )
    assert found == "odoo.exceptions.AccessError"


def test_the_server_stays_small_and_quiet(served):
    """After all of the above: under 700 MB, and not an error in its log."""
    process = psutil.Process(served.process.pid)
    family = [process, *process.children(recursive=True)]
    server = max(family, key=lambda child: child.memory_info().rss)
    assert server.memory_info().rss < 700 * 2**20
    log = served.log.read_text()
    errors = re.findall(r"^.* (?:ERROR|CRITICAL) .*$", log, re.MULTILINE)
    assert not errors


def log_in(page, url: str, login: str) -> None:
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_web_client .o_main_navbar")
