"""From a seed to the source of a program: the same seed gives the same text, whatever the machine."""

from __future__ import annotations

import random

from generated.queries import Queries
from generated.writes import Writes

STEPS = 12
HEADER = '''"""Generated programs."""

import datetime as dt
import decimal
import uuid

from peewee import *
from peewee import PREFETCH_TYPE, Context, Window
from playhouse.shortcuts import dict_to_model, model_to_dict

from generated.steps import changed, nested, shown
from generated.world import graph, rows, step, world
from parity_program import program
'''
BODY = """

@program
def {name}(t):
    w = world(t{options})
    User, Tweet, Favorite, Category, Typed, Country, City, Pair = (
        w.User, w.Tweet, w.Favorite, w.Category, w.Typed, w.Country, w.City, w.Pair)
    UA, TB, CA = User.alias({ua}), Tweet.alias(), Category.alias({ca})
"""


def file_of(seeds: range) -> str:
    """Returns the source of a program file, one program for each seed."""
    return HEADER + "".join(program_of(seed) for seed in seeds)


def name_of(seed: int) -> str:
    """Names the program of a seed."""
    return f"seed_{seed}"


def program_of(seed: int) -> str:
    """Returns the source of one program: the world, and a step on each line."""
    chance = random.Random(seed)  # noqa: S311  repeatable, not secret
    queries, writes = Queries(chance), Writes(chance)
    share = chance.choice((0.0, 0.5, 0.9))
    options = chance.choice(("", "", "", ", pragmas={'foreign_keys': 1}", ", returning_clause=True"))
    text = BODY.format(
        name=name_of(seed), options=options, ua=chance.choice(("", "'ua'")), ca=chance.choice(("", "'ca'"))
    )
    for number in range(STEPS):
        made = writes.step() if chance.random() < share else queries.step()
        text += f"    step(t, '{number}', lambda: {made})\n"
    return text
