"""Programs about ManyToManyField.

Joins through a hand-made table need nothing of it and are not here.
"""

from parity_program import program
from peewee import *


def _school(t):
    """Returns a database with students and courses that know each other."""
    db = t.database()

    class Base(Model):
        class Meta:
            database = db

    class Student(Base):
        name = TextField()

    class Course(Base):
        name = TextField()
        students = ManyToManyField(Student, backref="courses")

    through = Course.students.get_through_model()
    db.create_tables([Student, Course, through])
    for name in ("ann", "bob", "cid"):
        Student.create(name=name)
    for name in ("math", "art"):
        Course.create(name=name)
    return db, Student, Course, through


def _names(query):
    return sorted(item.name for item in query)


@program(spec=("FD-042",))
def the_through_model_is_made_up(t):
    db, Student, Course, through = _school(t)
    t.show("name", (through.__name__, through._meta.table_name, through._meta.sorted_field_names))
    t.show("ddl", through._schema._create_table(safe=False).query())
    t.show("indexes", [(index.name, index.columns, index.unique) for index in db.get_indexes(through._meta.table_name)])
    t.show("no column", Course._meta.sorted_field_names)
    t.show("same both ways", Student.courses.get_through_model() is through)


@program(spec=("FD-042", "SB-067"))
def the_through_table_is_not_created_by_itself(t):
    db = t.database()

    class Tag(Model):
        class Meta:
            database = db

    class Post(Model):
        tags = ManyToManyField(Tag)

        class Meta:
            database = db

    db.create_tables([Tag, Post])
    t.show("tables", db.get_tables())
    t.show("default backref", hasattr(Tag, "posts"))
    with t.raises("missing table"):
        list(Post.create().tags)


@program(spec=("FD-043",))
def add_takes_instances_keys_and_queries(t):
    _, Student, Course, _ = _school(t)
    math, art = Course.select().order_by(Course.id)
    ann, bob, cid = Student.select().order_by(Student.id)
    math.students.add(ann)
    t.show("one", _names(math.students))
    math.students.add([bob, cid])
    t.show("list", _names(math.students))
    art.students.add([ann.id, bob.id])
    t.show("keys", _names(art.students))
    cid.courses.add(Course.select().where(Course.name == "art"))
    t.show("query", _names(art.students))
    math.students.add([])
    t.show("nothing", math.students.count())
    art.students.add(Student.select().where(Student.name == "cid"), clear_existing=True)
    t.show("clear existing", _names(art.students))
    t.show("other side", [_names(student.courses) for student in (ann, bob, cid)])


@program(spec=("FD-043", "SB-067"))
def a_pair_is_added_once(t):
    _, Student, Course, _ = _school(t)
    math, ann = Course.get_by_id(1), Student.get_by_id(1)
    math.students.add(ann)
    with t.raises("twice"):
        math.students.add(ann)
    with t.raises("within a list"):
        math.students.add([Student.get_by_id(2), ann])
    t.show("students", _names(math.students))


@program(spec=("FD-043",))
def remove_and_clear_give_counts(t):
    _, Student, Course, through = _school(t)
    math = Course.get_by_id(1)
    math.students.add(list(Student.select()))
    t.show("one", math.students.remove(Student.get_by_id(1)))
    t.show("again", math.students.remove(Student.get_by_id(1)))
    t.show("keys", math.students.remove([2]))
    t.show("query", math.students.remove(Student.select().where(Student.name == "cid")))
    math.students.add([1, 2])
    t.show("clear", math.students.clear())
    t.show("empty", (math.students.clear(), through.select().count()))


@program(spec=("FD-043",))
def assignment_replaces_everything(t):
    _, Student, Course, _ = _school(t)
    math = Course.get_by_id(1)
    math.students = [Student.get_by_id(1), Student.get_by_id(2)]
    t.show("list", _names(math.students))
    math.students = Student.get_by_id(3)
    t.show("instance", _names(math.students))
    math.students = []
    t.show("nothing", _names(math.students))


@program(spec=("FD-043",))
def the_relation_is_a_query(t):
    _, Student, Course, _ = _school(t)
    math = Course.get_by_id(1)
    math.students.add([1, 2, 3])
    t.show("type", type(math.students).__name__)
    t.show("sql", math.students.sql())
    t.show("ordered", [s.name for s in math.students.order_by(Student.name.desc())])
    t.show("filtered", [s.name for s in math.students.where(Student.name > "ann").order_by(Student.name)])
    t.show("count", math.students.count())
    t.show("dicts", list(math.students.order_by(Student.id).dicts()))


@program(spec=("FD-043", "SB-067"))
def an_unsaved_instance_has_no_relations(t):
    _, Student, Course, _ = _school(t)
    with t.raises("read"):
        list(Course(name="new").students)
    with t.raises("add"):
        Course(name="new").students.add(Student.get_by_id(1))


@program(spec=("FD-044", "FD-042"))
def an_own_through_model(t):
    db = t.database()

    class Base(Model):
        class Meta:
            database = db

    class Tag(Base):
        name = TextField()

    Deferred = DeferredThroughModel()

    class Post(Base):
        name = TextField()
        tags = ManyToManyField(Tag, backref="posts", through_model=Deferred)

    class PostTag(Base):
        post = ForeignKeyField(Post, backref="links")
        tag = ForeignKeyField(Tag)
        weight = IntegerField(default=1)

    Deferred.set_model(PostTag)
    db.create_tables([Tag, Post, PostTag])
    post, tag = Post.create(name="p"), Tag.create(name="t")
    post.tags.add(tag)
    t.show("through", (Post.tags.get_through_model() is PostTag, PostTag.get().weight))
    t.show("both", (_names(post.tags), _names(tag.posts)))
    with t.raises("not a model"):
        ManyToManyField(Tag, through_model="PostTag")
    with t.raises("actions"):
        ManyToManyField(Tag, through_model=PostTag, on_delete="CASCADE")


@program(spec=("FD-042",))
def actions_of_the_made_up_model(t):
    db = t.database(pragmas={"foreign_keys": 1})

    class Tag(Model):
        class Meta:
            database = db

    class Post(Model):
        tags = ManyToManyField(Tag, on_delete="CASCADE", on_update="CASCADE")

        class Meta:
            database = db

    through = Post.tags.get_through_model()
    t.show("ddl", through._schema._create_table(safe=False).query())
    db.create_tables([Tag, Post, through])
    post = Post.create()
    post.tags.add(Tag.create())
    t.show("deleted", (post.delete_instance(), through.select().count()))


@program(spec=("FD-042",))
def relations_and_composite_keys_have_no_attributes_of_columns(t):
    class Tag(Model):
        name = TextField()

    class Note(Model):
        tags = ManyToManyField(Tag, backref="notes")
        last = IntegerField()

    class Pair(Model):
        one = IntegerField()
        two = IntegerField()

        class Meta:
            primary_key = CompositeKey("one", "two")

    names = ("null", "index", "unique", "choices", "help_text", "verbose_name", "collation", "unindexed", "index_type")
    names += ("constraints", "sequence", "_hidden", "_sort_key", "_order", "default", "primary_key", "column_name")
    for field in (Note.tags, Tag.notes, Pair._meta.primary_key):
        t.show(f"{type(field).__name__} {field.name}", [(name, getattr(field, name, "-")) for name in names])
    t.show("hashable", len({Note.tags, Tag.notes, Pair._meta.primary_key}))
    t.show("order", [Note.last._order, [field.name for field in Note._meta.sorted_fields]])
