"""Ways to reach somebody, and marks of devices: telephone, e-mail, domain, MAC, IP, software lock."""

from __future__ import annotations

import ipaddress
import re

import numpy as np
import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

from values import fictional
from values.checks import digits_ok
from values.columns import Bools, Bytes, Draft, fixed_width, from_matrix, narrowed
from values.parsed import EMPTY, Parsed, Reason, Status
from values.text import code_form, compact, looks_masked, settled

_HOME = "+86"
_HOME_BYTES = np.frombuffer(_HOME.encode(), dtype=np.uint8)
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(
    r"(?:0|(?:\+|00)?860?)((?:10|2\d)[2-8]\d{7}|[3-9]\d{2}[2-8]\d{6,7})", re.ASCII
)  # area codes of two digits have eight-digit lines, those of three seven or eight
_RESERVED = re.compile(rf"(?:(?:\+|00)?86)?({fictional.PHONE_PREFIX}\d{{9}})", re.ASCII)
_PHONE_SEPARATORS = str.maketrans("", "", "-_.()/")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x)[:.]?\d{1,6}$", re.IGNORECASE)
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_MAILBOX = re.compile(r"[\w.!#$%&'*+/=?^{|}~-]+")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")
_MAC = re.compile(r"(?:[0-9A-F]{2}([-:.]))(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}|(?:[0-9A-F]{4}[-.:]){2}[0-9A-F]{4}")
_DASHES = re.compile(r"[-_–—−/\\|]+")
_LONGEST_DOMAIN = 253
_mail_form = settled(lambda text: compact(text).lower().removeprefix("mailto:"))
_code_form = code_form()
_mark_form = settled(lambda text: _DASHES.sub("-", _code_form(text)))


def _host_step(text: str) -> str:
    bare = _SCHEME.sub("", compact(text).lower())
    return re.split(r"[/?#:]", bare, maxsplit=1)[0].rstrip(".").removeprefix("www.")


_host_form = settled(_host_step)


def parse_phone(text: str) -> Parsed:
    """A telephone number in E.164 form, Chinese where no country is given; an extension is left out.

    Eleven digits 13–19… are Chinese mobiles and an area code with seven or eight digits is a Chinese line
    by that rule alone, because new ranges are issued faster than any table follows; eleven digits 100–109…
    were never issued and are fictional. All others are judged by the plans of ``phonenumbers``.
    """
    bare = compact(text)
    if not bare:
        return EMPTY
    if looks_masked(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    plain = bare.translate(_PHONE_SEPARATORS)
    if mobile := _MOBILE.fullmatch(plain):
        return Parsed(_HOME + mobile[1], Status.VALID)
    if line := _LANDLINE.fullmatch(plain):
        return Parsed(_HOME + line[1], Status.VALID)
    if reserved := _RESERVED.fullmatch(plain):
        return Parsed(_HOME + reserved[1], Status.FICTIONAL)
    return _by_numbering_plan(bare)


def _by_numbering_plan(bare: str) -> Parsed:
    try:
        number = phonenumbers.parse(_EXTENSION.sub("", bare), "CN")
    except phonenumbers.NumberParseException:
        return Parsed(bare, Status.INVALID, Reason.CHARACTERS)
    form = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(number):
        return Parsed(form, Status.VALID)
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    # Without an area code there is no telling which line it is, so the digits stay as they came.
    return Parsed(bare, Status.INVALID, Reason.PREFIX if possible else Reason.LENGTH)


def settle_phones(draft: Draft) -> None:
    """Fast path: eleven plain digits of a mobile or fictional number, with +86 or without."""
    rows, matrix = fixed_width(draft.strings, 11)
    _settle_national(draft, rows, matrix, with_code=False)
    rows, matrix = fixed_width(draft.strings, 14)
    coded = (matrix[:, :3] == _HOME_BYTES).all(axis=1)
    _settle_national(draft, narrowed(rows, coded), matrix[coded][:, 3:], with_code=True)


def _settle_national(draft: Draft, rows: Bools, matrix: Bytes, *, with_code: bool) -> None:
    digits = digits_ok(matrix) & (matrix[:, 0] == ord("1"))
    mobile = digits & (matrix[:, 1] >= ord("3"))
    made_up = digits & (matrix[:, 1] == ord("0"))
    for chosen, status in ((mobile, Status.VALID), (made_up, Status.FICTIONAL)):
        text = None if with_code else from_matrix(_with_home_code(matrix[chosen]))
        draft.settle(narrowed(rows, chosen), status, text)


def _with_home_code(matrix: Bytes) -> Bytes:
    head = np.broadcast_to(_HOME_BYTES, (len(matrix), len(_HOME_BYTES)))
    return np.concatenate([head, matrix], axis=1)


def parse_email(text: str) -> Parsed:
    """An e-mail address in lower case, by its shape; fictional under ``.invalid``."""
    bare = _mail_form(text)
    if not bare:
        return EMPTY
    mailbox, at, domain = bare.rpartition("@")
    if not at or not _is_domain(domain) or not _MAILBOX.fullmatch(mailbox):
        return Parsed(bare, Status.INVALID, Reason.SHAPE)
    return Parsed(bare, _domain_status(domain))


def parse_domain(text: str) -> Parsed:
    """A web domain in lower case, cut out of an address if need be, without ``www.``; by its shape."""
    host = _host_form(text)
    if not host:
        return EMPTY if not compact(text) else Parsed("", Status.INVALID, Reason.SHAPE)
    if not _is_domain(host) or host.replace(".", "").isdigit():
        return Parsed(host, Status.INVALID, Reason.SHAPE)
    return Parsed(host, _domain_status(host))


def _is_domain(text: str) -> bool:
    return len(text) <= _LONGEST_DOMAIN and _DOMAIN.fullmatch(text) is not None


def _domain_status(domain: str) -> Status:
    made_up = domain.rpartition(".")[2] == fictional.TOP_LEVEL_DOMAIN
    return Status.FICTIONAL if made_up else Status.VALID


def parse_device_mark(text: str) -> Parsed:
    """The mark of a bidder's device: MAC as ``AA:BB:…``, IP in its shortest form, else a lock number.

    A lock number has no check: upper case, separators as one hyphen. Marks that every machine may show
    (zeros, broadcast, loopback) are invalid, since they would link strangers.
    """
    bare = _mark_form(text)
    if not bare:
        return EMPTY
    if looks_masked(bare):
        return Parsed(bare, Status.INVALID, Reason.MASKED)
    if _MAC.fullmatch(bare):
        return _mac(re.sub(r"[-:.]", "", bare))
    try:
        address = ipaddress.ip_address(bare.lower())
    except ValueError:
        return Parsed(bare, Status.UNCHECKED)
    if address.is_unspecified or address.is_loopback:
        return Parsed(str(address), Status.INVALID, Reason.PLACEHOLDER)
    return Parsed(str(address), Status.VALID)


def _mac(twelve: str) -> Parsed:
    form = ":".join(twelve[i : i + 2] for i in range(0, 12, 2))
    if set(twelve) <= {"0"} or set(twelve) <= {"F"}:
        return Parsed(form, Status.INVALID, Reason.PLACEHOLDER)
    return Parsed(form, Status.VALID)
