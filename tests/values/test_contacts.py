"""Telephones, e-mail, domains, device marks."""

from __future__ import annotations

import pytest

from values.contacts import parse_device_mark, parse_domain, parse_email, parse_phone
from values.parsed import Reason, Status


@pytest.mark.parametrize(
    ("cell", "text", "status", "reason"),
    [
        ("139-1234 5678", "+8613912345678", Status.VALID, ""),
        ("+86 139 1234 5678", "+8613912345678", Status.VALID, ""),
        ("0086１３９１２３４５６７８", "+8613912345678", Status.VALID, ""),
        ("0592-5185000", "+865925185000", Status.VALID, ""),
        ("（0592）5185000转801", "+865925185000", Status.VALID, ""),
        ("86-10-62345678", "+861062345678", Status.VALID, ""),
        ("400-123-4567", "+864001234567", Status.VALID, ""),
        ("+44 20 7946 0958", "+442079460958", Status.VALID, ""),
        ("10012345678", "+8610012345678", Status.FICTIONAL, ""),
        ("+8610912345678", "+8610912345678", Status.FICTIONAL, ""),
        ("11012345678", "11012345678", Status.INVALID, Reason.PREFIX),
        ("95588", "95588", Status.INVALID, Reason.LENGTH),
        ("139****5678", "139****5678", Status.INVALID, Reason.MASKED),
        ("无", "无", Status.INVALID, Reason.CHARACTERS),
    ],
)
def test_phone(cell: str, text: str, status: Status, reason: str) -> None:
    parsed = parse_phone(cell)
    assert (parsed.text, parsed.status, parsed.reason) == (text, status, reason)


@pytest.mark.parametrize(
    ("cell", "text", "status"),
    [
        ("mailto:Li.Ming@Example.COM", "li.ming@example.com", Status.VALID),
        ("x@demo.invalid", "x@demo.invalid", Status.FICTIONAL),
        ("x@demo", "x@demo", Status.INVALID),
        ("@demo.cn", "@demo.cn", Status.INVALID),
        ("a@b@demo.cn", "a@b@demo.cn", Status.INVALID),
    ],
)
def test_email(cell: str, text: str, status: Status) -> None:
    parsed = parse_email(cell)
    assert (parsed.text, parsed.status) == (text, status)


@pytest.mark.parametrize(
    ("cell", "text", "status"),
    [
        ("HTTPS://www.Example.com:443/a?b#c", "example.com", Status.VALID),
        ("demo.invalid", "demo.invalid", Status.FICTIONAL),
        ("10.0.0.1", "10.0.0.1", Status.INVALID),
        ("localhost", "localhost", Status.INVALID),
        ("a." * 150 + "cn", "a." * 150 + "cn", Status.INVALID),
    ],
)
def test_domain(cell: str, text: str, status: Status) -> None:
    parsed = parse_domain(cell)
    assert (parsed.text, parsed.status) == (text, status)


@pytest.mark.parametrize(
    ("cell", "text", "status"),
    [
        ("aa-bb-cc-dd-ee-0f", "AA:BB:CC:DD:EE:0F", Status.VALID),
        ("aabb.ccdd.ee0f", "AA:BB:CC:DD:EE:0F", Status.VALID),
        ("00-00-00-00-00-00", "00:00:00:00:00:00", Status.INVALID),
        ("FF:FF:FF:FF:FF:FF", "FF:FF:FF:FF:FF:FF", Status.INVALID),
        ("192.168.001.1", "192.168.001.1", Status.UNCHECKED),  # no way to write an address
        ("192.168.1.1", "192.168.1.1", Status.VALID),
        ("2001:0DB8::0001", "2001:db8::1", Status.VALID),
        ("127.0.0.1", "127.0.0.1", Status.INVALID),
        ("lock_12–ab", "LOCK-12-AB", Status.UNCHECKED),
    ],
)
def test_device_mark(cell: str, text: str, status: Status) -> None:
    parsed = parse_device_mark(cell)
    assert (parsed.text, parsed.status) == (text, status)
