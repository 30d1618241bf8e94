"""What the parser of the command line says of words in the wrong place: nothing that was typed."""

import pytest

from tests.support.cli import annexa

TOO_MUCH = "There is more on the line than the command takes. Quote an identifier that has a blank."
NO_COMMAND = "There is no such command."
NO_OPTION = "There is no such option. Put -- before an identifier that begins with a hyphen."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("explain Jane Plantname --inspection-date 2018-06-04 --extracts x", TOO_MUCH),
        ("history forget Jane Plantname", TOO_MUCH),
        ("build Plantname --inspection-date 2018-06-04", TOO_MUCH),
        ("editions list Plantname", TOO_MUCH),
        ("history Plantname", NO_COMMAND),
        ("Plantname", NO_COMMAND),
        ("explian Plantname", f"{NO_COMMAND} Did you mean 'explain'?"),
        ("explain --Plantname Jane", NO_OPTION),
        ("explain -Plantname", NO_OPTION),
    ],
)
def test_a_word_in_the_wrong_place_is_not_repeated(words, said):
    done = annexa(*words.split())
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[-1] == f"Error: {said}"
    assert not [word for word in ("Plantname", "Jane", "-P", "explian") if word in done.err]


def test_an_option_that_is_nearly_one_is_named_with_the_right_ones():
    done = annexa("build", "--extract", "x")
    assert done.code == 2
    assert "--extracts" in done.err
    assert "There is no such option" not in done.err


def test_what_commands_themselves_say_is_left_alone():
    done = annexa("build", "--fail-on", "sometimes", "--inspection-date", "2018-06-04")
    assert done.code == 2
    assert "'--fail-on'" in done.err
