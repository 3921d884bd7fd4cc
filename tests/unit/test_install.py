"""Standing in for peewee, each case in a process of its own."""

import subprocess
import sys

import pytest


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


def test_peewee_and_playhouse_are_redstart():
    done = run(
        "import redstart; redstart.install_as_peewee(); redstart.install_as_peewee()\n"
        "import peewee, playhouse.shortcuts, redstart.shortcuts\n"
        "from peewee import *\n"
        "from playhouse.shortcuts import model_to_dict\n"
        "assert Model is redstart.Model and playhouse.shortcuts is redstart.shortcuts\n"
        "print(peewee.__version__, redstart.__version__ != peewee.__version__)"
    )
    assert done.stdout.split() == ["4.5.3", "True"], done.stderr


@pytest.mark.parametrize("name", ["no_such_module", "metadata"])
def test_a_module_that_does_not_exist_is_named(name):
    done = run(f"import redstart; redstart.install_as_peewee()\nimport playhouse.{name}")
    assert f"ModuleNotFoundError: playhouse.{name} does not exist in Redstart yet" in done.stderr


def test_it_refuses_when_peewee_is_imported_already():
    done = run(
        "import sys, types; sys.modules['peewee'] = types.ModuleType('peewee')\n"
        "import redstart; redstart.install_as_peewee()"
    )
    assert "ImportError: redstart.install_as_peewee() came too late: peewee is already imported" in done.stderr
