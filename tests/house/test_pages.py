"""What the pages name is there: files, make's targets, links between pages."""

from __future__ import annotations

import re

from house import tree

PATH = re.compile(r"`((?:crates|python|tests|examples|benches|docs|requirements)/[\w./-]*|\.ci/\w+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"(?:^    |`)make ([a-z]+)", re.MULTILINE)


def pages():
    """The Markdown pages of the repository, by name."""
    return [file for file in tree.files() if file.suffix == ".md"]


def test_every_path_that_a_page_names_exists():
    named = [(page, path) for page in pages() for path in PATH.findall(page.read_text(encoding="utf-8"))]
    assert len(named) >= 15
    wrong = [f"{tree.relative(page)}: {path}" for page, path in named if not (tree.ROOT / path).exists()]
    assert not wrong


def test_every_link_between_pages_leads_somewhere():
    links = [(page, link) for page in pages() for link in LINK.findall(page.read_text(encoding="utf-8"))]
    assert len(links) >= 6
    wrong = [f"{tree.relative(page)}: {link}" for page, link in links if not (page.parent / link).exists()]
    assert not wrong


def test_every_make_target_that_a_page_names_exists():
    targets = set(re.findall(r"^([a-z]+):.*## ", (tree.ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"setup", "build", "demo", "serve", "test", "lint", "bench", "docs", "clean", "help"} <= targets
    named = {target for page in pages() for target in TARGET.findall(page.read_text(encoding="utf-8"))}
    assert len(named) >= 5
    assert named <= targets
