"""The error tree, where the upper layers look for it (see ``values/errors.py``)."""

from values.errors import (
    AccessDenied,
    IntegrityError,
    LedgerConflict,
    MappingError,
    MingchaError,
    NotFound,
    PrivacyRefused,
    Problem,
    QueryRefused,
    SchemaError,
    SourceError,
    StoreError,
    TacticError,
)

__all__ = [
    "AccessDenied",
    "IntegrityError",
    "LedgerConflict",
    "MappingError",
    "MingchaError",
    "NotFound",
    "PrivacyRefused",
    "Problem",
    "QueryRefused",
    "SchemaError",
    "SourceError",
    "StoreError",
    "TacticError",
]
