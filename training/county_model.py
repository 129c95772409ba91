"""What exists in the fictional county: plain values that the source files are written from.

Amounts are whole 元 unless a comment says otherwise; dates that a register knows only roughly are text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Person:
    """One person; two of one ``name`` are two people where ``id_number`` differs."""

    name: str
    sex: str
    birth: date
    id_number: str
    phone: str
    category: str
    address: str


@dataclass(frozen=True, slots=True)
class Firm:
    """One registered firm or public body; ``books`` names the book-keeper, empty where it has none."""

    name: str
    uscc: str
    form: str
    established: date
    capital: int  # 万元
    sector: str
    scope: str
    market: str
    address: str
    staff: int
    phone: str
    status: str = "存续"
    cancelled: str = ""
    incubated: bool = False
    books: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """One public office with the sectors it is in charge of, the office above it and what it buys."""

    name: str
    code: str
    uscc: str
    nature: str
    sectors: tuple[str, ...]
    parent: str
    buys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """``holder`` holds ``percent`` of ``firm``; an empty ``until`` is still in force."""

    holder: Person | Firm
    firm: Firm
    percent: float
    since: date
    until: str


@dataclass(frozen=True, slots=True)
class Office:
    """``person`` is ``post`` of ``firm`` (several parted by 、); ``numbered``: with the identity number."""

    person: Person
    firm: Firm
    post: str
    since: date
    until: str
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Post:
    """A post in a public office; ``since`` and ``until`` as the personnel file writes them."""

    person: Person
    body: Body
    post: str
    rank: str
    head: bool
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Kin:
    """``declarer`` says in ``year``: ``relative`` is my ``word`` (弟弟, 妻子 …)."""

    declarer: Person
    relative: Person
    word: str
    year: int


@dataclass(frozen=True, slots=True)
class Lot:
    """One tender or lot of one; ``estimate`` in 万元."""

    code: str
    project: str
    title: str
    lot: str
    buyer: Body
    agent: Firm
    category: str
    method: str
    estimate: float
    published: date
    opened: date
    awarded: date


@dataclass(frozen=True, slots=True)
class Bid:
    """One firm's bid; ``price`` in 万元, ``device`` the mark of the machine that handed it in."""

    lot: Lot
    firm: Firm
    price: float
    at: datetime
    status: str
    manager: Person
    account: Account
    deposit: date
    device: str


@dataclass(frozen=True, slots=True)
class Award:
    """The winner of a lot; ``amount`` in 万元, ``start`` and ``end`` of the contract."""

    lot: Lot
    firm: Firm
    amount: float
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Decision:
    """Who evaluated, approved, accepted or stood aside (``word``) on a lot."""

    person: Person
    lot: Lot
    word: str
    at: date


@dataclass(frozen=True, slots=True)
class Contact:
    """A telephone or address under which somebody was reached; ``note`` marks a shared one (代办机构 …)."""

    who: Person | Firm
    sort: str
    value: str
    use: str
    first: date
    last: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One bank account."""

    number: str
    owner: Person | Firm | Body
    kind: str
    opened: date


@dataclass(frozen=True, slots=True)
class Payment:
    """One transfer between two accounts."""

    number: str
    at: datetime
    source: Account
    target: Account
    amount: int
    remark: str
    channel: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """One line of a payment platform's bill; ``goods`` is what no workspace may keep."""

    number: str
    at: datetime
    buyer: Person
    shop: Firm
    cents: int
    goods: str
    state: str


@dataclass(frozen=True, slots=True)
class Estate:
    """One flat or shop and its owner."""

    owner: Person | Firm
    unit_no: str
    title_no: str
    location: str
    area: float
    use: str
    price: int
    since: date


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle and its owner."""

    owner: Person | Firm
    plate: str
    model: str
    since: date


@dataclass(frozen=True, slots=True)
class Header:
    """One header of an interview record, as thin as it was kept."""

    number: str
    case: str
    name: str
    former: str
    sex: str
    born: str
    id_number: str
    unit: str
    post: str
    address: str
    phone: str
    date: str
    place: str
    by: str
    capacity: str
    archived: str


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody or something was in a closed case."""

    case: str
    who: Person | Firm | Account
    word: str


@dataclass(frozen=True, slots=True)
class Step:
    """One coded step of a closed case: tactic, actor, instrument."""

    case: str
    order: int
    tactic: str
    actor: Person | Firm
    instrument: str
    coder: str


@dataclass(frozen=True, slots=True)
class Seizure:
    """The state of an asset in a closed case."""

    case: str
    account: Account
    state: str
    value: int
    at: date


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """One case that is over."""

    number: str
    title: str
    class_code: str
    campaign: str
    sector: str
    unit: str
    opened: date
    closed: date


@dataclass(slots=True)
class County:
    """Everything, in the order it was made. Only the makers in ``training/county_*.py`` add to it."""

    people: dict[str, Person] = field(default_factory=dict)
    firms: dict[str, Firm] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    kin: list[Kin] = field(default_factory=list)
    lots: dict[str, Lot] = field(default_factory=dict)
    bids: list[Bid] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    estates: list[Estate] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    cases: list[ClosedCase] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    seizures: list[Seizure] = field(default_factory=list)
