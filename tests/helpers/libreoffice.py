"""A real LibreOffice without a screen: opens a workbook, does what a person would, and saves it."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from helpers.daemons import until

LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
 <library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple"
  library:link="false"/>
</library:libraries>"""
MODULES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Hand"/></library:library>"""
MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Hand" script:language="StarBasic">{}
</script:module>"""
MACRO = """
Function Hidden() As com.sun.star.beans.PropertyValue
  Dim p As New com.sun.star.beans.PropertyValue
  p.Name = "Hidden" : p.Value = True
  Hidden = p
End Function

Function Filter() As com.sun.star.beans.PropertyValue
  Dim p As New com.sun.star.beans.PropertyValue
  p.Name = "FilterName" : p.Value = "Calc MS Excel 2007 XML"
  Filter = p
End Function

Function At(sheet As Object, title As String, reference As String) As Object
  Dim column As Integer, row As Integer
  While sheet.getCellByPosition(column, 0).String <> title
    column = column + 1
  Wend
  While sheet.getCellByPosition(0, row).String <> reference
    row = row + 1
  Wend
  At = sheet.getCellByPosition(column, row)
End Function

Sub Edit(path As String)
  Dim book As Object, sheet As Object
  book = StarDesktop.loadComponentFromURL(ConvertToURL(path), "_blank", 0, Array(Hidden()))
  {}
  book.close(True)
End Sub
"""


SAVE = "book.storeToURL(ConvertToURL(path), Array(Filter()))"
"""Saves over whatever is there."""


class Sitting:
    """A workbook that somebody keeps open: one step after the other, each when the story says so; the last closes."""

    def __init__(self, signals: Path, steps: int, program: "subprocess.Popen[bytes]") -> None:
        self.signals, self.steps, self.program, self._next = signals, steps, program, 0

    def step(self) -> None:
        """Do the next of the steps."""
        done, trouble = self.signals / f"done-{self._next}", self.signals / "trouble"
        (self.signals / f"go-{self._next}").touch()
        until(lambda: done.exists() or trouble.exists(), lambda: f"LibreOffice never did step {self._next}")
        if trouble.exists():
            raise RuntimeError(f"LibreOffice: {trouble.read_text(encoding='utf-8')}")
        self._next += 1

    def close(self) -> None:
        """The rest of the steps, and home."""
        while self._next < self.steps:
            self.step()
        self.program.wait(timeout=120)

    def walk_out(self) -> None:
        """Whatever is still to be done is not done."""
        self.program.kill()
        self.program.wait(timeout=120)


class Office:
    """LibreOffice with a profile of its own."""

    def __init__(self, program: str, profile: Path) -> None:
        self.program = program
        self.profile = profile

    def edit(self, workbook: Path, sheet: str, *lines: str) -> None:
        """Open, run these lines of Basic with `book` and `sheet` at hand, save as .xlsx."""
        self._lay_out(f'sheet = book.Sheets.getByName("{sheet}")', *lines, SAVE)
        before = workbook.stat().st_mtime_ns
        self._run(f'macro:///Standard.Hand.Edit("{workbook}")')
        if workbook.stat().st_mtime_ns == before:
            raise RuntimeError("LibreOffice did not save the workbook")

    def hold(self, workbook: Path, until: Path) -> "subprocess.Popen[bytes]":
        """Open the workbook as a person does, and keep it open until that file appears."""
        self._lay_out(f'While Not FileExists("{until}")', "Wait 20", "Wend")
        return subprocess.Popen(self._command(f'macro:///Standard.Hand.Edit("{workbook}")'))

    def sit(self, workbook: Path, sheet: str, *steps: Sequence[str]) -> Sitting:
        """Keep the workbook open and do these steps, each a few lines of Basic: `At(sheet, heading, reference)` is a
        cell, `book.store()` saves as Ctrl+S does. Open when this returns."""
        signals = self.profile / f"signals-{time.monotonic_ns()}"
        lines = ["On Error Goto Trouble", f'sheet = book.Sheets.getByName("{sheet}")']
        for number, step in enumerate([(), *steps, ()]):
            wait = [f'While Not FileExists("{signals}/go-{number}")', "Wait 20", "Wend"] if number else []
            lines += [*wait, *step, *_noted(f"{signals}/done-{number}")]
        lines += ["Goto Home", "Trouble:", *_noted(f"{signals}/trouble", 'Error$ & " in line " & Erl'), "Home:"]
        self._lay_out(*lines)
        signals.mkdir()
        program = subprocess.Popen(self._command(f'macro:///Standard.Hand.Edit("{workbook}")'))
        sitting = Sitting(signals, len(steps) + 2, program)
        sitting.step()
        return sitting

    def convert(self, workbook: Path, kind: str, folder: Path) -> Path:
        """The workbook in another format."""
        self._run("--convert-to", kind, "--outdir", str(folder), str(workbook))
        return folder / f"{workbook.stem}.{kind.partition(':')[0]}"

    def _lay_out(self, *lines: str) -> None:
        """Put the macro into the profile."""
        basic = self.profile / "user" / "basic"
        if not basic.exists():
            self._run("--terminate_after_init")  # the first start lays out the profile, over whatever is there
        (basic / "Standard").mkdir(parents=True, exist_ok=True)
        (basic / "script.xlc").write_text(LIBRARY, encoding="utf-8")
        (basic / "Standard" / "script.xlb").write_text(MODULES, encoding="utf-8")
        macro = escape(MACRO.format("\n  ".join(lines)))
        (basic / "Standard" / "Hand.xba").write_text(MODULE.format(macro), encoding="utf-8")

    def _run(self, *arguments: str) -> None:
        subprocess.run(self._command(*arguments), check=True, capture_output=True, timeout=120)

    def _command(self, *arguments: str) -> list[str]:
        profile = f"-env:UserInstallation={self.profile.as_uri()}"
        return [self.program, profile, "--headless", "--norestore", *arguments]


def _noted(path: str, text: str = '"done"') -> list[str]:
    return ["note = FreeFile", f'Open "{path}" For Output As #note', f"Print #note, {text}", "Close #note"]
