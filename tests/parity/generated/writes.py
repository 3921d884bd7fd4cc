"""Random writes as source text: inserts, updates, deletes, upserts, instances, transactions, schema changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generated.expressions import DATES, INTS, TEXTS, Expressions, Source

if TYPE_CHECKING:
    import random

VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "User": {
        "username": ("'ann'", "'new'", "'n2'", "None", "5"),
        "age": INTS,
        "active": ("True", "False", "0", "''", "None"),
        "joined": DATES,
        "bio": TEXTS,
        "rating": ("1", "'2.5'", "None", "'bad'"),
    },
    "Tweet": {
        "user": ("1", "2", "User.get_by_id(1)", "None", "99", "'3'"),
        "content": TEXTS,
        "likes": INTS,
        "day": DATES,
        "reply_to": ("None", "1", "Tweet.get_by_id(2)"),
    },
    "Category": {"name": TEXTS, "parent": ("None", "1", "2", "Category.get_by_id(1)")},
    "City": {
        "name": TEXTS,
        "country": ("'fr'", "None", "Country.get_by_id('de')", "'zz'"),
        "twin": ("None", "'France'", "Country.get_by_id('de')"),
        "order": INTS,
    },
    "Country": {"code": ("'fr'", "'it'", "'uk'", "None"), "label": ("'France'", "'Italy'", "'UK'")},
    "Pair": {"a": ("1", "2", "3"), "b": ("'x'", "'z'", "5"), "note": TEXTS},
    "Favorite": {
        "user": ("1", "2", "User.get_by_id(3)"),
        "tweet": ("1", "2", "3"),
        "weight": ("1", "5", "200", "None"),
    },
    "Typed": {
        "big": INTS,
        "small": INTS,
        "double": ("'1.5'", "1", "None", "'x'"),
        "money": ("'1.239'", "2", "1.1", "decimal.Decimal('3')", "None"),
        "rounded": ("'1.25'", "2.349", "None", "0"),
        "fixed": TEXTS,
        "blob": ("b'x'", "'ä'", "bytearray(b'q')", "None"),
        "bits": ("3", "None", "0"),
        "key": ("uuid.UUID(int=9)", "str(uuid.UUID(int=9))", "None", "uuid.UUID(int=3).bytes"),
        "raw_key": ("uuid.UUID(int=9)", "'zz'", "None", "uuid.UUID(int=5).hex"),
        "at": ("dt.time(5)", "'05:06'", "dt.timedelta(seconds=5)", "None"),
        "stamp": ("0", "1700000000", "dt.datetime(2020, 1, 1)", "'2020-01-01'", "dt.date(2021, 2, 3)"),
        "ip": ("'1.2.3.4'", "'x'", "None"),
        "flag": ("True", "'no'", "None", "0"),
        "data": ("{'k': [1]}", "None", "'text'", "5", "[]", "True"),
        "bare": ("1", "b'z'", "'t'"),
    },
}
CONFLICT: dict[str, str] = {
    "User": "User.username",
    "Country": "Country.label",
    "Pair": "Pair.a, Pair.b",
    "Category": "Category.name, Category.parent",
}


class Writes:
    """Writes steps that change the database; each is one expression of Python."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def pick(self, *options: str) -> str:
        return self.chance.choice(options)

    def maybe(self, text: str, share: float = 0.3) -> str:
        return text if self.chance.random() < share else ""

    def step(self, *, nested: bool = False) -> str:
        """Writes one step."""
        kinds = [
            self.insert,
            self.insert,
            self.insert,
            self.many,
            self.update,
            self.update,
            self.delete,
            self.upsert,
            self.upsert,
            self.instance,
            self.instance,
            self.instance,
            self.bulk,
            self.related,
            self.insert_from,
            self.schema,
        ]
        if not nested:
            kinds += [self.transaction, self.transaction]
        return self.chance.choice(kinds)()

    def model(self) -> str:
        return self.chance.choice(sorted(VALUES))

    def chosen(self, model: str, least: int = 1) -> dict[str, str]:
        names = list(VALUES[model])
        must = [
            name
            for name in names
            if name in {"username", "user", "tweet", "name", "code", "label", "a", "b"} and self.chance.random() < 0.9
        ]
        more = self.chance.sample(names, self.chance.randrange(least, min(4, len(names)) + 1))
        return {name: self.chance.choice(VALUES[model][name]) for name in names if name in must or name in more}

    def keywords(self, given: dict[str, str]) -> str:
        return ", ".join(f"{name}={value}" for name, value in given.items())

    def mapping(self, model: str, given: dict[str, str]) -> str:
        by_field = self.chance.random() < 0.4
        return (
            "{"
            + ", ".join(f"{f'{model}.{name}' if by_field else repr(name)}: {value}" for name, value in given.items())
            + "}"
        )

    def write(self, model: str) -> Expressions:
        return Expressions(self.chance, [Source(model, model)])

    def returning(self, model: str) -> str:
        if self.chance.random() < 0.75:
            return ""
        column = self.write(model).any_column()
        return (
            f".returning({self.pick('', model, column, f'{model}, {column}.alias({chr(39)}x{chr(39)})')})"
            + self.pick("", ".dicts()", ".tuples()", ".namedtuples()", ".objects()")
        )

    def insert(self) -> str:
        model = self.model()
        given = self.chosen(model)
        text = self.pick(
            f"{model}.insert({self.keywords(given)})",
            f"{model}.insert({self.mapping(model, given)})",
            f"{model}.{self.pick('insert', 'replace')}(**{self.mapping_by_name(given)})",
        )
        return f"rows({text}{self.maybe('.on_conflict_ignore()', 0.1)}{self.maybe('.as_rowcount()', 0.1)}{self.returning(model)})"

    def mapping_by_name(self, given: dict[str, str]) -> str:
        return "{" + ", ".join(f"{name!r}: {value}" for name, value in given.items()) + "}"

    def many(self) -> str:
        model = self.model()
        given = [self.chosen(model) for _ in range(self.chance.choice((0, 1, 2, 3)))]
        if self.chance.random() < 0.5:
            listing = ", ".join(self.mapping(model, one) for one in given)
            text = f"[{listing}]"
            fields = ""
        else:
            names = self.chance.sample(list(VALUES[model]), min(3, len(VALUES[model])))
            listing = ", ".join(
                "(" + "".join(f"{self.chance.choice(VALUES[model][name])}, " for name in names) + ")" for _ in given
            )
            text = f"[{listing}]"
            fields = f", fields=[{', '.join(f'{model}.{name}' if self.chance.random() < 0.8 else repr(name) for name in names)}]"
        method = self.pick("insert_many", "insert_many", "replace_many")
        return f"rows({model}.{method}({text}{fields}){self.maybe('.on_conflict_ignore()', 0.15)}{self.maybe('.as_rowcount()', 0.15)}{self.returning(model)})"

    def insert_from(self) -> str:
        write = self.write("User")
        return self.pick(
            f"rows(Category.insert_from(User.select({write.text(2)}, {self.pick('Value(None)', 'Value(1)', 'SQL(' + repr('NULL') + ')')}).where({write.condition(2)}), fields=[Category.name, Category.parent]){self.returning('Category')})",
            f"rows(Pair.insert_from(User.select(User.id, User.username), [Pair.a, {self.pick('Pair.b', repr('b'))}]))",
            f"rows(Tweet.insert(user=User.select(fn.MIN(User.id)), content=fn.UPPER({self.pick(*TEXTS)}), likes={self.pick('Value(3)', 'fn.ABS(-3)', 'SQL(' + repr('7') + ')')}))",
        )

    def update(self) -> str:
        model = self.model()
        write = self.write(model)
        given = self.chosen(model)
        for name in given:
            if self.chance.random() < 0.4:
                given[name] = {
                    "likes": f"Tweet.likes + {self.pick('1', 'Tweet.id')}",
                    "age": f"Case(None, [({write.condition(1)}, 1)], User.age)",
                    "bio": "User.bio.concat('!')",
                    "order": "City.order * 2",
                    "weight": "Favorite.weight - 1",
                    "bits": f"Typed.bits {self.pick('| 2', '& 4', '- 1')}",
                    "data": "Typed.data['n'].set(9)",
                    "note": "fn.COALESCE(Pair.note, 'none')",
                }.get(name, given[name])
        text = self.pick(f"{model}.update({self.keywords(given)})", f"{model}.update({self.mapping(model, given)})")
        text += self.maybe(f".where({write.condition(2)})", 0.9)
        if self.chance.random() < 0.08:
            return "rows(User.update(age=Tweet.likes).from_(Tweet).where(Tweet.user == User.id))"
        return f"rows({text}{self.returning(model)})"

    def delete(self) -> str:
        model = self.model()
        write = self.write(model)
        return self.pick(
            f"rows({model}.delete().where({write.condition(2)}){self.returning(model)})",
            f"rows({model}.delete().where({write.condition(2)}))",
            f"{model}.delete_by_id({self.pick('1', '2', repr('fr'), '(1, ' + repr('x') + ')', '99')})",
            f"shown({model}.get_by_id({self.pick('1', '2')}).delete_instance({self.pick('', 'recursive=True', 'recursive=True, delete_nullable=True')}))",
        )

    def upsert(self) -> str:
        model = self.chance.choice(sorted(CONFLICT))
        given = self.chosen(model)
        write = self.write(model)
        column = self.chance.choice(list(VALUES[model]))
        excluded = f"EXCLUDED.{column}"
        update = f"update={{{model}.{column}: {self.pick(self.chance.choice(VALUES[model][column]), excluded, f'fn.COALESCE({excluded}, {model}.{column})')}}}"
        options = [f"conflict_target=[{CONFLICT[model]}]"]
        options += self.chance.sample(
            [update, f"preserve=[{model}.{column}]", f"where=({write.condition(1)})", f"preserve={model}.{column}"],
            self.chance.choice((1, 1, 2)),
        )
        seen: dict[str, str] = {one.split("=")[0]: one for one in options}
        conflict = self.pick(
            f".on_conflict({', '.join(seen.values())})",
            f".on_conflict({', '.join(seen.values())})",
            ".on_conflict_replace()",
            ".on_conflict_ignore()",
            f".on_conflict('{self.pick('REPLACE', 'ignore', 'ROLLBACK')}')",
            f".on_conflict({', '.join(list(seen.values())[1:])})",
            f".on_conflict(action='update', {', '.join(seen.values())})",
        )
        text = self.pick(
            f"{model}.insert({self.keywords(given)})", f"{model}.insert_many([{self.mapping(model, given)}])"
        )
        return f"rows({text}{conflict}{self.returning(model)})"

    def instance(self) -> str:
        model = self.model()
        given = self.chosen(model)
        words = self.keywords(given)
        other = self.chosen(model)
        assign = f"changed({model}({words}), {self.mapping_by_name(other)})"
        key = self.pick("1", "2", "'fr'", "(1, 'x')", "99", "None")
        return self.pick(
            f"graph({model}.create({words}))",
            f"shown({assign}.save({self.pick('', '', 'force_insert=True', f'only=[{model}.{next(iter(given))}]')}))",
            f"[graph(one) for one in [{assign}] if one.save() or True]",
            f"graph({model}.get_or_none({model}.{next(iter(given))} == {given[next(iter(given))]}))",
            f"(lambda pair: [graph(pair[0]), pair[1]])({model}.get_or_create({words}{self.maybe(f', defaults={self.mapping_by_name(other)}')}))",
            f"graph({model}.get_by_id({key}))",
            f"graph({model}.get({words}))",
            f"shown({model}.set_by_id({key}, {self.mapping_by_name(other)}))",
            f"shown(changed({model}.get_by_id({key}), {self.mapping_by_name(other)}).save({self.pick('', f'only=[{model}.{next(iter(other))}]')}))",
            f"graph({model}[{key}])",
            f"len({model})",
            f"{key} in {model}",
            f"[{model}.get_or_none({words}) == {model}({words}), hash({model}({words})) == hash({model}({words}))]",
            f"model_to_dict({model}({words}){self.pick('', ', recurse=False', ', only=[' + model + '.' + next(iter(given)) + ']')})",
            f"graph(dict_to_model({model}, {self.mapping_by_name(given)}))",
            f"[sorted({model}({words}).__data__), {model}({words}).is_dirty(), sorted(f.name for f in {model}({words}).dirty_fields)]",
        )

    def bulk(self) -> str:
        model = self.model()
        made = ", ".join(f"{model}({self.keywords(self.chosen(model))})" for _ in range(self.chance.randrange(4)))
        field = self.chance.choice(list(VALUES[model]))
        value = self.chance.choice(VALUES[model][field])
        return self.pick(
            f"(lambda l: [{model}.bulk_create(l{self.maybe(', batch_size=2')}), [graph(one) for one in l]])([{made}])",
            f"{model}.bulk_update([changed(one, {{'{field}': {value}}}) for one in {model}.select()], fields=[{self.pick(f'{model}.{field}', repr(field))}]{self.maybe(', batch_size=2')})",
        )

    def related(self) -> str:
        return self.pick(
            "[one.content for one in User.get(User.username == 'ann').tweets.order_by(Tweet.id)]",
            "graph(Tweet.get_by_id(1).user)",
            "[Tweet.get_by_id(2).reply_to.user.username, Tweet.get_by_id(1).user_id]",
            "rows(User.get_by_id(1).tweets.where(Tweet.likes > 1).order_by(Tweet.id))",
            "User.get_by_id(1).favorites.count()",
            "graph(City.get_by_id(1).country)",
            "[City.get_by_id(1).country_code, City.get_by_id(2).twin_id]",
            "City.get_by_id(1).twin.label",
            "rows(Category.get_by_id(1).children.order_by(Category.id))",
            "graph(changed(Tweet.get_by_id(1), {'user': 2}).user)",
            "graph(changed(Tweet.get_by_id(1), {'user': User(username='q')}))",
            "[sorted(k.name for k, _ in User.get_by_id(1).dependencies()), [q.sql() for q, _ in User.get_by_id(1).dependencies(search_nullable=True)]]"
            if self.chance.random() < 0.1
            else "graph(Favorite.get(Favorite.user == 1))",
            "Favorite.get(Favorite.user == 1)._pk",
            "shown(Favorite.get(Favorite.user == 1).delete_instance())",
            "Tweet(user=User.get_by_id(1)).user.username",
            "Tweet().user",
            "User(username='u').tweets.sql()",
        )

    def transaction(self) -> str:
        """Writes nested blocks; some end with an exception, some are rolled back by hand."""
        kinds = [
            self.pick("atomic", "atomic", "transaction", "savepoint", "manual_commit")
            if self.chance.random() < 0.5
            else "atomic"
            for _ in range(self.chance.randrange(1, 4))
        ]
        steps = [self.step(nested=True) for _ in range(len(kinds))]
        ends = [self.pick("go", "go", "fail", "rollback", "commit", "fail") for _ in kinds]
        listing = ", ".join(
            f"({kind!r}, lambda: {step}, {end!r})" for kind, step, end in zip(kinds, steps, ends, strict=True)
        )
        return f"nested(w.db, [{listing}])"

    def schema(self) -> str:
        model = self.model()
        return self.pick(
            f"[{model}.table_exists(), w.db.get_tables(), [c.name for c in w.db.get_columns({model}._meta.table_name)]]",
            f"w.db.get_indexes({model}._meta.table_name)",
            f"w.db.get_foreign_keys({model}._meta.table_name)",
            f"w.db.get_primary_keys({model}._meta.table_name)",
            f"{model}.truncate_table()" if self.chance.random() < 0.1 else f"{model}.create_table()",
            f"{model}.add_index({model}.{self.chance.choice(list(VALUES[model]))}, unique=True)",
            f"[q.query() for q in {model}._schema._create_indexes()] if 0 else {model}.index({model}.{self.chance.choice(list(VALUES[model]))}, where=({self.write(model).condition(1)})).safe(False)",
            f"w.db.create_tables([{model}])",
            f"[c.query() for c in [{model}._schema._create_table()]]",
        )
