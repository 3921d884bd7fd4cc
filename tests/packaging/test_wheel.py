"""The wheel: built in both ways that users build it, it works in an empty environment with no other package."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = Path(sys.executable)

SCRIPT = """
import importlib.metadata, sys

from redstart import *

db = SqliteDatabase(sys.argv[1])


class User(Model):
    name = CharField(unique=True)

    class Meta:
        database = db


class Tweet(Model):
    user = ForeignKeyField(User, backref="tweets")
    content = TextField()

    class Meta:
        database = db


with db:
    db.create_tables([User, Tweet])
    huey = User.create(name="huey")
    Tweet.insert_many([{"user": huey, "content": text} for text in ("meow", "purr")]).execute()
    try:
        with db.atomic():
            User.create(name="huey")
    except IntegrityError:
        print("taken")
    print([tweet.content for tweet in User.get(User.name == "huey").tweets.order_by(Tweet.id)])
assert db.is_closed()

# In the environment stand the package and the installer, nothing else.
print(sorted({one.metadata["Name"].lower() for one in importlib.metadata.distributions()} - {"pip", "setuptools"}))
"""

BUILDS = {
    "maturin build": ["-m", "maturin", "build", "--release", "--locked", "--interpreter", str(PYTHON), "--out"],
    # What `pip install .` does before it installs; the backend is the one that stands in this environment.
    "pip install": ["-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", ".", "--wheel-dir"],
}


def run(command, **options):
    """Runs a program and fails with all that it wrote."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module", params=BUILDS)
def wheel(request, tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    # The backend calls maturin by its name.
    path = os.pathsep.join([str(PYTHON.parent), os.environ["PATH"]])
    run([str(PYTHON), *BUILDS[request.param], str(out)], cwd=ROOT, env={**os.environ, "PATH": path})
    [built] = out.glob("redstart-*.whl")
    return built


def test_the_wheel_works_in_an_empty_environment(wheel, tmp_path):
    place = tmp_path / "venv"
    venv.create(place, with_pip=False, symlinks=True)
    [python] = place.glob("bin/python")
    install = ["-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", str(wheel)]
    run([str(PYTHON), *install])
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    printed = run([str(python), "-I", "-W", "error", str(script), str(tmp_path / "my_app.db")], cwd=tmp_path)
    assert printed.splitlines() == ["taken", "['meow', 'purr']", "['redstart']"]


def test_the_wheel_holds_types_licence_and_no_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(one for one in names if one.endswith(".dist-info/METADATA"))).decode()
    assert "redstart/py.typed" in names
    assert any(one.startswith("redstart/_native") and one.endswith((".so", ".pyd")) for one in names)
    assert any(one.endswith("licenses/LICENSE") for one in names)
    assert not [one for one in names if "test" in one.split("/")[0]]
    assert not [line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra ==" not in line]
