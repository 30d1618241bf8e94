"""Speed and memory, as ratios measured in one run: `make bench`, or `make bench SIZES=20000,100000,1000000`.

Each way of doing a thing runs in a process of its own, in turn with what it is compared with (A B A B ...), and the
medians are compared, so that a machine whose speed drifts slows both alike. The floor reads every file of the extract
as text and deflates the finished workbook's XML, and does nothing else.

The extract is the synthetic authority's, cut to the children who are on a list (so that it holds what the lists show
and not the years before), and repeated under other identifiers until the lists have about so many rows.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

DAY = date(2018, 6, 4)
EDITION = "ilacs-2019"
RUNS = 3
GOALS = {  # (gate, list rows) -> goal, and whether the figure is to be at most or at least that
    ("build / floor", 20_000): ("<=", 4.0),
    ("build / floor", 100_000): ("<=", 4.0),
    ("build / floor", 1_000_000): ("<=", 3.5),
    ("openpyxl build / build", 20_000): (">=", 6.0),
    ("openpyxl build / build", 100_000): (">=", 15.0),
    ("pydantic / validation", 100_000): (">=", 6.0),
    ("pydantic / validation", 1_000_000): (">=", 8.0),
    ("peak MB", 20_000): ("<=", 300.0),
    ("peak MB", 100_000): ("<=", 500.0),
    ("peak MB", 1_000_000): ("<=", 1300.0),
    ("--help / empty typer", 0): ("<=", 1.5),
    ("with checks / without", 100_000): ("<=", 1.5),
    ("with reports / without", 100_000): ("<=", 1.5),
    ("clean / floor", 200_000): ("<=", 4.0),
    ("PostgreSQL / driver", 100_000): ("<=", 1.5),
}


def timed(*command: str) -> tuple[float, float]:
    """Run a command and return its wall seconds and its peak memory in MB."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def in_turn(ours: tuple[str, ...], other: tuple[str, ...], runs: int) -> tuple[float, float, float]:
    """Return the median seconds of two commands that are run in turn, and the first one's peak memory."""
    pairs = [(timed(*ours), timed(*other)) for _ in range(runs)]
    first = statistics.median(a[0] for a, _ in pairs)
    second = statistics.median(b[0] for _, b in pairs)
    return first, second, max(a[1] for a, _ in pairs)


def make_extract(rows: int, folder: Path) -> int:
    """Write an extract whose lists have about so many rows; return how many they have."""
    import polars as pl

    from annexa.sample import generate
    from tests.benchmarks.lists import lists_of_tables

    base = generate(min(20_000, max(2_000, rows // 4)), DAY, 1)
    lists = lists_of_tables(base, DAY, EDITION)
    listed = pl.concat([each.rows["person_id"] for number, each in lists.items() if number != 11]).unique()
    cut = {name: _of_listed(table, listed) for name, table in base.items()}
    size = sum(each.frame.height for each in lists_of_tables(cut, DAY, EDITION).values())
    copies = max(1, round(rows / size))
    folder.mkdir()
    for name, table in cut.items():
        with (folder / f"{name}.csv").open("wb") as file:
            for copy in range(copies):
                _renamed(table, copy).write_csv(file, include_header=copy == 0)
    return size * copies


PERSON_COLUMNS = ("person_id", "pers_person_id")


def _of_listed(table, listed):
    import polars as pl

    person = next((c for c in table.columns if c.endswith("person_id") and c != "perm_person_id"), None)
    if person is None or "old_person_id" in table.columns:
        return table
    return table.filter(pl.col(person).is_in(listed.implode()) | pl.col(person).is_null())


def _renamed(table, copy: int):
    import polars as pl

    ids = [c for c in table.columns if c.endswith(("_id", "_worker")) and "role" not in c]
    return table.with_columns(pl.col(ids) + f"-{copy}") if copy else table


def figures(rows: int, runs: int, work: Path) -> list[tuple[str, int, float, str]]:
    """Measure all gates at one size; return gate, rows, figure and a remark."""
    extract, out = work / "extract", work / "out"
    made = make_extract(rows, extract)
    megabytes = sum(f.stat().st_size for f in extract.iterdir()) / 1e6
    build = ("-m", "annexa", "build", "--inspection-date", DAY.isoformat(), "--edition", EDITION, "--quiet",
             "--reports", "none", "--extracts", str(extract), "--output", str(out))  # fmt: skip
    timed(*build)  # warm-up: the file cache, and the workbook that the floor deflates
    one = ("-m", "tests.benchmarks.one_build", str(extract), EDITION, DAY.isoformat(), str(work / "one"))
    checked, plain, _ = in_turn((*one, "checks"), (*one, "lists"), runs)
    with_checks = ("with checks / without", rows, checked / plain, f"{checked:.2f} s / {plain:.2f} s")
    reported, plain, _ = in_turn((*one, "reports"), (*one, "lists"), runs)
    with_reports = ("with reports / without", rows, reported / plain, f"{reported:.2f} s / {plain:.2f} s")
    floor = ("-m", "tests.benchmarks.floor", str(extract), str(out / "annex-a.xlsx"))
    ours, bare, peak = in_turn(build, floor, runs)
    remark = f"{made:,} list rows from {megabytes:,.0f} MB of CSV: {ours:.2f} s / {bare:.2f} s"
    result = [("build / floor", rows, ours / bare, remark), ("peak MB", rows, peak, ""), with_checks, with_reports]
    if ("openpyxl build / build", rows) in GOALS:
        plain = ("-m", "tests.benchmarks.plain_build", str(extract), EDITION, DAY.isoformat(), str(work / "plain.xlsx"))
        ours, theirs, _ = in_turn(build, plain, 1 if rows > 50_000 else runs)
        result.append(("openpyxl build / build", rows, theirs / ours, f"{theirs:.1f} s / {ours:.2f} s"))
    if ("pydantic / validation", rows) in GOALS:
        from tests.benchmarks.validation import ratio

        figure, remark = ratio(rows)
        result.append(("pydantic / validation", rows, figure, remark))
    return result


def cleaning(rows: int, runs: int, work: Path) -> tuple[str, int, float, str]:
    """Measure `annexa clean` on a workbook of Lists 1 and 8 against reading and writing its cells."""
    book = work / "filled.xlsx"
    timed("-m", "tests.benchmarks.filled_workbook", "make", str(book), str(rows // 2))
    ours = ("-m", "annexa", "clean", str(book), "--inspection-date", "2025-06-02", "--edition", EDITION, "--quiet",
            "--output", str(work / "cleaned"))  # fmt: skip
    floor = ("-m", "tests.benchmarks.filled_workbook", "floor", str(book), str(work / "floor.xlsx"))
    timed(*ours)
    seconds, bare, _ = in_turn(ours, floor, runs)
    remark = f"{seconds:.2f} s / {bare:.2f} s, {rows / seconds:,.0f} rows a second"
    return ("clean / floor", rows, seconds / bare, remark)


def databases(runs: int) -> tuple[str, int, float, str]:
    """Measure the reading of a table of 30 columns from a PostgreSQL server against its driver's, into Polars both."""
    from tests.benchmarks.database import ROWS, statements
    from tests.support import postgresql

    gate = "PostgreSQL / driver"
    if postgresql.binaries() is None:
        return (gate, 0, float("nan"), "skipped: PostgreSQL's server is not installed")
    os.environ["ANNEXA_BENCH_PASSWORD"] = postgresql.ADMIN_PASSWORD
    with postgresql.server() as server:
        server.sql(statements())
        command = (sys.executable, "-m", "tests.benchmarks.database", server.address(), str(max(runs, 7)))
        ours, theirs = map(float, subprocess.run(command, capture_output=True, check=True).stdout.split())
    return (gate, ROWS, ours / theirs, f"{ours:.2f} s / {theirs:.2f} s, 30 columns")


def start_up(runs: int, work: Path) -> tuple[str, int, float, str]:
    """Measure the start of `annexa --help` against an empty Typer program's."""
    empty = work / "empty.py"
    empty.write_text("import typer\napp = typer.Typer()\n@app.command()\ndef main(): ...\napp()\n", encoding="utf-8")
    ours, theirs, _ = in_turn(("-m", "annexa", "--help"), (str(empty), "--help"), max(runs, 7))
    return ("--help / empty typer", 0, ours / theirs, f"{ours:.3f} s / {theirs:.3f} s")


def main() -> None:
    """Measure and print every gate with its goal."""
    parser = argparse.ArgumentParser(description="Measure annexa's speed and memory as ratios.")
    parser.add_argument("--sizes", default=os.environ.get("SIZES", "20000,100000"))
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        lines.append(start_up(given.runs, Path(folder)))
        lines.append(cleaning(200_000, given.runs, Path(folder)))
        lines.append(databases(given.runs))
        for size in map(int, given.sizes.split(",")):
            work = Path(folder) / str(size)
            work.mkdir()
            lines += figures(size, given.runs, work)
            shutil.rmtree(work)
    print(f"{'gate':<26}{'list rows':>11}{'figure':>9}  {'goal':<9} {'':<8} remark")
    for gate, rows, figure, remark in lines:
        sign, goal = GOALS.get((gate, rows), ("", 0.0))
        met = {"<=": figure <= goal, ">=": figure >= goal}.get(sign)
        verdict = "" if met is None else "met" if met else "NOT MET"
        print(f"{gate:<26}{rows:>11,}{figure:>9.2f}  {sign} {goal:<6g} {verdict:<8} {remark}")


if __name__ == "__main__":
    main()
