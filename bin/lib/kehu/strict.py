"""pytest plugin: a run with a skipped test or a logged ERROR is not green, also when
pytest-xdist spreads the tests over several processes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import pytest_odoo
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from kehu import databases


class Errors(logging.Handler):
    """Collects what the code under test logs at ERROR. A test that expects an error
    catches it (``assertLogs``, ``mute_logger``), and then it does not come here."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}"[:2000])


@contextmanager
def own_filestore(original: str, name: str) -> Iterator[None]:
    """A worker's database with its own files: pytest-odoo lets all workers share the
    original's, and what one collects as garbage another still needs."""
    if name == original:
        yield
        return
    databases.clone_files(original, name)
    try:
        yield
    finally:
        databases.drop_files(name)


class Whole(LoadScopeScheduling):
    """A class of tests stays in one process, as its ``setUpClass`` is dear; so do all
    of ``tests/``, as they share one served database."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests" if nodeid.startswith("tests/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    return Whole(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest piece of work first: else one process waits for it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/"))


def pytest_configure(config: pytest.Config) -> None:
    # A busy machine must not fail a property: no bound here counts seconds.
    slow = [HealthCheck.too_slow]
    settings.register_profile("kehu", deadline=None, suppress_health_check=slow)
    settings.load_profile("kehu")
    pytest_odoo._shared_filestore = own_filestore
    config.kehu_errors = Errors()
    logging.getLogger().addHandler(config.kehu_errors)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    """What a worker process logged counts as if it were logged here."""
    output = getattr(node, "workeroutput", {})
    node.config.kehu_errors.lines += output.get("kehu_errors", [])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["kehu_errors"] = session.config.kehu_errors.lines
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter and reporter.stats.get("skipped")
    if (skipped or session.config.kehu_errors.lines) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    if config.kehu_errors.lines:
        terminalreporter.section("errors in the log (they fail the run)", red=True)
        for line in config.kehu_errors.lines:
            terminalreporter.line(line)
    if terminalreporter.stats.get("skipped"):
        terminalreporter.section("skipped tests fail the run", red=True)
