"""The little Markdown that the generated pages need: text that depends on nothing but its arguments."""

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, without the columns that are blank in every row.

    A bar inside a cell is escaped, a line break becomes a blank.
    """
    kept = [tuple(row) for row in rows]
    filled = [position for position in range(len(headings)) if any(row[position] for row in kept)]
    lines = [headings, ["---"] * len(headings), *kept]
    return "\n".join(_row([line[position] for position in filled]) for line in lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("\n", " ").replace("|", "\\|") for cell in cells) + " |"


def code(text: object) -> str:
    """Return text as code; a blank at either end, which Markdown would take off, is kept by another one around it."""
    shown = str(text)
    pad = " " if shown[:1] in {" ", "`"} or shown[-1:] in {" ", "`"} else ""
    fence = "``" if "`" in shown else "`"
    return f"{fence}{pad}{shown}{pad}{fence}"


def codes(texts: Iterable[object]) -> str:
    """Return texts as code, between commas."""
    return ", ".join(code(text) for text in texts)


def fenced(text: str, language: str = "") -> str:
    """Return a block of code."""
    return f"```{language}\n{text}\n```"


def page(title: str, origin: str, *blocks: str) -> str:
    """Return a generated page: title, the line that says where it comes from, and its blocks."""
    note = f"*Generated from {origin} by `python -m tests.support.docs` (`make docs`). Do not edit it by hand.*"
    return "\n\n".join([f"# {title}", note, *(block for block in blocks if block)]) + "\n"


def listed(items: Sequence[str], joiner: str = "and") -> str:
    """Return "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joiner} {items[-1]}"
