"""The list of value types: the names that `schema.yaml` may give a property."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import pyarrow as pa

from values import assets, contacts, identity, names, organisations, places, plain
from values.columns import FastPath, parse_column, settle_matching
from values.masking import mask
from values.parsed import Column, Parsed, Status


@dataclass(frozen=True, slots=True)
class ValueType:
    """What can be done with the cells of one kind.

    ``strong``: a valid value may identify an entity by itself (ontology §7). ``has_fictional``: the type has
    a range reserved for invented data, so that a workspace can be checked for holding only one sort.
    """

    name: str
    parse: Callable[[str], Parsed]
    parse_column: Callable[[pa.Array | pa.ChunkedArray], Column]
    mask: Callable[[str], str]
    strong: bool = False
    has_fictional: bool = False


def _type(
    name: str,
    parse: Callable[[str], Parsed],
    path: FastPath | None = None,
    *,
    strong: bool = False,
    has_fictional: bool = False,
) -> ValueType:
    columns = partial(parse_column, parse=parse, paths=(path,) if path else ())
    return ValueType(name, parse, columns, partial(mask, type_name=name), strong, has_fictional)


_people = settle_matching(names.PERSON_PATTERN, Status.UNCHECKED)
_organisations = settle_matching(names.ORGANISATION_PATTERN, Status.UNCHECKED)
_other_ids = settle_matching(identity.OTHER_ID_PATTERN, Status.UNCHECKED)
_plates = settle_matching(assets.PLATE_PATTERN, Status.VALID)
_addresses = settle_matching(places.ADDRESS_PATTERN, Status.UNCHECKED)
_texts = settle_matching(plain.TEXT_PATTERN, Status.UNCHECKED)

_ALL = (
    _type("personName", names.parse_person_name, _people),
    _type("organisationName", names.parse_organisation_name, _organisations),
    _type("idNumber", identity.parse_id_number, identity.settle_id_numbers, strong=True, has_fictional=True),
    _type("otherId", identity.parse_other_id, _other_ids),
    _type("uscc", organisations.parse_uscc, organisations.settle_usccs, strong=True, has_fictional=True),
    _type(
        "registrationNo",
        organisations.parse_registration_number,
        organisations.settle_registration_numbers,
        has_fictional=True,
    ),
    _type("phone", contacts.parse_phone, contacts.settle_phones, has_fictional=True),
    _type("email", contacts.parse_email, has_fictional=True),
    _type("domain", contacts.parse_domain, has_fictional=True),
    _type("account", assets.parse_account, assets.settle_accounts, strong=True, has_fictional=True),
    _type("bankCode", assets.parse_bank_code, has_fictional=True),
    _type("plate", assets.parse_plate, _plates),
    _type("vin", assets.parse_vin, assets.settle_vins, strong=True),
    _type("address", places.parse_address, _addresses),
    _type("deviceMark", contacts.parse_device_mark),
    _type("regionCode", places.parse_region_code, places.settle_region_codes, has_fictional=True),
    _type("sex", plain.parse_sex),
    _type("code", plain.parse_text, _texts),
    _type("text", plain.parse_text, _texts),
)
VALUE_TYPES: Mapping[str, ValueType] = MappingProxyType({t.name: t for t in _ALL})
