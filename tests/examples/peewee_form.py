"""An example in the form that the document prints it in: with peewee's own imports, after `install_as_peewee()`.

No test stands here.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: What answers to peewee's name in such a program.
INSTALLED = """
import redstart
redstart.install_as_peewee()
import peewee
assert peewee.Model is redstart.Model, peewee
"""

MODULE = re.compile(r"^from redstart import", re.MULTILINE)
#: What peewee has nothing of keeps its name.
PLAYHOUSE = re.compile(r"^from redstart\.(?!integrations)(\w+) import", re.MULTILINE)

FORMS = ["redstart's names", "peewee's names"]


def in_form(form: str, program: Path, folder: Path) -> Path:
    """Gives an example in a form: itself, or a copy with peewee's imports.

    Args:
        form: One of `FORMS`.
        program: The example.
        folder: The folder for the copy, of all that stands beside it.

    Raises:
        AssertionError: Nothing of the copy imports peewee.
    """
    if form == FORMS[0]:
        return program
    copies = folder / "peewee_form" / program.parent.name
    shutil.copytree(program.parent, copies, ignore=shutil.ignore_patterns("__pycache__"))
    renamed = 0
    for file in copies.rglob("*.py"):
        text, count = re.subn(
            r"^from redstart import", "from peewee import", file.read_text("utf-8"), flags=re.MULTILINE
        )
        text = re.sub(
            r"^from redstart\.(?!integrations)(\w+) import", r"from playhouse.\1 import", text, flags=re.MULTILINE
        )
        renamed += count
        if file.name == program.name:
            docstring, end, rest = text.partition('"""\n')
            text = f"{docstring}{end}{INSTALLED}{rest}"
        file.write_text(text, "utf-8")
    assert renamed, f"{program} does not import redstart"
    return copies / program.name
