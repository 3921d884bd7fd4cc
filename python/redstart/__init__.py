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
from redstart.database import ConnectionContext, Database, _atomic, _manual, _savepoint, _transaction
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
    AutoField,
    BackrefAccessor,
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DeferredForeignKey,
    DeferredThroughModel,
    Field,
    FieldDatabaseHook,
    FixedCharField,
    ForeignKeyAccessor,
    ForeignKeyField,
    IdentityField,
    IntegerField,
    ManyToManyField,
    ManyToManyFieldAccessor,
    MetaField,
    PrimaryKeyField,
    SmallIntegerField,
    TextField,
    _StringField,
)
from redstart.index import Index, ModelIndex
from redstart.late_names import late_names
from redstart.metadata import Metadata, SubclassAwareMetadata
from redstart.model import Model
from redstart.model_base import ModelBase
from redstart.model_descriptor import ModelDescriptor
from redstart.model_order import sort_models
from redstart.naming import make_identifier, make_snake_case, qesc, quote, unqesc
from redstart.node import (
    DQ,
    SQL,
    Alias,
    Asc,
    AsIs,
    BindTo,
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
    Negated,
    NodeList,
    OnConflict,
    Ordering,
    Tuple,
    Value,
    ValueLiterals,
    Window,
    WindowAlias,
    WrappedNode,
    ensure_entity,
    ensure_tuple,
    fn,
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
    Query,
    RawQuery,
    Select,
    SelectBase,
    SelectQuery,
    Update,
    database_required,
)
from redstart.schema import SchemaManager
from redstart.source import BaseTable, Join, Source, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from redstart.alias import FieldAlias, ModelAlias
    from redstart.conversions import callable_, is_model, merge_dict, safe_python_value
    from redstart.database import (
        ColumnMetadata,
        DatabaseProxy,
        ForeignKeyMetadata,
        IndexMetadata,
        MySQLDatabase,
        PostgresqlDatabase,
        QueryEvent,
        SqliteDatabase,
        ViewMetadata,
        logger,
    )
    from redstart.database.connection_state import _ConnectionState
    from redstart.database.json_methods import BaseJSONMethods, PostgresqlJSONMethods, SqliteJSONMethods
    from redstart.database.postgres_adapter import Psycopg2Adapter, Psycopg3Adapter
    from redstart.database.sqlite_functions import _sqlite_date_part, _sqlite_date_trunc, _sqlite_regexp
    from redstart.deprecation import __deprecated__
    from redstart.exceptions.wrapper import __exception_wrapper__
    from redstart.fields import (
        AnyField,
        BareField,
        BigBitField,
        BigBitFieldAccessor,
        BigBitFieldData,
        BinaryUUIDField,
        BitField,
        BlobField,
        DateField,
        DateTimeField,
        DecimalField,
        DoubleField,
        FloatField,
        IPField,
        JSONField,
        JSONPath,
        TimeField,
        TimestampField,
        UUIDField,
        VirtualField,
        _BaseFormattedField,
        format_date_time,
        simple_date_time,
    )
    from redstart.install import install_as_peewee
    from redstart.naming import _truncate_constraint_name
    from redstart.node import (
        EXCLUDED,
        BitwiseMixin,
        BitwiseNegated,
        Case,
        NamespaceAttribute,
        QualifiedNames,
        qualify_names,
    )
    from redstart.query import Load, query_to_string
    from redstart.query.cursor_wrappers import (
        BaseModelCursorWrapper,
        DictCursorWrapper,
        ModelCursorWrapper,
        ModelDictCursorWrapper,
        ModelNamedTupleCursorWrapper,
        ModelObjectCursorWrapper,
        ModelTupleCursorWrapper,
        NamedTupleCursorWrapper,
        ObjectCursorWrapper,
    )
    from redstart.query.many_to_many import ManyToManyQuery
    from redstart.query.prefetch import PrefetchQuery, prefetch, prefetch_add_subquery
    from redstart.source import CTE, Star, ValuesList

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
    "Load",
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

if not TYPE_CHECKING:
    # The same names as above, for those who run this.
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "redstart.alias": (
                "FieldAlias",
                "ModelAlias",
            ),
            "redstart.conversions": ("callable_", "is_model", "merge_dict", "safe_python_value"),
            "redstart.database": (
                "ColumnMetadata",
                "DatabaseProxy",
                "ForeignKeyMetadata",
                "IndexMetadata",
                "MySQLDatabase",
                "PostgresqlDatabase",
                "QueryEvent",
                "SqliteDatabase",
                "ViewMetadata",
                "logger",
            ),
            "redstart.database.connection_state": ("_ConnectionState",),
            "redstart.database.json_methods": (
                "BaseJSONMethods",
                "PostgresqlJSONMethods",
                "SqliteJSONMethods",
            ),
            "redstart.database.postgres_adapter": ("Psycopg2Adapter", "Psycopg3Adapter"),
            "redstart.database.sqlite_functions": ("_sqlite_date_part", "_sqlite_date_trunc", "_sqlite_regexp"),
            "redstart.deprecation": ("__deprecated__",),
            "redstart.exceptions.wrapper": ("__exception_wrapper__",),
            "redstart.fields": (
                "AnyField",
                "BareField",
                "BigBitField",
                "BigBitFieldAccessor",
                "BigBitFieldData",
                "BinaryUUIDField",
                "BitField",
                "BlobField",
                "DateField",
                "DateTimeField",
                "DecimalField",
                "DoubleField",
                "FloatField",
                "IPField",
                "JSONField",
                "JSONPath",
                "TimeField",
                "TimestampField",
                "UUIDField",
                "VirtualField",
                "_BaseFormattedField",
                "format_date_time",
                "simple_date_time",
            ),
            "redstart.install": ("install_as_peewee",),
            "redstart.node": (
                "EXCLUDED",
                "BitwiseMixin",
                "BitwiseNegated",
                "Case",
                "NamespaceAttribute",
                "QualifiedNames",
                "qualify_names",
            ),
            "redstart.naming": ("_truncate_constraint_name",),
            "redstart.query": ("Load", "query_to_string"),
            "redstart.query.cursor_wrappers": (
                "BaseModelCursorWrapper",
                "DictCursorWrapper",
                "ModelCursorWrapper",
                "ModelDictCursorWrapper",
                "ModelNamedTupleCursorWrapper",
                "ModelObjectCursorWrapper",
                "ModelTupleCursorWrapper",
                "NamedTupleCursorWrapper",
                "ObjectCursorWrapper",
            ),
            "redstart.query.many_to_many": ("ManyToManyQuery",),
            "redstart.query.prefetch": (
                "PrefetchQuery",
                "prefetch",
                "prefetch_add_subquery",
            ),
            "redstart.source": (
                "CTE",
                "Star",
                "ValuesList",
            ),
        },
    )
