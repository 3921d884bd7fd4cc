"""Instances: lazy slots, the containers that Python may touch, and the descriptors."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref

import pytest

from redstart import _native as native


@pytest.fixture
def person(toy):
    """Give a model with three fields, one of which has a default."""
    fields = toy.Field("id", "int"), toy.Field("name", "text"), toy.Field("tags", "raw", default=list)
    return toy.model("Person", *fields)


def test_the_class_gives_the_field_and_the_instance_the_value(person):
    huey = person(name="huey")
    assert person.name is person._meta.fields["name"]
    assert (huey.name, huey.id) == ("huey", None)


def test_defaults_come_first_and_are_dirty(person):
    huey, mickey = person(), person(tags=None)
    assert huey.tags == []
    assert huey._dirty == {"tags"}
    assert mickey.tags is None
    assert person(__no_default__=1).__data__ == {}
    assert huey.tags is not person().tags


def test_unknown_keywords_become_plain_attributes(person):
    huey = person(nickname="h")
    assert huey.__dict__ == {"nickname": "h"}
    assert "nickname" not in huey.__data__


def test_positional_arguments_are_ignored(person):
    assert person(1, 2, name="huey").name == "huey"


def test_every_assignment_marks_the_field_dirty(person, toy):
    [huey] = toy.rows(person, "select 1, 'huey'", "id", "name")
    assert not huey.is_dirty()
    huey.name = "huey"
    assert huey.is_dirty()
    assert huey._dirty_names() == ["name"]
    huey.id = 2
    huey._clear_dirty(["name"])
    assert huey._dirty == {"id"}
    dirty = huey._dirty
    huey.name = "x"
    assert dirty == {"id", "name"}
    huey._clear_dirty()
    assert dirty == set()


def test_data_is_the_dictionary_in_which_the_instance_lives(person, toy):
    [huey] = toy.rows(person, "select 'huey', 1", "name", "id")
    data = huey.__data__
    assert list(data.items()) == [("name", "huey"), ("id", 1)]
    data["name"] = "mickey"
    assert huey.name == "mickey"
    huey.id = 3
    assert data["id"] == 3
    del data["id"]
    assert huey.id is None
    assert not huey._has("id")
    assert huey.__data__ is data
    huey.__data__ = {"name": "zaizee"}
    assert huey.name == "zaizee"


def test_absent_and_null_values_differ(person, toy):
    [huey] = toy.rows(person, "select null", "name")
    assert (huey._has("name"), huey._has("id"), huey._has("nope")) == (True, False, False)
    assert huey._get("name") is None
    assert huey.__data__ == {"name": None}


def test_more_fields_than_bits_are_dirty_by_name(toy):
    wide = toy.model("Wide", *[toy.Field(f"f{i}") for i in range(80)])
    one = wide(f1=1, f79=79)
    one.f70 = 70
    assert sorted(one._dirty_names()) == ["f1", "f70", "f79"]
    assert (one.f79, one.f70, one.f2) == (79, 70, None)


def test_a_field_added_later_is_seen_by_older_instances(person, toy):
    huey = person(name="huey")
    late = toy.Field("late", "int")
    person._meta._layout.add(late)
    person.late = native.FieldAccessor(person, late, "late")
    assert huey.late is None
    huey.late = 4
    assert huey.__data__ == {"name": "huey", "tags": [], "late": 4}
    person._meta._layout.remove("late")
    assert "late" not in person._meta._layout
    with pytest.raises(KeyError):
        person._meta._layout.remove("late")


def test_copies_share_their_values_and_deep_copies_do_not(person):
    huey = person(name="huey")
    huey.extra = [1]
    twin = copy.copy(huey)
    assert twin.__data__ is huey.__data__
    assert twin.extra is huey.extra
    assert huey.clone().__data__ is huey.__data__
    deep = copy.deepcopy(huey)
    assert deep.__data__ == huey.__data__
    assert deep.__data__ is not huey.__data__
    assert deep._dirty == {"name", "tags"}


class Pickled(native.Instance):
    """A model that pickle finds by its name."""


def test_pickling_keeps_values_relations_and_dirty_names(toy):
    layout = native.Layout(Pickled)
    layout.add(toy.Field("name"))
    Pickled._meta = type("Meta", (), {"_layout": layout})
    Pickled.name = native.FieldAccessor(Pickled, None, "name")
    one = Pickled(name="x", plain=3)
    one.__rel__["other"] = 4
    back = pickle.loads(pickle.dumps(one))  # noqa: S301 - the test made the bytes itself
    assert (back.name, back.plain, back.__rel__, back._dirty) == ("x", 3, {"other": 4}, {"name"})


@pytest.mark.parametrize(
    "refer",
    [
        lambda one: setattr(one, "tags", [one]),
        lambda one: setattr(one, "me", one),
        lambda one: one.__dict__.update(me=one),
        lambda one: one.__rel__.update(me=one),
        lambda one: one.__data__.update(me=one),
        lambda one: setattr(type(one), "last", one),
    ],
    ids=["slot", "attribute", "dict", "rel", "data", "class"],
)
def test_instances_in_cycles_are_collected(toy, refer):
    person = toy.model("Cyclic", toy.Field("name", "text"), toy.Field("tags", "raw"))
    gc.collect()
    huey = person(name="huey")
    refer(huey)
    gone = weakref.ref(huey)
    del huey, person
    gc.collect()
    assert gone() is None


def test_instances_of_foreign_dicts_share_no_state(person):
    one, two = person(name="1"), person(name="2")
    one.__rel__["x"] = 1
    assert two.__rel__ == {}
    assert one.__rel__ == {"x": 1}


class TestForeignKey:
    """The descriptors of a foreign key."""

    @pytest.fixture
    def models(self, toy):
        """Give a user and a tweet, with a counter of queries."""
        key = toy.Field("id", "int")
        user = toy.model("User", key, toy.Field("name", "text"))
        user.queries = 0
        user.DoesNotExist = type("UserDoesNotExist", (Exception,), {})

        def get_by(cls, field, value):
            assert field is key
            cls.queries += 1
            return cls(id=value, name="found")

        user.__row_by__ = classmethod(get_by)
        tweet = toy.model("Tweet", toy.Field("id", "int"), toy.ForeignKey("user", user, key, null=False))
        tweet.user_id = native.ObjectIdAccessor(tweet._meta.fields["user"])
        return user, tweet

    def test_the_related_instance_is_loaded_once(self, models):
        user, tweet = models
        one = tweet(user=7)
        assert one.user_id == 7
        assert user.queries == 0
        assert one.user.name == "found"
        assert one.user is one.user
        assert user.queries == 1
        assert one.__rel__ == {"user": one.user}

    def test_a_missing_key_is_an_error_unless_null_is_allowed(self, models):
        user, tweet = models
        with pytest.raises(user.DoesNotExist):
            _ = tweet().user
        tweet._meta.fields["user"].null = True
        assert tweet().user is None

    def test_without_lazy_load_the_key_itself_is_given(self, models):
        user, tweet = models
        tweet._meta.fields["user"].lazy_load = False
        assert tweet(user=7).user == 7
        assert tweet().user is None
        assert user.queries == 0

    def test_assigning_an_instance_takes_over_its_key(self, models):
        user, tweet = models
        huey = user(id=3)
        one = tweet(user=huey)
        assert one.user is huey
        assert one.user_id == 3
        one.user_id = 3
        assert one.user is huey
        one.user = 4
        assert one.__rel__ == {}
        assert one.user_id == 4
        one.user = huey
        one.user = None
        assert one.__rel__ == {}
        assert one.user_id is None

    def test_the_class_gives_the_foreign_key_under_both_names(self, models):
        _, tweet = models
        assert tweet.user is tweet._meta.fields["user"]
        assert tweet.user_id is tweet.user

    def test_a_subclass_of_the_descriptor_decides_how_to_load(self, models, toy):
        user, _ = models

        class Accessor(native.ForeignKeyAccessor):
            def get_rel_instance(self, instance):
                return ("loaded", self.name, instance.__data__[self.name])

        fk = toy.ForeignKey("user", user, user._meta.fields["id"])
        other = toy.model("Other", fk)
        other.user = Accessor(other, fk, "user")
        assert other(user=5).user == ("loaded", "user", 5)

    def test_the_key_of_an_instance_saved_meanwhile_is_seen(self, models):
        user, tweet = models
        huey = user(name="huey")
        one = tweet(user=huey)
        assert one.user_id is None
        huey.id = 8
        assert (one.user_id, one.__data__) == (8, {"user": None})

    def test_attributes_of_fields_cannot_be_deleted(self, models):
        user, tweet = models
        one = tweet(user=user(id=1))
        for name in ("id", "user", "user_id"):
            with pytest.raises(AttributeError, match="__delete__"):
                delattr(one, name)
