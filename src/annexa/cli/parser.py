"""The reading of the command line: a word that it cannot place is not repeated, since it may be a child's name."""

from typing import Any

from typer.core import TyperGroup

_TOO_MUCH = "There is more on the line than the command takes. Quote an identifier that has a blank."
_NO_COMMAND = "There is no such command."
_NO_OPTION = "There is no such option. Put -- before an identifier that begins with a hyphen."


class Program(TyperGroup):
    """The commands of annexa, of which Typer's own messages repeat no word that was typed in the wrong place."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            said = getattr(error, "message", None)
            if isinstance(said, str):
                error.message = _unsaid(said, error)  # type: ignore[attr-defined]
            raise


def _unsaid(said: str, error: Exception) -> str:
    if "unexpected extra argument" in said:
        return _TOO_MUCH
    if said.startswith("No such command"):
        # The suggestions are names of commands.
        return " ".join([_NO_COMMAND, *(f"Did you mean{each}" for each in said.split("Did you mean")[1:])])
    if said.startswith("No such option") and not getattr(error, "possibilities", None):
        return _NO_OPTION
    return said
