"""Each framework's integration: one small module over the shared core, a page, and examples that use it and do not."""

from __future__ import annotations

import pytest

from house import tree

FRAMEWORKS = ["aiohttp", "asgi", "bottle", "cherrypy", "django", "falcon", "fastapi"]
FRAMEWORKS += ["flask", "litestar", "pyramid", "quart", "sanic", "starlette", "wsgi"]
PACKAGE = tree.ROOT / "python" / "redstart" / "integrations"
PAGES = tree.ROOT / "docs" / "guide" / "frameworks"
EXAMPLES = tree.ROOT / "examples" / "frameworks"
#: More would be a second core.
MOST_LINES = 150


def lines(name):
    return len((PACKAGE / f"{name}.py").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_integration_is_small(framework):
    assert lines(framework) <= MOST_LINES


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_integration_has_a_page_that_the_overview_names(framework):
    page = (PAGES / f"{framework}.md").read_text(encoding="utf-8")
    assert f"redstart.integrations.{framework}" in page
    assert f"]({framework}.md)" in (PAGES / "requests.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_there_are_examples_with_it_and_with_the_hooks_of_the_documentation(framework):
    folder = EXAMPLES / framework
    assert (folder / "app.py").is_file()
    assert (folder / "integrated.py").is_file()
    programs = {file.name: file.read_text(encoding="utf-8") for file in folder.rglob("*.py")}
    users = {name for name, text in programs.items() if f"redstart.integrations.{framework}" in text}
    assert users
    assert "app.py" not in users


def test_no_integration_is_forgotten():
    examples = {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir() and folder.name != "__pycache__"}
    assert examples == set(FRAMEWORKS)
    pages = {page.stem for page in PAGES.glob("*.md")} - {"requests", "conformance"}
    assert pages == set(FRAMEWORKS)
