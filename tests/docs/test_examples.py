"""The examples in README.md and the guide run, and print what the page says they print.

The Python blocks of a page run in order in one namespace. A block marked `text` right after one of them is what that
one printed. A fence marked `python no-run` is shown only.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").rglob("*.md"))]
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    """A fenced block of a page."""

    language: str
    text: str
    line: int
    end: int
    start: int


def blocks_of(page):
    """All fenced blocks of a page, with the line each begins in."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1].strip(), found[2], text.count("\n", 0, found.start(2)), found.end(), found.start())
        for found in FENCE.finditer(text)
    ]


def promised_output(page, block, following):
    """What the page says the block prints, or None where it says nothing."""
    if following is None or following.language != "text":
        return None
    between = page.read_text(encoding="utf-8")[block.end : following.start]
    return following.text if not between.strip() else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = blocks_of(page)
    assert [one for one in blocks if one.language == "python"], "the page has no example"
    # Some frameworks look names up in the module of a function.
    module = ModuleType(f"example_of_{page.stem}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    space = vars(module)
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language != "python":
            continue
        # Line numbers of a traceback are those of the page.
        code = compile("\n" * block.line + block.text, str(page), "exec")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, space)  # noqa: S102  the examples of this repository
        promised = promised_output(page, block, following)
        if promised is not None:
            assert printed.getvalue() == promised, f"{page.name}, line {block.line}"


def test_the_pages_were_found():
    assert len(PAGES) >= 2
    assert sum(block.language == "python" for page in PAGES for block in blocks_of(page)) >= 10
