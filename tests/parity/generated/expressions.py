"""Random expressions as source text: every operator, function and node over the columns of a scope."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

#: The columns of each model by the kind of their values. `other` may only be compared with values of its own.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "User": {
        "int": ("id", "age"),
        "text": ("username", "bio"),
        "date": ("joined",),
        "bool": ("active",),
        "float": ("rating",),
    },
    "Tweet": {"int": ("id", "likes", "user", "user_id", "reply_to"), "text": ("content",), "date": ("day",)},
    "Favorite": {"int": ("user", "tweet_id", "weight")},
    "Category": {"int": ("id", "parent", "parent_id"), "text": ("name",)},
    "Typed": {
        "int": ("id", "big", "small", "bits"),
        "text": ("fixed",),
        "float": ("double", "money", "rounded"),
        "date": ("stamp",),
        "bool": ("flag",),
    },
    "Country": {"text": ("code", "label")},
    "City": {"int": ("id", "order"), "text": ("name", "country", "twin", "country_code")},
    "Pair": {"int": ("a",), "text": ("b", "note")},
}
INTS = ("0", "1", "2", "3", "-1", "31", "'3'", "2.5", "True", "None", "10**6")
TEXTS = ("'ann'", "'World'", "''", "'a%'", "'_'", '"it\'s"', "'fr'", "None", "5", "b'bob'", "'ä'")
DATES = (
    "dt.datetime(2024, 2, 28, 23, 30, 15)",
    "dt.date(2024, 1, 31)",
    "'2024-02-29'",
    "'2023-06-01 10:00:00'",
    "None",
    "'nonsense'",
)
SPECIAL = (
    ("Typed", "data['n'] == 5"),
    ("Typed", "data['a'][0] == 1"),
    ("Typed", "data.contains({'n': 5})"),
    ("Typed", "data.has_key('s')"),
    ("Typed", "data['n'] > 3"),
    ("Typed", "data == [1, 2, 3]"),
    ("Typed", "data['s'].in_(['x', 'y'])"),
    ("Typed", "data.path('a', 1, 'b').is_null()"),
    ("Typed", "data.length() == 3"),
    ("Typed", "data['s'].as_text().startswith('x')"),
    ("Typed", "key == uuid.UUID(int=7)"),
    ("Typed", "key.in_([str(uuid.UUID(int=7)), None])"),
    ("Typed", "raw_key == uuid.UUID(int=8)"),
    ("Typed", "ip == '10.0.0.1'"),
    ("Typed", "ip << ['10.0.0.1', '1.2.3.4']"),
    ("Typed", "blob == b'\\x00x'"),
    ("Typed", "at > dt.time(1, 0)"),
    ("Typed", "at.hour == 1"),
    ("Typed", "bits.bin_and(4) == 4"),
    ("Typed", "(%s.bits & 1) != 0"),
    ("Typed", "money == decimal.Decimal('12.30')"),
    ("Typed", "rounded == '7.3'"),
    ("Typed", "stamp.year == 2024"),
    ("Typed", "stamp.between(0, 2**31)"),
    ("Typed", "bare == '7'"),
    ("Typed", "bare.in_([2.5, '7'])"),
    ("User", "joined.truncate('month') == dt.datetime(2024, 2, 1)"),
    ("User", "joined.to_timestamp() > 5"),
    ("Tweet", "user == User.get(User.username == 'ann')"),
    ("Tweet", "user.in_(User.select().where(User.active))"),
    ("Tweet", "user == User.select().where(User.username == 'ann')"),
    ("Tweet", "reply_to.is_null()"),
    ("Tweet", "user << [User.get_by_id(1), 2]"),
    ("Tweet", "user_id.in_([1, '2'])"),
    ("Tweet", "user.username == 'ann'"),
)


@dataclasses.dataclass(frozen=True)
class Source:
    """A model or an alias that a query may read: the name of the variable, and of its model."""

    name: str
    model: str


class Expressions:
    """Writes expressions over the columns of the sources in scope."""

    def __init__(self, chance: random.Random, scope: list[Source]) -> None:
        self.chance = chance
        self.scope = scope

    def pick(self, *options: str) -> str:
        return self.chance.choice(options)

    def column(self, kind: str) -> str | None:
        found = [f"{one.name}.{name}" for one in self.scope for name in COLUMNS[one.model].get(kind, ())]
        return self.chance.choice(found) if found else None

    def any_column(self) -> str:
        one = self.chance.choice(self.scope)
        names = [name for names in COLUMNS[one.model].values() for name in names]
        return f"{one.name}.{self.chance.choice(names)}"

    def value(self, depth: int = 2) -> str:
        return self._of(self.chance.choice((self.integer, self.text, self.floating, self.date, self.condition)), depth)

    def _of(self, make: Callable[[int], str], depth: int) -> str:
        return make(depth)

    def integer(self, depth: int = 2) -> str:
        column = self.column("int")
        if depth <= 0 or self.chance.random() < 0.3:
            return column or self.pick("Value(3)", "SQL('4')", "fn.ABS(-2)")
        sub = lambda: self.integer(depth - 1)  # noqa: E731 - a short name for the next level
        choice = self.chance.randrange(16)
        if choice < 5:
            return f"({sub()} {self.pick('+', '-', '*', '/', '%')} {self.pick(sub(), self.pick(*INTS[:6]))})"
        if choice == 5:
            return f"({self.pick('2', '10')} {self.pick('+', '-', '*', '/')} {sub()})"
        if choice == 6:
            return f"fn.{self.pick('ABS', 'COALESCE', 'coalesce', 'IFNULL', 'MAX', 'MIN')}({sub()}, {self.pick(*INTS)})"
        if choice == 7:
            return f"fn.LENGTH({self.text(depth - 1)})"
        if choice == 8:
            return f"Case(None, [({self.condition(depth - 1)}, {self.pick(sub(), '1', 'None')})], {self.pick(sub(), '0', 'None')})"
        if choice == 9:
            return f"Case({sub()}, (({self.pick(*INTS)}, {self.pick('1', sub())}), (2, 'two')))"
        if choice == 10:
            return (
                f"{self.pick(f'{self.text(depth - 1)}.cast({self.type_name()})', f'Cast({sub()}, {self.type_name()})')}"
            )
        if choice == 11:
            date = self.column("date")
            return f"{date}.{self.pick('year', 'month', 'day')}" if date else f"(-{sub()})"
        if choice == 12:
            return f"{sub()}.{self.pick('bin_and', 'bin_or')}({self.pick('1', '3', sub())})"
        if choice == 13:
            return self.scalar()
        if choice == 14:
            return self.pick(
                f"Value({self.pick(*INTS)})", f"SQL('? + 1', [{self.pick('1', '2')}])", f"({sub()}).alias('z')"
            )
        return f"fn.{self.pick('SUM', 'COUNT', 'AVG', 'MAX', 'MIN', 'TOTAL')}({sub()})" if depth > 2 else sub()

    def type_name(self) -> str:
        return self.pick("'INTEGER'", "'TEXT'", "'REAL'", "'integer'")

    def scalar(self) -> str:
        outer = self.chance.choice(self.scope)
        tie = {"User": "Tweet.user == %s.id", "Tweet": "Tweet.reply_to == %s.id"}.get(outer.model)
        where = f".where({tie % outer.name})" if tie and outer.name != "Tweet" else ""
        return f"Tweet.select(fn.{self.pick('COUNT', 'MAX')}(Tweet.id)){where}"

    def text(self, depth: int = 2) -> str:
        column = self.column("text")
        if depth <= 0 or self.chance.random() < 0.35:
            return column or "Value('v')"
        sub = lambda: self.text(depth - 1)  # noqa: E731 - a short name for the next level
        choice = self.chance.randrange(9)
        if choice < 2:
            return f"({sub()} + {self.pick(sub(), self.pick(*TEXTS))})"
        if choice == 2:
            return f"{sub()}.concat({self.pick(sub(), self.pick(*TEXTS))})"
        if choice == 3:
            return f"fn.{self.pick('LOWER', 'UPPER', 'trim', 'HEX', 'typeof', 'QUOTE')}({self.pick(sub(), self.integer(depth - 1))})"
        if choice == 4:
            return f"fn.SUBSTR({sub()}, {self.pick('1', '2')}, {self.pick('1', '3', self.integer(0))})"
        if choice == 5:
            return f"{self.integer(depth - 1)}.cast('TEXT')"
        if choice == 6:
            return f"fn.COALESCE({sub()}, {self.pick(*TEXTS)})"
        if choice == 7:
            return f"({self.pick(*TEXTS[:4])} + {column})" if column else "Value('w')"
        return (
            f"Case(None, [({self.condition(depth - 1)}, {self.pick(*TEXTS)})], {self.pick(sub(), self.pick(*TEXTS))})"
        )

    def floating(self, depth: int = 2) -> str:
        column = self.column("float")
        if not column:
            return f"({self.integer(depth - 1)} * 1.5)"
        if depth <= 0 or self.chance.random() < 0.5:
            return column
        return self.pick(
            f"fn.ROUND({column}, 1)",
            f"({column} * {self.integer(depth - 1)})",
            f"({column} / 2)",
            f"fn.{self.pick('MAX', 'COALESCE')}({column}, {self.pick('1', '0.5', 'None')})",
            f"(-{column})",
            f"(2 - {column})",
        )

    def date(self, depth: int = 2) -> str:
        column = self.column("date")
        if not column or depth <= 0:
            return column or "Value(dt.date(2024, 1, 1))"
        return self.pick(
            column,
            f"{column}.truncate('{self.pick('year', 'month', 'day')}')",
            f"fn.DATE({column})",
            f"fn.MAX({column}, {self.pick(*DATES[:3])})",
            f"{column}.to_timestamp()",
        )

    def condition(self, depth: int = 2) -> str:
        if depth > 0 and self.chance.random() < 0.35:
            left, right = self.condition(depth - 1), self.condition(depth - 1)
            return self.pick(
                f"({left} & {right})",
                f"({left} | {right})",
                f"~({left})",
                f"({left} & ~{right})",
                f"({left} | {self.pick('True', 'None', '1')})",
            )
        kind = self.chance.randrange(12)
        if kind < 4:
            return (
                f"({self.integer(depth - 1)} {self.compare()} {self.pick(self.pick(*INTS), self.integer(depth - 1))})"
            )
        if kind < 7:
            return self.text_condition(depth - 1)
        if kind == 7:
            return f"({self.date(depth - 1)} {self.compare()} {self.pick(*DATES)})"
        if kind == 8:
            column = self.column("bool")
            return (
                self.pick(f"({column} == {self.pick('True', 'False', 'None', '1')})", str(column), f"~{column}")
                if column
                else self.membership(depth)
            )
        if kind == 9:
            special = [(one.name, text) for one in self.scope for model, text in SPECIAL if model == one.model]
            if special:
                name, text = self.chance.choice(special)
                return f"({text % name})" if "%s" in text else f"({name}.{text})"
        return self.membership(depth)

    def compare(self) -> str:
        return self.pick("==", "!=", "<", "<=", ">", ">=")

    def text_condition(self, depth: int) -> str:
        left = self.text(depth)
        method = self.pick("contains", "startswith", "endswith", "like", "ilike", "regexp", "iregexp")
        right = self.pick(*TEXTS, self.text(depth - 1))
        return self.pick(
            f"({left} {self.compare()} {right})",
            f"{left}.{method}({right})",
            f"({left} {self.pick('%', '**')} {self.pick(*TEXTS[:6])})",
            f"{left}.collate('NOCASE') == 'ANN'",
            f"{left}.is_null({self.pick('', 'False', 'True')})",
            f"({left} ^ {right})" if depth > 3 else f"({left} >> None)",
        )

    def membership(self, depth: int) -> str:
        left = self.pick(self.integer(depth - 1), self.column("int") or self.any_column())
        numbers = ", ".join(self.chance.sample(INTS, self.chance.randrange(5)))
        listing = self.pick(
            f"[{numbers}]",
            f"[{numbers}]",
            f"({numbers}{',' if numbers else ''})",
            f"{{1, 2}}" if depth > 2 else "range(3)",
            "Tweet.select(Tweet.id)",
            "User.select()",
            "Tweet.select(Tweet.user).where(Tweet.likes > 1)",
        )
        return self.pick(
            f"{left}.in_({listing})",
            f"{left}.not_in({listing})",
            f"({left} << {listing})",
            f"{left}.between({self.pick(*INTS[:4])}, {self.integer(depth - 1)})",
            f"{left}[1:3]",
            f"{left}.is_null()",
            f"({left} >> None)",
            f"{left} == None",
            f"{left} != None",
            f"~({left}.in_({listing}))",
            f"fn.EXISTS(Tweet.select(Tweet.id).where(Tweet.likes > {left}))"
            if "Tweet." not in left
            else f"{left}.is_null(False)",
            f"{left}.is_distinct_from(3)" if depth > 3 else f"{left} == ({self.scalar()})",
        )
