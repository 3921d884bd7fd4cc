"""The examples in the docstrings of the package run: one test for each docstring that has one."""

from __future__ import annotations

import doctest
import inspect
import io
import pkgutil
import sys
import types

import pytest

import redstart
from optional_packages import OPTIONAL

PARSER = doctest.DocTestParser()
DESCRIPTORS = (classmethod, staticmethod, property, types.GetSetDescriptorType)
AT_LEAST = 10


def modules():
    """All modules of the package that can be imported here."""
    yield redstart
    for info in pkgutil.walk_packages(redstart.__path__, "redstart."):
        try:
            __import__(info.name)
        except ModuleNotFoundError as missing:
            if missing.name not in OPTIONAL:
                raise
        else:
            yield sys.modules[info.name]


def documented():
    """Yields the name and the docstring of each module, class, function and method, each object once."""
    seen = set()
    for module in modules():
        yield module.__name__, module.__doc__
        for key, value in sorted(vars(module).items()):
            own = (getattr(value, "__module__", None) or "").startswith("redstart")
            if not own or id(value) in seen or not (inspect.isclass(value) or inspect.isroutine(value)):
                continue
            seen.add(id(value))
            yield f"{module.__name__}.{key}", value.__doc__
            if inspect.isclass(value):
                for name, member in sorted(vars(value).items()):
                    if inspect.isroutine(member) or isinstance(member, DESCRIPTORS):
                        yield f"{module.__name__}.{key}.{name}", member.__doc__


def examples():
    """All docstrings with an example, parsed, by the name of what they describe."""
    found = {}
    for name, text in documented():
        if isinstance(text, str) and ">>>" in text:
            found[name] = PARSER.get_doctest(inspect.cleandoc(text), {}, name, name, 0)
    return found


EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_docstring_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(EXAMPLES[name], out=written.write)
    assert runner.failures == 0, written.getvalue()
    assert runner.tries > 0


def test_the_examples_were_found():
    assert len(EXAMPLES) >= AT_LEAST
