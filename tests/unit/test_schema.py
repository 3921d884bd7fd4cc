"""The statements that create and drop what a model needs."""

import pytest

from redstart import (
    SQL,
    CharField,
    Check,
    CompositeKey,
    Default,
    Field,
    ForeignKeyField,
    ImproperlyConfigured,
    IntegerField,
    Model,
    MySQLDatabase,
    PostgresqlDatabase,
    SqliteDatabase,
)


def user_of(database):
    class User(Model):
        name = CharField(max_length=20, unique=True, constraints=[Check("name <> ''", "named")])
        age = IntegerField(index=True, constraints=[Default(3)])

        class Meta:
            constraints = [SQL("UNIQUE (name, age)")]

    User._meta.set_database(database)
    return User


@pytest.mark.spec("FD-009", "MD-045", "MD-048")
@pytest.mark.parametrize(
    ("database", "sql"),
    [
        (
            SqliteDatabase(None),
            'CREATE TABLE "user" ("id" INTEGER NOT NULL PRIMARY KEY, '
            '"name" VARCHAR(20) NOT NULL CONSTRAINT "named" CHECK (name <> \'\'), '
            '"age" INTEGER NOT NULL DEFAULT 3, UNIQUE (name, age))',
        ),
        (
            PostgresqlDatabase(None),
            'CREATE TABLE "user" ("id" SERIAL NOT NULL PRIMARY KEY, '
            '"name" VARCHAR(20) NOT NULL CONSTRAINT "named" CHECK (name <> \'\'), '
            '"age" INTEGER NOT NULL DEFAULT 3, UNIQUE (name, age))',
        ),
        (
            MySQLDatabase(None),
            "CREATE TABLE `user` (`id` INTEGER AUTO_INCREMENT NOT NULL PRIMARY KEY, "
            "`name` VARCHAR(20) NOT NULL CONSTRAINT `named` CHECK (name <> ''), "
            "`age` INTEGER NOT NULL DEFAULT 3, UNIQUE (name, age))",
        ),
    ],
    ids=["sqlite", "postgres", "mysql"],
)
def test_a_table_in_each_dialect(database, sql):
    assert user_of(database)._schema._create_table(safe=False).query() == (sql, [])


@pytest.mark.spec("SB-100", "MD-043")
def test_indexes_are_statements_of_their_own():
    queries = [ctx.query()[0] for ctx in user_of(SqliteDatabase(None))._schema._create_indexes()]
    assert queries == [
        'CREATE UNIQUE INDEX IF NOT EXISTS "user_name" ON "user" ("name")',
        'CREATE INDEX IF NOT EXISTS "user_age" ON "user" ("age")',
    ]


@pytest.mark.spec("DB-065")
def test_values_in_an_index_are_literals_where_parameters_are_forbidden():
    User = user_of(SqliteDatabase(None))
    index = User.index(User.age, where=User.name == "it's")
    sql, params = User._schema._create_index(index).query()
    assert (sql.partition(" WHERE ")[2], params) == ("(\"name\" = 'it''s')", [])


@pytest.mark.spec("FD-039", "FD-045")
def test_keys_are_constraints_of_the_table():
    User = user_of(SqliteDatabase(None))

    class Vote(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        poll = IntegerField()

        class Meta:
            database = User._meta.database
            primary_key = CompositeKey("user", "poll")
            without_rowid = True

    assert Vote._schema._create_table().query()[0] == (
        'CREATE TABLE IF NOT EXISTS "vote" ("user_id" INTEGER NOT NULL, "poll" INTEGER NOT NULL, '
        'PRIMARY KEY ("user_id", "poll"), '
        'FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE) WITHOUT ROWID'
    )


@pytest.mark.spec("FD-006")
def test_a_fields_own_type_and_modifiers_are_used():
    class PointField(Field):
        field_type = "POINT"

        def get_modifiers(self):
            return [2, 3]

    class Place(SqliteDatabase(None).Model):
        at = PointField(column_name='a"t')

    assert '"a""t" POINT(2, 3) NOT NULL' in Place._schema._create_table().query()[0]


@pytest.mark.spec("MD-041")
def test_a_model_without_a_database_cannot_be_created():
    class Loose(Model):
        pass

    with pytest.raises(ImproperlyConfigured, match="database attribute does not appear to be set on the model"):
        Loose.create_table()
