"""pytest plugin: a run with a skipped test or a logged ERROR is not green."""

import logging

import pytest


class Errors(logging.Handler):
    """Collects what the code under test logs at ERROR. A test that expects an error
    catches it (``assertLogs``, ``mute_logger``), and then it does not come here."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}"[:2000])


def pytest_configure(config: pytest.Config) -> None:
    config.kehu_errors = Errors()
    logging.getLogger().addHandler(config.kehu_errors)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
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
