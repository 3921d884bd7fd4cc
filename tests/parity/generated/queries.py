"""Random SELECT queries as source text: joins, aggregates, compounds, CTEs, windows, prefetch, filter()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generated.expressions import COLUMNS, INTS, TEXTS, Expressions, Source

if TYPE_CHECKING:
    import random

#: How one source may be joined to another: (from, to, what `join()` may be given beside the target).
JOINS = (
    (
        "User",
        "Tweet",
        ("", "on=(Tweet.user == User.id)", "on=Tweet.user", "attr='x'", "on=(User.id == Tweet.user), attr='tweet'"),
    ),
    (
        "Tweet",
        "User",
        ("", "on=Tweet.user", "on=(Tweet.user == User.id).alias('x')", "attr='y'", "on=(Tweet.user_id == User.id)"),
    ),
    ("User", "Favorite", ("", "on=Favorite.user", "attr='fav'")),
    ("Tweet", "Favorite", ("", "on=(Favorite.tweet == Tweet.id)")),
    ("Favorite", "Tweet", ("", "on=(Favorite.tweet == Tweet.id)", "attr='x'")),
    ("Favorite", "User", ("", "on=Favorite.user")),
    ("Tweet", "TB", ("on=(Tweet.reply_to == TB.id)", "on=(Tweet.reply_to == TB.id), attr='x'", "on=TB.reply_to", "")),
    (
        "Category",
        "CA",
        (
            "on=(Category.parent == CA.id)",
            "on=(CA.parent == Category.id)",
            "on=(Category.parent == CA.id), attr='boss'",
            "on=Category.parent",
            "",
        ),
    ),
    ("User", "UA", ("on=(User.age == UA.age)", "on=(User.id < UA.id), attr='x'", "")),
    ("Tweet", "UA", ("", "on=(Tweet.user == UA.id)", "on=(Tweet.user == UA.id), attr='x'", "on=Tweet.user")),
    ("TB", "UA", ("", "on=(TB.user == UA.id)", "on=(TB.user == UA.id).alias('x')")),
    (
        "City",
        "Country",
        (
            "on=City.country",
            "on=City.twin",
            "",
            "on=(City.twin == Country.label)",
            "on=(City.country == Country.code), attr='x'",
        ),
    ),
    ("Country", "City", ("on=City.country", "on=City.twin, attr='x'")),
    ("User", "Pair", ("on=(Pair.a == User.id)", "on=(Pair.a == User.id), attr='x'")),
)
MODELS = {"UA": "User", "TB": "Tweet", "CA": "Category"}
LOOKUPS = {
    "User": (
        "username='ann'",
        "age__gt=18",
        "age__in=[17, 31]",
        "username__contains='n'",
        "tweets__likes__gt=2",
        "bio__is=None",
        "tweets__content__ilike='%L%'",
        "favorites__weight__gte=2",
        "age__between=(10, 30)",
        "username__ne='bob'",
        "active=True",
    ),
    "Tweet": (
        "user__username='ann'",
        "likes__lte=3",
        "reply_to__user__age=31",
        "user__tweets__likes=3",
        "content__startswith='h'",
        "favorites__user__username='cyd'",
        "day__is=None",
        "user=1",
        "user__in=[1, 2]",
        "replies__likes__gt=1",
        "nothing=3",
        "likes__nope=3",
    ),
    "Category": (
        "parent__name='root'",
        "name__endswith='t'",
        "parent__is=None",
        "children__name='leaf'",
        "parent__parent__name='root'",
    ),
    "City": ("country__label='France'", "country='fr'", "twin__code='de'", "order__lt=5", "name__regexp='^P'"),
}


class Queries:
    """Writes queries; each is one expression of Python."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def pick(self, *options: str) -> str:
        return self.chance.choice(options)

    def maybe(self, text: str, share: float = 0.3) -> str:
        return text if self.chance.random() < share else ""

    def step(self) -> str:
        """Writes one step that reads."""
        kind = self.chance.randrange(20)
        if kind < 8:
            return self.rows(self.select())
        if kind < 10:
            return self.rows(self.aggregate())
        if kind == 10:
            return self.rows(self.compound())
        if kind == 11:
            return self.rows(self.cte())
        if kind == 12:
            return self.rows(self.window())
        if kind == 13:
            return self.prefetch()
        if kind < 16:
            return self.filtered()
        if kind == 16:
            return self.from_subquery()
        if kind == 17:
            return self.expression()
        return self.ending()

    def rows(self, query: str) -> str:
        return f"rows({query}{self.shape()})"

    def shape(self) -> str:
        return self.pick("", "", "", "", ".dicts()", ".tuples()", ".objects()", ".namedtuples()", ".tuples()")

    def sources(self, most: int = 3) -> tuple[Source, str]:
        """Gives the first source, and the text of the joins; `scope` then holds all of them."""
        name = self.pick(
            "User", "User", "Tweet", "Tweet", "Category", "City", "Typed", "Country", "Pair", "Favorite", "UA", "TB"
        )
        start = Source(name, MODELS.get(name, name))
        self.scope = [start]
        current, joins = name, ""
        for _ in range(self.chance.randrange(most)):
            used = {one.name for one in self.scope}
            if self.chance.random() < 0.3:
                current = self.pick(*sorted(used))
                joins += f".switch({current})"
            found = [(to, how) for begin, to, how in JOINS if begin == current and to not in used]
            if not found:
                break
            target, how = self.chance.choice(found)
            kind = self.pick("", "", "", "JOIN.LEFT_OUTER", "JOIN.LEFT_OUTER", "JOIN.INNER", "JOIN.CROSS", "'LEFT'")
            given = ", ".join(part for part in (target, kind, self.pick(*how)) if part)
            if self.chance.random() < 0.12 and ".switch" not in joins:
                joins += f".join_from({current}, {given})"
            else:
                joins += f".join({given})"
            self.scope.append(Source(target, MODELS.get(target, target)))
            current = target
        return start, joins

    def columns(self, write: Expressions) -> str:
        """Writes what is selected."""
        parts = []
        for one in self.scope:
            names = [name for found in COLUMNS[one.model].values() for name in found]
            parts.append(
                self.pick(
                    "",
                    one.name,
                    one.name,
                    f"{one.name}.{self.chance.choice(names)}",
                    f"{one.name}.{self.chance.choice(names)}.alias('{self.pick('x', 'name')}')",
                )
            )
        parts.extend(self.maybe(f"({write.value(2)}).alias('{alias}')", 0.3) for alias in ("n", "y"))
        parts.append(self.maybe(write.value(1), 0.2))
        return ", ".join(part for part in parts if part)

    def select(self) -> str:
        start, joins = self.sources()
        write = Expressions(self.chance, self.scope)
        text = f"{start.name}.select({self.columns(write)}){joins}"
        for _ in range(self.chance.randrange(3)):
            text += f".{self.pick('where', 'where', 'where', 'orwhere')}({self.conditions(write)})"
        text += self.maybe(".distinct()", 0.1)
        text += f".order_by({self.order(write)})"
        text += self.maybe(f".limit({self.pick('1', '2', '3', '0', 'None')})", 0.2) + self.maybe(
            f".offset({self.pick('1', '2', '0')})", 0.15
        )
        return text + self.maybe(f".paginate({self.pick('1, 2', '2, 1', '0', '1')})", 0.05)

    def conditions(self, write: Expressions) -> str:
        return ", ".join(write.condition(self.chance.randrange(4)) for _ in range(self.chance.choice((1, 1, 1, 2))))

    def order(self, write: Expressions) -> str:
        one = self.pick(
            f"{write.any_column()}.desc()",
            f"-{write.any_column()}",
            f"+{write.any_column()}",
            f"{write.integer(1)}.asc()",
            write.any_column(),
            "SQL('1')",
            f"{write.any_column()}.desc(nulls='{self.pick('first', 'LAST')}')",
            f"{write.any_column()}.asc(nulls='first')",
            f"{write.any_column()}.asc(collation='NOCASE')",
        )
        return ", ".join(
            [
                one,
                *(
                    f"{source.name}.{'id' if 'id' in COLUMNS[source.model].get('int', ()) else write_key(source.model)}"
                    for source in self.scope
                ),
            ]
        )

    def aggregate(self) -> str:
        start, joins = self.sources(2)
        write = Expressions(self.chance, self.scope)
        group = self.pick(
            write.any_column(),
            write.any_column(),
            start.name,
            f"{write.any_column()}, {write.integer(1)}",
            write.text(1),
        )
        made = f"fn.{self.pick('COUNT', 'SUM', 'MAX', 'MIN', 'AVG', 'Count', 'group_concat', 'TOTAL')}({write.pick(write.any_column(), write.integer(1))}{self.maybe('.distinct()', 0.1)})"
        made += self.maybe(f".filter({write.condition(1)})", 0.15)
        selected = self.pick(start.name, group, write.any_column())
        text = f"{start.name}.select({selected}, {made}.alias('{self.pick('n', 'total')}')){joins}"
        text += self.maybe(f".where({write.condition(2)})", 0.5) + f".group_by({group})"
        text += self.maybe(f".having({made} {write.compare()} {self.pick(*INTS)})", 0.4)
        return text + f".order_by({self.pick(made, 'SQL(1)', 'SQL(' + repr('n') + ')')}, {group})"

    def compound(self) -> str:
        def part() -> str:
            name = self.pick("User", "Tweet", "Category")
            self.scope = [Source(name, name)]
            write = Expressions(self.chance, self.scope)
            return f"{name}.select({name}.id, {write.column('text')}.alias('name')).where({write.condition(2)})"

        text = part()
        for _ in range(self.chance.randrange(1, 4)):
            sign = self.pick("|", "&", "-", "+", "^", "union", "union_all", "intersect", "except_")
            text = f"({text} {sign} {part()})" if len(sign) == 1 else f"{text}.{sign}({part()})"
            if self.chance.random() < 0.15:
                text = f"{part()}.union({text})"
        text = (
            f"({text}).order_by({self.pick('SQL(' + repr('1, 2') + ')', 'SQL(' + repr('name') + '), SQL(' + repr('id') + ')')})"
            + self.maybe(f".limit({self.pick('1', '3')})")
            + self.maybe(".offset(1)", 0.1)
        )
        if self.chance.random() < 0.2:
            return f"(lambda s: s.select_from(s.c.name, fn.COUNT(s.c.id).alias('n')).group_by(s.c.name).order_by(s.c.name))({text}.alias('s'))"
        return text

    def cte(self) -> str:
        self.scope = [Source("Tweet", "Tweet")]
        write = Expressions(self.chance, self.scope)
        inner = f"Tweet.select(Tweet.user, ({write.integer(2)}).alias('n')).where({write.condition(2)})"
        options = self.pick("", "", ", columns=('user_id', 'n')", ", materialized=True")
        return self.pick(
            f"(lambda c: User.select(User.username, c.c.n).join(c, on=(c.c.user_id == User.id)).with_cte(c).order_by(User.id, c.c.n))({inner}.cte('c'{options}))",
            f"(lambda c: c.select_from(c.c.user_id, fn.SUM(c.c.n).alias('total')).group_by(c.c.user_id).order_by(c.c.user_id))({inner}.cte('c'{options}))",
            f"User.select().with_cte({inner}.cte('c')).where(User.id.in_(SQL('(select user_id from c)'))).order_by(User.id)",
            self.tree(),
        )

    def tree(self) -> str:
        both = self.pick("union_all", "union_all", "union", "+")
        level = self.pick("(tree.c.level + 1)", "(1 + tree.c.level)")
        step = f"CA.select(CA.id, CA.name, {level}.alias('level'), {self.pick('tree.c.path.concat(CA.name)', 'tree.c.path + CA.name', 'CA.name')}).join(tree, on=(CA.parent == tree.c.id))"
        return (
            (
                "(lambda base: (lambda tree: (lambda whole: whole.select_from(whole.c.id, whole.c.name, whole.c.level, whole.c.path)"
                ".order_by(whole.c.level, whole.c.id))("
                + (f"base.{both}({step})" if both != "+" else f"tree + ({step})")
                + f"))({'base'}.cte('tree', recursive=True, columns=('id', 'name', 'level', 'path'))))"
                f"(Category.select(Category.id, Category.name, Value({self.pick('0', '1')}).alias('level'), Category.name.alias('path')).where(Category.parent.is_null()))"
            ).replace("(lambda whole: whole.select_from", "(lambda whole: whole.select_from")
            if both == "+"
            else (
                "(lambda tree: (lambda whole: whole.select_from(whole.c.id, whole.c.name, whole.c.level).order_by(whole.c.level, whole.c.id))"
                f"(tree.{both}({step})))(Category.select(Category.id, Category.name, Value(0).alias('level'), Category.name.alias('path'))"
                ".where(Category.parent.is_null()).cte('tree', recursive=True))"
            )
        )

    def window(self) -> str:
        self.scope = [Source("Tweet", "Tweet")]
        write = Expressions(self.chance, self.scope)
        call = self.pick(
            "fn.RANK()",
            "fn.ROW_NUMBER()",
            f"fn.SUM({write.integer(1)})",
            "fn.LAG(Tweet.likes, 1)",
            "fn.NTILE(2)",
            "fn.FIRST_VALUE(Tweet.content)",
            "fn.COUNT(Tweet.id)",
        )
        frame = self.pick(
            "",
            "",
            ", start=Window.preceding(1), end=Window.following(1)",
            ", start=Window.preceding()",
            ", start=Window.CURRENT_ROW, end=Window.following(), frame_type=Window.ROWS",
            ", frame_type=Window.RANGE, start=Window.preceding(), end=Window.CURRENT_ROW, exclude=Window.TIES",
        )
        parts = f"partition_by=[{self.pick('Tweet.user', write.integer(1))}], order_by=[{self.pick('Tweet.likes.desc(), Tweet.id', 'Tweet.id', '-Tweet.id')}]{frame}"
        made = f"{call}{self.maybe(f'.filter({write.condition(1)})', 0.1)}"
        if self.chance.random() < 0.4:
            return f"(lambda w: Tweet.select(Tweet.id, {made}.over({self.pick('w', 'window=w')}).alias('n'), fn.MIN(Tweet.likes).over(w).alias('y')).window(w).order_by(Tweet.id))(Window({parts}{self.maybe(', alias=' + repr('w2'))}))"
        if self.chance.random() < 0.4:
            return f"(lambda s: Tweet.select(Tweet, s.c.n).join(s, on=(s.c.id == Tweet.id)){self.maybe('.where(s.c.n <= 1)')}.order_by(Tweet.id))(Tweet.select(Tweet.id, {made}.over({parts}).alias('n')).alias('s'))"
        return f"Tweet.select(Tweet.id, {made}.over({parts}).alias('n')).order_by(Tweet.id)"

    def prefetch(self) -> str:
        kind = self.pick("", ", prefetch_type=PREFETCH_TYPE.JOIN", ", prefetch_type=PREFETCH_TYPE.WHERE")
        where = self.maybe(".where(User.age > 17)") + ".order_by(User.id)" + self.maybe(".limit(2)", 0.2)
        return self.pick(
            f"[(u.username, [(x.content, [f.weight for f in x.favorites]) for x in u.tweets]) for u in prefetch(User.select(){where}, Tweet.select().order_by(Tweet.id){self.maybe('.where(Tweet.likes > 0)')}, Favorite{kind})]",
            f"[(u.username, [x.id for x in u.tweets], [f.weight for f in u.favorites]) for u in User.select(){where}.prefetch(Tweet{self.maybe('.select(Tweet, User.username).join(User)')}, Favorite.select(){kind})]",
            f"[(x.content, x.user.username, x.user.__dict__.keys() & {{1}}, graph(x)) for x in Tweet.select().order_by(Tweet.id).prefetch(User{kind})]",
            f"[(c.name, [(k.name, [l.name for l in k.children]) for k in c.children]) for c in prefetch(Category.select().where(Category.parent.is_null()), CA.select(){self.maybe(', (CA, Category)')}{kind})]",
            f"[(c.name, graph(c)) for c in City.select().order_by(City.id).prefetch(Country{kind})]",
            f"[(c.code, [x.name for x in c.city_set], [x.name for x in c.twins]) for c in Country.select().order_by(Country.code).prefetch(City{kind})]",
        )

    def filtered(self) -> str:
        model = self.chance.choice(sorted(LOOKUPS))
        given = self.chance.sample(LOOKUPS[model], self.chance.choice((1, 1, 2, 2, 3)))
        if self.chance.random() < 0.35:
            dqs = [f"DQ({one})" if self.chance.random() < 0.7 else f"~DQ({one})" for one in given]
            text = self.pick(" & ", " | ").join(dqs)
        else:
            keys: dict[str, str] = {one.split("=")[0]: one for one in given}
            text = ", ".join(keys.values())
        end = self.maybe(f".filter({self.chance.choice(LOOKUPS[model])})", 0.25)
        base = self.pick(
            f"{model}.filter", f"{model}.select().filter", f"{model}.select().where({model}.id > 0).filter"
        )
        return f"rows({base}({text}){end}.order_by({model}.id))"

    def from_subquery(self) -> str:
        inner = self.select().split(".paginate")[0]
        return self.pick(
            f"(lambda s: [rows(s.select_from(s.c.id).tuples()), rows(User.select(User.id).where(User.id.in_(s)))])(User.select(User.id, User.age).where(User.age > 1).order_by(User.id).alias('s'))",
            f"rows(({inner}).tuples().alias('q').select_from(SQL('*')).tuples())",
            f"rows(User.select(User, fn.COUNT(SQL('1')).alias('n')).from_(User, Tweet).where(Tweet.user == User.id).group_by(User).order_by(User.id))",
            f"(lambda s: rows(User.select(User.username, s.c.n).join(s, {self.pick('JOIN.LEFT_OUTER, ', '')}on=(User.id == s.c.user_id){self.maybe(', attr=' + repr('sub'))}).order_by(User.id)))(Tweet.select(Tweet.user, fn.COUNT(Tweet.id).alias('n')).group_by(Tweet.user).alias('s'))",
            f"rows(Tweet.select().where(Tweet.id.in_({inner})))"
            if self.chance.random() < 0.3
            else "rows(Tweet.select().where(Tweet.user.in_(User.select(User.id).where(User.age.is_null()))).order_by(Tweet.id))",
            "rows(User.select(User.id, User.tweets.select(fn.COUNT(Tweet.id)).alias('n')) if 0 else User.select(User.username).where(fn.EXISTS(Tweet.select(SQL('1')).where(Tweet.user == User.id, Tweet.likes > 5))))",
            f"rows(ValuesList([(1, 'a'), (2, 'b')], columns=('k', 'v'), alias='vl').select(SQL('*')).order_by(SQL('1')).bind(w.db).tuples())",
            f"(lambda v: rows(User.select(User.username, v.c.v).join(v, on=(v.c.k == User.id)).order_by(User.id)))(ValuesList([(1, 'a'), (2, {self.pick(*TEXTS)})]).columns('k', 'v').alias('v'))",
        )

    def expression(self) -> str:
        """Writes an expression and shows its SQL alone."""
        self.sources(2)
        write = Expressions(self.chance, self.scope)
        given = self.pick(write.condition(3), write.value(3))
        return self.pick(
            f"{self.scope[0].name}.select(({given})).sql()",
            f"w.db.get_sql_context().sql({given}).query()",
            f"Context().sql({given}).query()",
        )

    def ending(self) -> str:
        """Writes a query that is ended by a method which runs it."""
        query = self.select().split(".paginate")[0]
        end = self.pick(
            ".count()",
            ".exists()",
            ".first()",
            ".get()",
            ".peek(2)",
            ".first(2)",
            ".scalar()",
            ".scalar(as_tuple=True)",
            ".scalars()",
            ".get_or_none()",
            ".count(clear_limit=True)",
            ".dicts().get()",
            ".tuples().first()",
            ".len()",
            ".iterator()",
            "[0]",
            "[1:3]",
            ".as_dict()",
            ".scalar(as_dict=True)",
        )
        if end == ".len()":
            return f"len({query})"
        if end in {".scalars()", ".iterator()"}:
            return f"[graph(one) for one in {query}{end}]"
        if end == "[1:3]":
            return f"[graph(one) for one in {query}[1:3]]"
        if end in {".get()", ".get_or_none()", ".first()", "[0]"}:
            return f"graph({query}{end})"
        return f"shown({query}{end})"


def write_key(model: str) -> str:
    """Gives a column that orders the rows of a model without an id."""
    return {"Favorite": "weight", "Country": "code", "Pair": "b"}[model]
