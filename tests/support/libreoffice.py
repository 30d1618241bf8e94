"""LibreOffice opening a workbook with a password, by a macro of its own: no other way in has a place for one."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

SOFFICE = shutil.which("soffice")
REFUSED = "refused"

_MACRO = """\
Sub Main(source As String, passwords As String, target As String)
  Dim number As Integer
  number = FreeFile
  Open target For Output As #number
  Dim password As String
  For Each password In Split(passwords, "|")
    Print #number, Told(source, password)
  Next
  Close #number
  StarDesktop.terminate()
End Sub

Function Told(source As String, password As String) As String
  Dim how(1) As New com.sun.star.beans.PropertyValue
  how(0).Name = "Hidden"
  how(0).Value = True
  how(1).Name = "Password"
  how(1).Value = password
  Told = "refused"
  On Error Goto Done
  Dim book As Object
  book = StarDesktop.loadComponentFromURL(source, "_blank", 0, how())
  If IsNull(book) Then Exit Function
  Dim sheet As Object
  sheet = book.Sheets.getByIndex(1)
  Dim last As Object
  last = sheet.createCursor()
  last.gotoEndOfUsedArea(False)
  Told = book.Sheets.Count & " " & sheet.Name & " " & (last.RangeAddress.EndRow + 1) & " " & _
    sheet.getCellByPosition(0, 2).String
  book.close(True)
Done:
End Function
"""
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE {kind} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "{file}.dtd">\n'
)
# A profile that is not set up is set up anew, over the macro.
_SET_UP = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/Office">\
<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item></oor:items>
"""
_LIBRARY = 'xmlns:library="http://openoffice.org/2000/library"'


def _profile(folder: Path) -> str:
    """Make a user's profile that has the macro, and return its address."""
    basic = folder / "user" / "basic"
    standard = basic / "Standard"
    standard.mkdir(parents=True)
    for kind, element in (("script", '<library:element library:name="Opening"/>'), ("dialog", "")):
        (basic / f"{kind}.xlc").write_text(
            _HEAD.format(kind="library:libraries", file="libraries")
            + f'<library:libraries {_LIBRARY} xmlns:xlink="http://www.w3.org/1999/xlink">'
            '<library:library library:name="Standard" library:link="false"/></library:libraries>',
            encoding="utf-8",
        )
        (standard / f"{kind}.xlb").write_text(
            _HEAD.format(kind="library:library", file="library")
            + f'<library:library {_LIBRARY} library:name="Standard" library:readonly="false" '
            f'library:passwordprotected="false">{element}</library:library>',
            encoding="utf-8",
        )
    (standard / "Opening.xba").write_text(
        _HEAD.format(kind="script:module", file="module")
        + '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Opening" '
        f'script:language="StarBasic">{escape(_MACRO)}</script:module>',
        encoding="utf-8",
    )
    (folder / "user" / "registrymodifications.xcu").write_text(_SET_UP, encoding="utf-8")
    return folder.as_uri()


def opened_with(path: Path, passwords: Sequence[str], folder: Path) -> list[str]:
    """Open a workbook with each password in turn.

    Returns:
        For each how many sheets it has, the second one's name and rows and its cell A3; REFUSED where it does not open.
    """
    assert SOFFICE is not None
    target = folder / "told.txt"
    call = f'macro:///Standard.Opening.Main("{path.as_uri()}","{"|".join(passwords)}","{target}")'
    command = [SOFFICE, f"-env:UserInstallation={_profile(folder / 'profile')}", "--headless", "--norestore", call]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return target.read_text("utf-8").splitlines()
