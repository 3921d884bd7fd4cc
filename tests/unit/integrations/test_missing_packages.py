"""What an integration says where its framework is not installed."""

from __future__ import annotations

import importlib
import sys

import pytest

NEEDED = {
    "redstart.flask_utils": "flask",
    "redstart.integrations.aiohttp": "aiohttp",
    "redstart.integrations.bottle": "bottle",
    "redstart.integrations.cherrypy": "cherrypy",
    "redstart.integrations.django": "django",
    "redstart.integrations.falcon": "falcon",
    "redstart.integrations.fastapi": "fastapi",
    "redstart.integrations.flask": "flask",
    "redstart.integrations.litestar": "litestar",
    "redstart.integrations.pyramid": "pyramid",
    "redstart.integrations.quart": "quart",
    "redstart.integrations.sanic": "sanic",
    "redstart.integrations.starlette": "starlette",
}


@pytest.mark.parametrize(("module", "package"), NEEDED.items())
def test_a_missing_package_is_named_with_how_to_install_it(monkeypatch, module, package):
    for name in list(sys.modules):
        if name == module or name.partition(".")[0] == package:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModuleNotFoundError, match=rf"(?i)^{module} needs \w+: pip install {package}$") as caught:
        importlib.import_module(module)
    assert caught.value.name == package
