"""docs/sample.md: the synthetic authority, its proportions and its planted defects."""

import annexa.sample
from annexa.sample.faults import DEFECTS
from tests.support.markdown import code, codes, page, table


def sample_page() -> str:
    """Return the page."""
    said = (annexa.sample.__doc__ or "").split("\n\n", 1)[1].strip()
    proportions = "\n\n".join(part for part in said.split("\n\n") if not part.startswith("`generate`"))
    return page(
        "The synthetic authority",
        "the package `annexa.sample`",
        "`annexa sample` writes the whole extract of an authority that does not exist, to try annexa on, to train "
        "with, or to test a change of settings. The same arguments give the same bytes on every machine; of a DuckDB "
        "file they give the same tables.",
        "```sh\nannexa sample --children 2000 --inspection-date 2018-06-04 --seed 1 --output extract\n```",
        "`--format` writes CSV or Parquet (a file for each table), or one workbook (`extract.xlsx`) or database "
        "(`extract.sqlite`, or `extract.duckdb` with the extra `annexa[db]`) in the folder: give that file to "
        "`--extracts`. `--as-at` shows what the system would hold "
        "on another day: the same authority, younger or older. The authority is called Exshire (code X01); build it "
        "with `--own-la Exshire`.",
        "## Proportions",
        proportions,
        "## Planted defects",
        "`--defects 0.02` spoils two records for every hundred children, each child once at the most. What was planted "
        "stands in a file beside the folder (`extract.defects.csv`): kind, table, row, the finding that is meant to "
        "see it, and what follows. [Checks](checks.md) explains the findings. `AA-G08` "
        "needs the day of the extract: give `--extract-date`.",
        table(
            ("Kind", "Table", "Finding", "What follows", "May also raise"),
            (
                (each.kind.replace("_", " "), code(each.table), code(each.check), each.consequence, codes(each.also))
                for each in DEFECTS
            ),
        ),
    )
