"""Redstart: peewee's API on an engine written in Rust.

Declare models, bind them to a database, query them:

    >>> from redstart import *
    >>> db = SqliteDatabase(":memory:")
    >>> class User(db.Model):
    ...     name = CharField(unique=True)
    >>> db.create_tables([User])
    >>> user = User.create(name="huey")
    >>> [each.name for each in User.select().where(User.name.startswith("h"))]
    ['huey']

Here stand re-exports only. ``__all__`` holds the names that peewee's own star import gives;
the other documented names can be imported by name.
"""

# ruff: noqa: F401
from redstart import exceptions
from redstart._engine import (
    ColumnBase,
    Context,
    CursorWrapper,
    Expression,
    FieldAccessor,
    Node,
    ObjectIdAccessor,
    StringExpression,
)
from redstart.alias import FieldAlias, ModelAlias
from redstart.bound_models import BoundModelsContext
from redstart.callable_context import _callable_context_manager
from redstart.chunked import chunked
from redstart.class_only import classmethod_only
from redstart.constants import (
    DJANGO_MAP,
    FIELD,
    JOIN,
    OP,
    PREFETCH_TYPE,
    ROW,
    SCOPE_COLUMN,
    SCOPE_CTE,
    SCOPE_NORMAL,
    SCOPE_SOURCE,
    SCOPE_VALUES,
    SENTINEL,
    attrdict,
)
from redstart.conversions import callable_, is_model, merge_dict, safe_python_value
from redstart.database import (
    ColumnMetadata,
    ConnectionContext,
    Database,
    DatabaseProxy,
    ForeignKeyMetadata,
    IndexMetadata,
    MySQLDatabase,
    PostgresqlDatabase,
    QueryEvent,
    SqliteDatabase,
    ViewMetadata,
    _atomic,
    _manual,
    _savepoint,
    _transaction,
    logger,
)
from redstart.database.json_methods import BaseJSONMethods, SqliteJSONMethods
from redstart.exceptions import (
    EXCEPTIONS,
    DatabaseError,
    DataError,
    DoesNotExist,
    ExceptionWrapper,
    ImproperlyConfigured,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    PeeweeException,
    ProgrammingError,
)
from redstart.fields import (
    AnyField,
    AutoField,
    BackrefAccessor,
    BareField,
    BigAutoField,
    BigBitField,
    BigBitFieldAccessor,
    BigBitFieldData,
    BigIntegerField,
    BinaryUUIDField,
    BitField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    DateTimeField,
    DecimalField,
    DeferredForeignKey,
    DeferredThroughModel,
    DoubleField,
    Field,
    FieldDatabaseHook,
    FixedCharField,
    FloatField,
    ForeignKeyAccessor,
    ForeignKeyField,
    IdentityField,
    IntegerField,
    IPField,
    JSONField,
    JSONPath,
    ManyToManyField,
    ManyToManyFieldAccessor,
    MetaField,
    PrimaryKeyField,
    SmallIntegerField,
    TextField,
    TimeField,
    TimestampField,
    UUIDField,
    VirtualField,
    _BaseFormattedField,
    _StringField,
    format_date_time,
    simple_date_time,
)
from redstart.index import Index, ModelIndex
from redstart.install import install_as_peewee
from redstart.metadata import Metadata, SubclassAwareMetadata
from redstart.model import Model
from redstart.model_base import ModelBase
from redstart.model_descriptor import ModelDescriptor
from redstart.model_order import sort_models
from redstart.naming import make_identifier, make_snake_case, qesc, quote, unqesc
from redstart.node import (
    DQ,
    EXCLUDED,
    SQL,
    Alias,
    Asc,
    AsIs,
    BindTo,
    BitwiseMixin,
    BitwiseNegated,
    Case,
    Cast,
    Check,
    Column,
    ColumnFactory,
    CommaNodeList,
    Default,
    Desc,
    EnclosedNodeList,
    Entity,
    EntityFactory,
    ForUpdate,
    Function,
    NamespaceAttribute,
    Negated,
    NodeList,
    OnConflict,
    Ordering,
    QualifiedNames,
    Tuple,
    Value,
    ValueLiterals,
    Window,
    WindowAlias,
    WrappedNode,
    ensure_entity,
    ensure_tuple,
    fn,
    qualify_names,
)
from redstart.proxy import Proxy
from redstart.query import (
    BaseModelSelect,
    BaseQuery,
    CompoundSelectQuery,
    Delete,
    Insert,
    ModelCompoundSelectQuery,
    ModelDelete,
    ModelInsert,
    ModelRaw,
    ModelSelect,
    ModelUpdate,
    NoopModelSelect,
    PrefetchQuery,
    Query,
    RawQuery,
    Select,
    SelectBase,
    SelectQuery,
    Update,
    database_required,
    prefetch,
    query_to_string,
)
from redstart.query.many_to_many import ManyToManyQuery
from redstart.query.prefetch import prefetch_add_subquery
from redstart.schema import SchemaManager
from redstart.source import CTE, BaseTable, Join, Source, Star, Table, ValuesList

__version__ = "0.1.0"

__all__ = [
    "DJANGO_MAP",
    "DQ",
    "EXCLUDED",
    "JOIN",
    "OP",
    "PREFETCH_TYPE",
    "SQL",
    "AnyField",
    "AsIs",
    "AutoField",
    "BareField",
    "BigAutoField",
    "BigBitField",
    "BigIntegerField",
    "BinaryUUIDField",
    "BitField",
    "BlobField",
    "BooleanField",
    "Case",
    "Cast",
    "CharField",
    "Check",
    "Column",
    "CompositeKey",
    "Context",
    "DataError",
    "Database",
    "DatabaseError",
    "DatabaseProxy",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "Default",
    "DeferredForeignKey",
    "DeferredThroughModel",
    "DoesNotExist",
    "DoubleField",
    "Entity",
    "Field",
    "FixedCharField",
    "FloatField",
    "ForeignKeyField",
    "IPField",
    "IdentityField",
    "ImproperlyConfigured",
    "Index",
    "IntegerField",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "JSONField",
    "ManyToManyField",
    "Model",
    "ModelIndex",
    "MySQLDatabase",
    "NotSupportedError",
    "OperationalError",
    "PostgresqlDatabase",
    "PrimaryKeyField",
    "ProgrammingError",
    "Proxy",
    "QualifiedNames",
    "QueryEvent",
    "SchemaManager",
    "Select",
    "SmallIntegerField",
    "SqliteDatabase",
    "Table",
    "TextField",
    "TimeField",
    "TimestampField",
    "Tuple",
    "UUIDField",
    "Value",
    "ValuesList",
    "Window",
    "chunked",
    "fn",
    "prefetch",
]
