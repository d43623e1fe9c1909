"""How fast are the control groups of a million partners found, and in how much memory?

    bin/bench group_detection

Makes 1,000,000 partners and 1,505,000 stakes with shuffled ids in two tables of the
database KEHU_DATABASE (or PGDATABASE) and drops them at the end. Planted: a group of
10,001, a chain 1,000 deep, 500 pairs that hold each other, and 2,000 companies that a
group controls only by 30 % + 30 %. Every measurement is a process of its own, so that
its peak of memory is its own; load from PostgreSQL is included; medians of ROUNDS.
"""

import io
import json
import os
import random
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import psycopg2

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "addons" / "group_credit"))
# The engine alone, without Odoo.
from engine import detect  # noqa: E402
from engine.stakes import FULL, Stakes, integers, read_copy  # noqa: E402

PARTNERS, STAKES, MAJORITIES = 1_000_000, 1_505_000, 701_000
GROUP, CHAIN, PAIRS, INDIRECT = 10_001, 1_000, 500, 2_000
COMPONENTS = 299_500  # over majorities; control finds the indirect ones, too
CHANGED = 10_000  # 1 % of the groups are written back
ROUNDS = 3
MAJORITY = f"weight > {FULL // 2}"


def connect():
    return psycopg2.connect(dbname=os.environ.get("KEHU_DATABASE"))


# ---------------------------------------------------------------- the register


def make_register() -> tuple[array, array, array]:
    """Stakes (holder, held, weight) over partners 1 … PARTNERS, the same in every
    run."""
    rng = random.Random(20)
    ids = list(range(1, PARTNERS + 1))
    rng.shuffle(ids)
    stakes = []

    def hold(holder, held, low, high):
        stakes.append((holder, held, rng.randint(low, high)))

    group, ids = ids[:GROUP], ids[GROUP:]
    for place in range(1, GROUP):
        hold(group[rng.randrange(place)], group[place], 500_001, 600_000)
    chain, ids = ids[: CHAIN + 1], ids[CHAIN + 1 :]
    for holder, held in zip(chain, chain[1:], strict=False):
        hold(holder, held, 500_001, 600_000)
    pairs, ids = ids[: 2 * PAIRS], ids[2 * PAIRS :]
    for a, b in zip(pairs[::2], pairs[1::2], strict=True):
        hold(a, b, 500_001, 600_000)
        hold(b, a, 500_001, 600_000)
    heads = COMPONENTS - PAIRS - 2
    roots, rest = ids[:heads], ids[heads:]
    lines = [[root] for root in roots]
    for node in rest:
        line = lines[rng.randrange(heads)]
        hold(rng.choice(line), node, 500_001, 600_000)
        line.append(node)
    parents = [line for line in lines[: heads // 2] if len(line) > 1]
    for target in roots[heads - INDIRECT :]:
        for holder in rng.choice(parents)[:2]:
            hold(holder, target, 300_000, 300_000)
    add_small_stakes(stakes, rng)
    return tuple(array("i", column) for column in zip(*stakes, strict=True))


def add_small_stakes(stakes: list, rng: random.Random):
    """Fill up with stakes of 5 to 24 %; nobody's shares exceed 100 %."""
    free = [FULL] * (PARTNERS + 1)
    for _holder, held, weight in stakes:
        free[held] -= weight
    while len(stakes) < STAKES:
        holder, held = rng.randint(1, PARTNERS), rng.randint(1, PARTNERS)
        weight = rng.randint(50_000, 240_000)
        if holder != held and weight <= free[held]:
            free[held] -= weight
            stakes.append((holder, held, weight))


def fill_database(cr):
    """The stakes, and the partners with the group that was found last time."""
    stakes = Stakes(*make_register())
    groups = detect.detect(stakes, size=PARTNERS + 1)
    assert not detect.loose(stakes, groups)
    drop_tables(cr)
    cr.execute("CREATE TABLE bench_stake (holder int, held int, weight int)")
    cr.execute("CREATE TABLE bench_partner (id int PRIMARY KEY, grp int NOT NULL)")
    rows = lines(stakes)
    cr.copy_expert("COPY bench_stake FROM STDIN", rows)
    rows = lines(list(enumerate(groups))[1:])
    cr.copy_expert("COPY bench_partner FROM STDIN", rows)
    cr.execute("CREATE INDEX ON bench_stake (holder) INCLUDE (held, weight)")
    cr.execute("CREATE INDEX ON bench_stake (held) INCLUDE (holder, weight)")
    cr.execute("CREATE INDEX ON bench_partner (grp)")
    cr.execute("VACUUM ANALYZE bench_stake, bench_partner")


def lines(rows) -> io.StringIO:
    """Rows as PostgreSQL's COPY reads them."""
    return io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))


def drop_tables(cr):
    cr.execute("DROP TABLE IF EXISTS bench_stake, bench_partner")


# ---------------------------------------------------------------- what is measured


def copy_out(cr, query: str, columns: int) -> list[array]:
    sink = io.BytesIO()
    cr.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", sink)
    return read_copy(sink.getvalue(), columns)


def run_networkx(cr) -> int:
    """Connected components of the majorities, as one would write it."""
    import networkx

    links = copy_out(cr, f"SELECT holder, held FROM bench_stake WHERE {MAJORITY}", 2)
    graph = networkx.Graph()
    graph.add_nodes_from(range(1, PARTNERS + 1))
    graph.add_edges_from(zip(*links, strict=True))
    return sum(1 for _ in networkx.connected_components(graph))


def run_components(cr) -> int:
    """The same with our arrays."""
    links = copy_out(cr, f"SELECT holder, held FROM bench_stake WHERE {MAJORITY}", 2)
    return count(detect.components(*links, PARTNERS + 1))


def run_detection(cr) -> int:
    """Control with stakes that add up; write the groups that changed."""
    new = detect_all(cr)
    nodes, names = copy_out(cr, "SELECT id, grp FROM bench_partner", 2)
    old = integers([0]) * (PARTNERS + 1)
    for node, name in zip(nodes, names, strict=True):
        old[node] = name
    write(cr, detect.difference(old, new))
    return count(new)


def detect_all(cr) -> array:
    columns = copy_out(cr, "SELECT holder, held, weight FROM bench_stake", 3)
    return detect.detect(Stakes(*columns), size=PARTNERS + 1)


def run_one_stake(cr) -> float:
    """The big group takes over one company more: read the smaller of the two groups."""
    stake = (*new_stake(cr), 510_000)
    cr.execute("INSERT INTO bench_stake VALUES (%s, %s, %s)", stake)
    start = time.perf_counter()
    one, other = sorted(detect.join(stake, *lookups(cr)))
    cr.execute("UPDATE bench_partner SET grp = %s WHERE grp = %s", (one, other))
    cr.connection.commit()
    seconds = time.perf_counter() - start
    check_and_undo(cr, stake)
    return seconds


def run_part(cr) -> float:
    """The same stake, when both groups are looked at whole, as after a stake has
    ended."""
    stake = (*new_stake(cr), 510_000)
    cr.execute("INSERT INTO bench_stake VALUES (%s, %s, %s)", stake)
    start = time.perf_counter()
    known = {}

    def peers(nodes):
        query = """SELECT id, grp FROM bench_partner WHERE grp IN (
                       SELECT grp FROM bench_partner WHERE id = ANY(%s))"""
        cr.execute(query, (list(nodes),))
        found = dict(cr.fetchall())
        known.update(found)
        return found

    def stakes(nodes):
        query = "SELECT * FROM bench_stake WHERE holder = ANY(%s)"
        cr.execute(query, (list(nodes),))
        return cr.fetchall()

    found = detect.regroup(stake[:2], peers, stakes)
    write(cr, ((node, name) for node, name in found.items() if known[node] != name))
    cr.connection.commit()
    seconds = time.perf_counter() - start
    assert len(found) > GROUP
    check_and_undo(cr, stake)
    return seconds


def lookups(cr) -> tuple[Callable, ...]:
    """What ``join`` asks: names, size, incoming, outgoing."""

    def names(nodes):
        cr.execute(
            "SELECT id, grp FROM bench_partner WHERE id = ANY(%s)", (list(nodes),)
        )
        return dict(cr.fetchall())

    def size(name):
        cr.execute("SELECT count(*) FROM bench_partner WHERE grp = %s", (name,))
        return cr.fetchone()[0]

    def incoming(companies):
        cr.execute("SELECT * FROM bench_stake WHERE held = ANY(%s)", (list(companies),))
        return cr.fetchall()

    def outgoing(name):
        query = """SELECT bench_stake.* FROM bench_partner AS partner
                     JOIN bench_stake ON holder = partner.id WHERE grp = %s"""
        cr.execute(query, (name,))
        return cr.fetchall()

    return names, size, incoming, outgoing


def check_and_undo(cr, stake: tuple[int, int, int]):
    """What stands in the database is what a full run says; then it is taken back."""
    cr.execute("SELECT id, grp FROM bench_partner")
    stored, whole = dict(cr.fetchall()), detect_all(cr)
    assert all(whole[node] == name for node, name in stored.items()), "not the same"
    held = stake[1]
    assert stored[held] == stored[stake[0]] != held
    cr.execute("UPDATE bench_partner SET grp = id WHERE id = %s", (held,))
    cr.execute("DELETE FROM bench_stake WHERE (holder, held, weight) = %s", (stake,))


def new_stake(cr) -> tuple[int, int]:
    """A member of the big group, and a company alone that nobody holds half of."""
    query = "SELECT grp FROM bench_partner GROUP BY grp ORDER BY count(*) DESC LIMIT 1"
    cr.execute(query)
    name = cr.fetchone()
    cr.execute("SELECT max(id) FROM bench_partner WHERE grp = %s", name)
    (holder,) = cr.fetchone()
    query = """SELECT min(grp) FROM bench_partner WHERE grp > %s
                GROUP BY grp HAVING count(*) = 1 ORDER BY grp LIMIT 1"""
    cr.execute(query, name)
    return holder, cr.fetchone()[0]


def write(cr, rows):
    """Write changed groups: copy them in, then one update."""
    cr.execute("CREATE TEMP TABLE changed (id int, grp int) ON COMMIT DROP")
    cr.copy_expert("COPY changed FROM STDIN", lines(rows))
    cr.execute("ANALYZE changed")
    cr.execute(
        """UPDATE bench_partner SET grp = changed.grp FROM changed
            WHERE changed.id = bench_partner.id"""
    )


def count(groups: array) -> int:
    """How many groups there are, of one or more."""
    return sum(1 for node in range(1, PARTNERS + 1) if groups[node] == node)


MEASURES: dict[str, Callable] = {
    "networkx": run_networkx,
    "components": run_components,
    "detection": run_detection,
    "stake added": run_one_stake,
    "two groups": run_part,
}


def peak() -> float:
    """The most memory this process ever had, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmHWM in /proc/self/status")


def measure(name: str):
    """In the child: run one measure, print seconds, peak in MB above the start,
    result."""
    with closing(connect()) as connection, connection.cursor() as cr:
        if name == "networkx":
            import networkx  # noqa: F401  (its import is not what is measured)
        before, start = peak(), time.perf_counter()
        result = MEASURES[name](cr)
        connection.commit()
        seconds = time.perf_counter() - start
        memory = peak() - before
        if isinstance(result, float):  # it timed itself, and then checked the result
            seconds, memory, result = result, 0, None
        print(json.dumps([seconds, memory, result]))


# ---------------------------------------------------------------- the report


def spoil(cr):
    """Set one partner in a hundred to a wrong group, for the next run to put right."""
    cr.execute(
        "UPDATE bench_partner SET grp = -1 WHERE id %% %s = 0", (PARTNERS // CHANGED,)
    )
    cr.execute("VACUUM bench_partner")


def main() -> int:
    if not find_spec("networkx"):
        print("networkx is missing: install requirements-bench.txt", file=sys.stderr)
        return 1
    runs = {name: [] for name in MEASURES}
    with closing(connect()) as connection, connection.cursor() as cr:
        connection.autocommit = True
        try:
            fill_database(cr)
            for _round in range(ROUNDS):
                for name, found in runs.items():
                    if name == "detection":
                        spoil(cr)
                    words = [sys.executable, __file__, name]
                    done = subprocess.run(words, check=True, stdout=subprocess.PIPE)
                    found.append(json.loads(done.stdout))
        finally:
            drop_tables(cr)
    seconds = {name: median(run[0] for run in found) for name, found in runs.items()}
    memory = {name: max(run[1] for run in found) for name, found in runs.items()}
    print(f"{'':14}{'seconds':>9}{'peak MB':>9}")
    for name in runs:
        print(f"{name:14}{seconds[name]:9.3f}{memory[name] or '':9.4}")
    results = {name: {run[2] for run in found} for name, found in runs.items()}
    assert results["detection"] == {COMPONENTS - INDIRECT}
    assert results["networkx"] == results["components"] == {COMPONENTS}
    return report(seconds, memory)


def report(seconds: dict, memory: dict) -> int:
    """Ratios against their targets; 1 when one is missed."""
    ours, full = seconds["components"], seconds["detection"]
    rows = [
        ("D1 networkx / components", seconds["networkx"] / ours, ">=", 8),
        ("D3 detection and write / components", full / ours, "<=", 5),
        ("D4 memory of components, MB", memory["components"], "<=", 250),
        ("D4 memory of detection, MB", memory["detection"], "<=", 250),
        ("D5 one stake added / detection", seconds["stake added"] / full, "<=", 0.02),
    ]
    missed = 0
    print(f"{'':38}{'measured':>9}   target")
    for label, value, sign, target in rows:
        good = value >= target if sign == ">=" else value <= target
        missed += not good
        print(
            f"{label:38}{value:9.3f}   {sign} {target:<5} {'ok' if good else 'MISSED'}"
        )
    return bool(missed)


if __name__ == "__main__":
    sys.exit(measure(sys.argv[1]) if sys.argv[1:] else main())
