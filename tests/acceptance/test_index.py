"""index.html in a browser: it opens from the disk, prints, and asks for nothing."""

import re
from html.parser import HTMLParser

import pytest

from annexa.evidence.items import load_items
from tests.support.browser import BROWSER, DRIVER, browser

needs_browser = pytest.mark.skipif(not (BROWSER and DRIVER), reason="Chromium and its driver are not installed")
AUTHORITY = "<b>Ex & Shire</b>\"'"


@pytest.fixture
def index(whole):
    """The index of a build whose authority's name is to be escaped."""
    return whole / "index.html"


class Outline(HTMLParser):
    """The tags of a page, the addresses that it names, and the text of its first column."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.items, self._in_item = [], [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append((tag, given))
        self.addresses += [given[name] for name in ("href", "src", "action", "data") if name in given]
        self._in_item = tag == "th" and given.get("scope") == "row"

    def handle_endtag(self, tag):
        self._in_item = False

    def handle_data(self, data):
        if self._in_item:
            self.items.append(data)


def test_every_item_of_annex_a_is_named_with_its_state(index):
    outline = Outline(index.read_text("utf-8"))
    assert {item.number for item in load_items().items} <= set(outline.items)
    assert {f"List {number}" for number in range(1, 12)} <= set(outline.items)
    assert not re.search(r"<td><span[^>]*></span>", index.read_text("utf-8"))


def test_it_can_be_read_aloud(index):
    """Language, one first heading, headings in order, a caption for each table, and scopes for its headings."""
    outline = Outline(index.read_text("utf-8"))
    names = [tag for tag, _ in outline.tags]
    assert dict(outline.tags)["html"]["lang"] == "en-GB"
    headings = [tag for tag in names if tag in {"h1", "h2", "h3"}]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    assert names.count("table") == names.count("caption") > 1
    assert all(given.get("scope") in {"col", "row"} for tag, given in outline.tags if tag == "th")
    assert "script" not in names


def test_nothing_is_remote_and_links_lead_to_files_of_the_run(index):
    outline = Outline(index.read_text("utf-8"))
    files = [address for address in outline.addresses if not address.startswith("data:")]
    assert "./annex-a.xlsx" in files
    assert len(files) > 12
    for address in files:
        assert (index.parent / address).is_file(), address


def test_what_is_put_in_is_escaped(index):
    text = index.read_text("utf-8")
    assert "<b>Ex" not in text
    assert "&lt;b&gt;Ex &amp; Shire" in text


@needs_browser
def test_in_a_browser(index, tmp_path):
    with browser(tmp_path) as page:
        page.open(index)
        assert page.run("return document.title").startswith("Annex A")
        assert page.run("return document.querySelectorAll('table').length") == 2
        assert AUTHORITY in page.run("return document.body.innerText")
        assert page.printed().startswith(b"%PDF-")
        assert page.console() == []
        own = [address for address in page.requests() if not address.startswith("data:")]
        assert own == [index.as_uri()]
