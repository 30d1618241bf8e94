"""annexa.toml: what it may hold, how it joins options and defaults, and what is refused."""

from datetime import date
from pathlib import Path

import pytest

from annexa.cli.given import day, numbers, resolve
from annexa.errors import UsageError
from annexa.settings import Settings, load_settings


@pytest.fixture
def settings_file(tmp_path):
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "annexa.toml"
        path.write_text(text, encoding=encoding)
        return path

    return write


def test_all_settings_are_read(settings_file):
    path = settings_file(
        'authority = "Ourtown"\nextract_date = 2018-05-30\n[options]\nown_la = "Ourtown"\ndrop_adults = true\n',
        encoding="utf-8-sig",
    )
    settings = load_settings(path)
    assert settings.authority == "Ourtown"
    assert settings.extract_date == date(2018, 5, 30)
    assert settings.options.own_la == ("Ourtown",)
    assert settings.options.drop_adults is True
    assert settings.source == "ssd"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('extrats = "x"', "no setting named extrats", "Did you mean extracts?"),
        ("[options]\ndrop_adult = true", "no setting named options.drop_adult", "Did you mean drop_adults?"),
        ("zzz = 1", "no setting named zzz", "Known keys: authority"),
        ("[options]\ndrop_adults = 3", "options.drop_adults", "docs/options.md"),
        ('fail_on = "info"', "fail_on", "docs/options.md"),
        ("authority = ", "is not a TOML file", "Correct the file"),
    ],
)
def test_a_wrong_settings_file_is_refused(settings_file, text, message, hint):
    with pytest.raises(UsageError) as refused:
        load_settings(settings_file(text))
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_a_settings_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"gone\.toml cannot be read"):
        load_settings(tmp_path / "gone.toml")


def test_an_option_beats_the_file_which_beats_the_default(settings_file):
    path = settings_file('extracts = "data"\nedition = "ilacs-2019"\n[options]\npostcode_lookup = "codes.csv"\n')
    resolved = resolve(path, edition="ilacs-2022", source=None, own_la=["A", "B"])
    assert resolved.settings.edition == "ilacs-2022"
    assert Path(resolved.settings.extracts) == path.parent / "data"
    assert Path(resolved.settings.options.postcode_lookup) == path.parent / "codes.csv"
    assert resolved.settings.options.own_la == ("A", "B")
    origins = resolved.origins
    assert origins["edition"] == "option"
    assert origins["extracts"] == "annexa.toml"
    assert origins["source"] == "default"
    assert origins["options.own_la"] == "option"
    assert origins["options.postcode_lookup"] == "annexa.toml"


def test_the_settings_file_of_the_working_folder_is_found(settings_file, monkeypatch):
    monkeypatch.chdir(settings_file('authority = "Here"').parent)
    assert resolve(None).settings.authority == "Here"


def test_without_a_file_everything_is_a_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert resolve(None).settings == Settings()


@pytest.mark.parametrize("text", ["2018-06-04", "04/06/2018", " 2018-06-04 "])
def test_dates_of_options(text):
    assert day(text, "--inspection-date") == date(2018, 6, 4)


@pytest.mark.parametrize("text", ["31/02/2018", "2018-6-4", "06/04/18", "tomorrow", "", "0001-01-01", "9999-12-31"])
def test_what_is_no_date(text):
    with pytest.raises(UsageError, match="--inspection-date"):
        day(text, "--inspection-date")


def test_list_numbers():
    assert numbers("7, 1,1", "--lists") == (1, 7)
    assert numbers(None, "--lists") is None
    with pytest.raises(UsageError, match="--lists"):
        numbers("one", "--lists")
