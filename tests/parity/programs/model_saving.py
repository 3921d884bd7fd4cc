"""Programs about writing instances: save, create, delete_instance, dependencies.

Class-level queries and lookups have their own file.
"""

from parity_program import program
from peewee import *


def _people(t, **meta):
    """Returns a database and a person model whose Meta has the given options."""
    db = t.database()

    class Base(Model):
        class Meta:
            database = db

    options = type("Meta", (), meta)

    class Person(Base):
        name = TextField()
        age = IntegerField(default=18)
        nick = TextField(null=True)

        Meta = options

    db.create_tables([Person])
    return db, Person


@program(spec=("MD-018", "MD-023", "SB-040"))
def save_inserts_then_updates(t):
    _, Person = _people(t)
    person = Person(name="ann")
    t.show("insert", person.save())
    t.show("key", (person.id, person.is_dirty()))
    person.age = 20
    t.show("update", person.save())
    t.show("unchanged", person.save())
    Person.delete().execute()
    t.show("vanished", person.save())


@program(spec=("MD-018", "MD-004", "SB-040"))
def only_save_dirty_skips_clean_instances(t):
    _, Person = _people(t, only_save_dirty=True)
    person = Person(name="ann")
    t.show("insert", person.save())
    t.show("clean", person.save())
    person.nick = "a"
    t.show("one field", person.save())
    loaded = Person.get()
    t.show("loaded", loaded.save())
    loaded.name, loaded.age = "bob", 3
    t.show("two fields", loaded.save())


@program(spec=("MD-019", "SB-041"))
def a_natural_key_needs_force_insert(t):
    db = t.database()

    class Country(Model):
        code = CharField(primary_key=True)
        name = TextField()

        class Meta:
            database = db

    db.create_tables([Country])
    country = Country(code="is", name="Iceland")
    t.show("update of nothing", country.save())
    t.show("forced", country.save(force_insert=True))
    country.name = "Ísland"
    t.show("update", country.save())
    t.show("create", Country.create(code="no", name="Norway").code)
    with t.raises("twice"):
        country.save(force_insert=True)
    t.show("key kept", country.code)


@program(spec=("MD-020", "SB-042"))
def save_rewrites_all_loaded_fields(t):
    _, Person = _people(t)
    Person.create(name="ann", nick="n")
    loaded = Person.get()
    Person.update(nick="changed behind").execute()
    loaded.age = 99
    loaded.save()
    t.show("overwritten", list(Person.select().tuples()))


@program(spec=("MD-020",))
def a_partly_selected_row_saves_only_what_it_has(t):
    _, Person = _people(t)
    Person.create(name="ann", nick="n", age=5)
    partial = Person.select(Person.id, Person.name).get()
    t.show("missing", (partial.age, partial.nick))
    partial.name = "bob"
    partial.save()
    t.show("rows", list(Person.select().tuples()))


@program(spec=("MD-020", "SB-045"))
def a_row_without_its_key_is_inserted_anew(t):
    _, Person = _people(t)
    Person.create(name="ann")
    keyless = Person.select(Person.name, Person.age).get()
    t.show("key", keyless.id)
    t.show("save", keyless.save())
    t.show("new key", keyless.id)
    t.show("rows", list(Person.select().tuples()))


@program(spec=("MD-021", "SB-042"))
def saving_nothing_is_refused(t):
    _, Person = _people(t)
    person = Person.create(name="ann")
    with t.raises("only nothing"):
        person.save(only=[])
    with t.raises("only the key"):
        person.save(only=[Person.id])
    with t.raises("only the key by instance"):
        Person(id=person.id, age=None).save(only=["id"])

    class Bare(Model):
        class Meta:
            database = Person._meta.database

    Bare.create_table()
    bare = Bare.create()
    t.show("key", bare.id)
    with t.raises("nothing but a key"):
        bare.save()


@program(spec=("MD-022", "SB-042"))
def only_takes_fields_and_names(t):
    _, Person = _people(t)
    person = Person.create(name="ann", nick="n")
    person.name, person.age, person.nick = "x", 1, "y"
    t.show("by field", person.save(only=[Person.name]))
    t.show("dirty", sorted(person.dirty_field_names))
    t.show("by name", person.save(only=["age", Person.nick]))
    t.show("dirty after", person.dirty_field_names)
    fresh = Person(name="fresh", nick="z")
    t.show("insert", fresh.save(only=[Person.name, Person.age]))
    t.show("rows", list(Person.select().tuples()))
    partial = Person.select(Person.id, Person.name).where(Person.id == 1).get()
    t.show("absent is ignored", partial.save(only=["name", "age"]))


@program(spec=("MD-023", "SB-057"))
def the_key_comes_back_only_when_it_is_generated(t):
    db = t.database()

    class Natural(Model):
        code = TextField(primary_key=True)

        class Meta:
            database = db

    class Server(Model):
        stamp = IntegerField(null=True, constraints=[SQL("DEFAULT 7")])
        text = TextField()

        class Meta:
            database = db

    db.create_tables([Natural, Server])
    t.show("natural", Natural.create(code="x").code)
    server = Server.create(text="t")
    t.show("server default is not read", (server.stamp, server.id))
    t.show("stored", list(Server.select().tuples()))
    given = Server(text="u", id=50)
    t.show("given key", (given.save(force_insert=True), given.id))
    t.show("next", Server.create(text="v").id)


@program(spec=("MD-024",))
def values_may_be_expressions(t):
    _, Person = _people(t)
    person = Person.create(name="ann", age=10)
    person.age = Person.age + 5
    person.nick = fn.UPPER(Person.name)
    t.show("save", person.save())
    t.show("attribute", type(person.age).__name__)
    t.show("stored", list(Person.select().tuples()))
    t.show("insert", Person.insert(name=fn.LOWER("BOB"), age=Value(3) + 4).execute())
    t.show("row", Person.select().order_by(Person.id.desc()).tuples().first())


@program(spec=("MD-025",))
def create_takes_column_names_of_foreign_keys(t):
    db, Person = _people(t)

    class Pet(Model):
        owner = ForeignKeyField(Person, backref="pets")
        name = TextField()

        class Meta:
            database = db

    db.create_tables([Pet])
    ann = Person.create(name="ann")
    for pet in (
        Pet.create(owner=ann, name="by instance"),
        Pet.create(owner=ann.id, name="by key"),
        Pet.create(owner_id=ann.id, name="by column"),
    ):
        t.show(pet.name, (pet.owner_id, sorted(pet.__rel__), pet.dirty_fields))


@program(spec=("MD-026",))
def a_model_without_a_key_always_inserts(t):
    db = t.database()

    class Line(Model):
        text = TextField()

        class Meta:
            database = db
            primary_key = False

    db.create_tables([Line])
    line = Line(text="a")
    t.show("save", (line.save(), line.save()))
    t.show("rows", list(Line.select().tuples()))
    t.show("delete", line.delete_instance())
    t.show("left", Line.select().count())


@program(spec=("MD-027",))
def delete_instance_deletes_its_row(t):
    _, Person = _people(t)
    ann, bob = Person.create(name="ann"), Person.create(name="bob")
    t.show("deleted", ann.delete_instance())
    t.show("again", ann.delete_instance())
    t.show("left", [p.name for p in Person.select()])
    t.show("attributes stay", (ann.id, ann.name))
    t.show("other", bob.delete_instance())
    t.show("unsaved", Person(name="new").delete_instance())


def _family(t):
    """Returns a database with users, their tweets, likes of tweets, and optional notes about users."""
    db = t.database(pragmas={"foreign_keys": 1})

    class User(Model):
        name = TextField()

        class Meta:
            database = db

    class Tweet(Model):
        user = ForeignKeyField(User, backref="tweets")
        body = TextField()

        class Meta:
            database = db

    class Like(Model):
        tweet = ForeignKeyField(Tweet, backref="likes")

        class Meta:
            database = db

    class Remark(Model):
        user = ForeignKeyField(User, null=True, backref="remarks")

        class Meta:
            database = db

    db.create_tables([User, Tweet, Like, Remark])
    for name in ("ann", "bob"):
        user = User.create(name=name)
        Remark.create(user=user)
        for number in range(2):
            tweet = Tweet.create(user=user, body="%s %d" % (name, number))
            Like.create(tweet=tweet)
    return User, Tweet, Like, Remark


@program(spec=("MD-027", "SB-053"))
def recursive_deletion_takes_dependents_along(t):
    User, Tweet, Like, Remark = _family(t)
    ann = User.get(User.name == "ann")
    with t.raises("dependents hold it"):
        ann.delete_instance()
    t.show("deleted", ann.delete_instance(recursive=True))
    t.show("left", [model.select().count() for model in (User, Tweet, Like, Remark)])
    t.show("nullable is cleared", [r.user_id for r in Remark.select().order_by(Remark.id)])


@program(spec=("MD-027",))
def recursive_deletion_may_take_nullable_dependents_too(t):
    User, Tweet, Like, Remark = _family(t)
    bob = User.get(User.name == "bob")
    t.show("deleted", bob.delete_instance(recursive=True, delete_nullable=True))
    t.show("left", [model.select().count() for model in (User, Tweet, Like, Remark)])


@program(spec=("MD-028",))
def dependencies_name_the_rows_that_refer_here(t):
    User, _, _, _ = _family(t)
    ann = User.get(User.name == "ann")
    for expression, fk in ann.dependencies():
        t.show(fk.model.__name__, (fk.name, fk.model.select().where(expression).sql()))
    t.show("not nullable", [fk.model.__name__ for _, fk in ann.dependencies(search_nullable=False)])
    t.show("exclude", [fk.model.__name__ for _, fk in ann.dependencies(exclude_null_children=True)])


@program(spec=("MD-027",))
def recursive_deletion_of_a_tree_of_itself(t):
    db = t.database(pragmas={"foreign_keys": 1})

    class Node(Model):
        parent = ForeignKeyField("self", null=True, backref="children")
        name = TextField()

        class Meta:
            database = db

    db.create_tables([Node])
    root = Node.create(name="root")
    child = Node.create(name="child", parent=root)
    Node.create(name="grandchild", parent=child)
    t.show("deleted", root.delete_instance(recursive=True))
    t.show("left", [(node.name, node.parent_id) for node in Node.select().order_by(Node.id)])


@program(spec=("MD-018",))
def a_model_may_override_save(t):
    db = t.database()
    calls = []

    class Slugged(Model):
        title = TextField()
        slug = TextField(default="")

        class Meta:
            database = db

        def save(self, *args, **kwargs):
            self.slug = self.title.lower().replace(" ", "-")
            calls.append((args, sorted(kwargs)))
            return super().save(*args, **kwargs)

    db.create_tables([Slugged])
    made = Slugged.create(title="Hello World")
    t.show("slug", made.slug)
    made.title = "Other Title"
    t.show("save", made.save())
    t.show("calls", calls)
    got, created = Slugged.get_or_create(title="Third One")
    t.show("get_or_create", (got.slug, created))


@program(spec=("MD-025",))
def a_model_may_override_create(t):
    db = t.database()

    class Counted(Model):
        name = TextField()

        class Meta:
            database = db

        @classmethod
        def create(cls, **query):
            query["name"] = query["name"].upper()
            return super().create(**query)

    db.create_tables([Counted])
    t.show("create", Counted.create(name="a").name)
    t.show("get_or_create", Counted.get_or_create(name="b")[0].name)
    t.show("rows", list(Counted.select().tuples()))


@program(spec=("MD-018", "FD-013"))
def saving_converts_on_the_way_to_the_database(t):
    _, Person = _people(t)
    person = Person(name=12, age="7")
    person.save()
    t.show("attributes", (person.name, person.age))
    t.show("stored", Person._meta.database.execute_sql("SELECT name, age, typeof(age) FROM person").fetchall())


@program(spec=("MD-020",))
def a_model_has_a_get_id_of_its_own(t):
    db = t.database()

    class User(Model):
        token = TextField()

        class Meta:
            database = db

        def get_id(self):
            return self.token

    class Note(Model):
        user = ForeignKeyField(User, backref="notes")

        class Meta:
            database = db

    db.create_tables([User, Note])
    user = User.create(token="abc")
    Note.create(user=user)
    t.show("keys", (user._pk, user.get_id(), str(user), repr(user), user == User.get()))
    t.show("rows", [note.user.token for note in user.notes])
    t.show("in", User.select().where(User.id.in_([user])).sql())
    user.token = "def"
    t.show("saved", user.save())
    t.show("deleted", (user.delete_instance(recursive=True), User.select().count(), Note.select().count()))


@program(spec=("MD-020",))
def a_model_says_itself_which_row_it_is(t):
    db = t.database()

    class Note(Model):
        version = IntegerField(default=1)
        text = TextField()

        class Meta:
            database = db

        def _pk_expr(self):
            return (Note.id == self.id) & (Note.version == self.version)

    db.create_tables([Note])
    note = Note.create(text="one")
    note.text = "two"
    t.show("saved", (note.save(), note.save()))
    Note.update(version=2).execute()
    note.text = "three"
    t.show("another version", (note.save(), Note.get().text, note.delete_instance(), Note.select().count()))
