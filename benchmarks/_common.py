"""What several benchmarks measure with."""

import time
from collections.abc import Callable

from odoo import api


class Bench:
    def __init__(self, env: api.Environment) -> None:
        self.env = env
        self.missed: list[str] = []

    def timed(self, work: Callable[[], object]) -> tuple[float, int]:
        """Seconds and queries of a piece of work, from cold caches to the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        queries, started = self.env.cr.sql_log_count, time.perf_counter()
        work()
        self.env.flush_all()
        seconds = time.perf_counter() - started
        return seconds, self.env.cr.sql_log_count - queries

    def best(self, work: Callable[[], object]) -> float:
        """Seconds of the best of five: the first fills the caches of the server."""
        return min(self.timed(work)[0] for _round in range(5))

    def check(
        self, what: str, value: float, target: float, least: bool = False
    ) -> None:
        good = value >= target if least else value <= target
        if not good:
            self.missed.append(what)
        sign = ">=" if least else "<="
        print(f"{what:58}{value:9.3f}  {sign} {target:<6}{'ok' if good else 'MISSED'}")


def multiply(
    env: api.Environment,
    record,
    total: int,
    changes: dict[str, str],
    left_out: tuple[str, ...] = (),
) -> None:
    """Copies of a row, some columns as an expression of the number ``n``, and what is
    ``left_out`` empty."""
    env.flush_all()
    table = record._table
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s"
        " AND column_name != ALL(%s)",
        [table, ["id", *left_out]],
    )
    names = [row[0] for row in env.cr.fetchall()]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(changes.get(name, f't."{name}"') for name in names)
    env.cr.execute(
        f"INSERT INTO {table} ({columns})"
        f" SELECT {values} FROM {table} t, generate_series(1, {total}) n"
        " WHERE t.id = %s",
        [record.id],
    )
    env.cr.execute(f"ANALYZE {table}")
    env.invalidate_all()
