"""value-map.toml: what an officer says that the unknown values of a workbook mean.

annexa proposes the file: every value that is on no code list, how often it stands there, and the allowed codes that
look most like it. Each line is commented out, since looking alike is no proof of meaning the same; a line that the
officer completes and uncomments is applied on the next run, as a change like any other.

    [gender]
    # "Femail" = "F"  # 3 cells: List 1, Gender. Close: F (b) Female)
"""

import difflib
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from annexa.editions import Edition, EditionCodeSet, code_sets, normalise
from annexa.errors import UsageError

_HEAD: Final = """\
# What the values mean that stand on no code list. Nothing here applies as it is: take the # off the front of a line to
# apply it, and write between the last quotation marks the code that is meant, or the label that Ofsted gives it.
# A value that stands for nothing on the list is best corrected in the system that the workbook came from.
"""
_CLOSEST: Final = 3
_LIKE: Final = 0.6  # of difflib's ratio, its own default
_COMPARED: Final = 200  # values of a code set; comparing is slow, and thousands of them are no list of codes
_SAID: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x7f": "\\u007F"}


def propose(unknown: pl.DataFrame, edition: Edition) -> str:
    """Return the text of a value-map.toml for the values that no code list has.

    Args:
        unknown: list, column, code_set, value, count (Filled.unknown_values).
        edition: whose codes are allowed.
    """
    lines = [_HEAD]
    for (name,), values in unknown.sort("code_set").partition_by("code_set", as_dict=True, maintain_order=True).items():
        lines.append(f"\n[{name}] # {edition.code_set(str(name)).title}\n")
        lines += _lines(values, edition.code_set(str(name)))
    return "".join(lines)


def load_value_map(path: Path) -> dict[str, dict[str, str]]:
    """Read a value-map.toml.

    Returns:
        code set -> value as it stands in the workbook -> standard code. Values are compared without regard to case
        and blanks, as all spellings are.

    Raises:
        UsageError: the file cannot be read or is not TOML; a code set that annexa does not have; a code, or label of
            one, that its set does not have. No message holds a value of the file.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}.", "Check its name and folder.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The parser's message can quote the line.
        raise UsageError(
            f"{path.name} is not a TOML file.",
            'Each line reads "value" = "code", both in quotation marks, once a value.',
        ) from None
    sets = code_sets()
    answer: dict[str, dict[str, str]] = {}
    for name, entries in content.items():
        if name not in sets:
            raise UsageError(
                f"{path.name}: there is no code set [{name}]."
                if _is_name(name)
                else f"{path.name}: a value stands outside the code sets.",
                _near(name, list(sets)),
            )
        if not isinstance(entries, dict):
            raise UsageError(f"{path.name}: {name} is a code set: [{name}], with its values below it.", "")
        answer[name] = {}
        for number, (value, meant) in enumerate(entries.items(), start=1):
            code = sets[name].lookup.get(normalise(meant)) if isinstance(meant, str) else None
            if code is None or not normalise(value):
                raise UsageError(
                    f"{path.name}: [{name}], line {number} that applies: what stands behind = is no code of the set.",
                    f"Allowed: {', '.join(sorted(sets[name].codes))}.",
                )
            answer[name][value] = code
    return answer


def _is_name(name: str) -> bool:
    return name.isascii() and name.replace("_", "").isalpha()


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean [{near[0]}]?" if near else f"Known: {', '.join(sorted(known))}."


def _lines(values: pl.DataFrame, shown: EditionCodeSet) -> Iterator[str]:
    where = pl.concat_str(pl.lit("List "), "list", pl.lit(", "), "column").unique(maintain_order=True)
    together = values.group_by("value", maintain_order=True).agg(pl.col("count").sum(), where.alias("where"))
    together = together.sort("count", "value", descending=[True, False])
    for number, (value, count, where) in enumerate(together.iter_rows()):
        close = _closest(value, shown) if number < _COMPARED else []
        meant = close[0] if close else ""
        codes = "; ".join(f"{code} ({shown.written[code]})" for code in close) or "none"
        cells = "1 cell" if count == 1 else f"{count} cells"
        yield f"# {_quoted(value)} = {_quoted(meant)}  # {cells}: {'; '.join(where)}. Close: {codes}\n"


def _closest(value: str, shown: EditionCodeSet) -> list[str]:
    """Return the codes whose spellings look most like a value, the closest first."""
    spellings = {spelling: code for spelling, code in code_sets()[shown.name].lookup.items() if code in shown.written}
    # The same code under several spellings would leave no room for another.
    near = difflib.get_close_matches(normalise(value), spellings, n=4 * _CLOSEST, cutoff=_LIKE)
    return list(dict.fromkeys(spellings[spelling] for spelling in near))[:_CLOSEST]


def _quoted(text: str) -> str:
    """Return a text as a basic string of TOML."""
    escaped = "".join(
        _SAID.get(character, f"\\u{ord(character):04X}" if ord(character) < 32 else character) for character in text
    )
    return f'"{escaped}"'
