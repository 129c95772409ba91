"""Strict reading of the county's words (``county.yaml``) and its planted story (``county_story.yaml``)."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Literal

from graph.errors import SchemaError
from graph.spec import Strict, read_spec

_HERE = Path(__file__).parent


class Line(Strict):
    """A line of business: the word in the firm's name, its sector letter and its market."""

    word: str
    sector: str
    scope: str
    market: Literal["works", "goods", "services", "supplier", "agent", "support"]


class BodyWords(Strict):
    """A public office."""

    name: str
    code: str
    nature: str
    sectors: list[str]
    parent: str
    buys: list[str]


class Work(Strict):
    """What is let: category, the market that bids, and the title with ``{place}`` and ``{other}``."""

    category: str
    market: str
    title: str


class PostWords(Strict):
    """A post of a public office."""

    post: str
    rank: str
    head: bool


class CaseWords(Strict):
    """A closed case: the year of its end, and the coded steps as (tactic, instrument)."""

    number: str
    closed: int
    class_code: str
    campaign: str
    sector: str
    shared: bool
    steps: list[tuple[str, str]]


class CountyWords(Strict):
    """The whole file ``county.yaml``."""

    county: str
    prefecture: str
    region: str
    neighbours: list[str]
    surnames: str
    given_male: tuple[str, str]
    given_female: tuple[str, str]
    namesakes: list[str]
    rare_name: str
    streets: list[str]
    estates: list[str]
    incubator: str
    brands: list[str]
    lines: list[Line]
    bodies: list[BodyWords]
    works: list[Work]
    goods: list[str]
    places: list[str]
    posts: list[PostWords]
    cases: list[CaseWords]
    columns: dict[str, list[str]]


class StoryPerson(Strict):
    """A person of the story; ``name`` where it differs from the handle."""

    name: str = ""
    sex: Literal["男", "女"]
    born: date
    category: str


class StoryFirm(Strict):
    """A firm of the story; ``capital`` in 万元, ``books`` its book-keeper."""

    form: str
    established: date
    capital: int
    line: str
    address: str
    staff: int
    books: str


class StoryShare(Strict):
    """Handles of holder and firm, percent, from when to when."""

    holder: str
    firm: str
    percent: float
    since: date
    until: str


class StoryOffice(Strict):
    """Who is what of a firm."""

    person: str
    firm: str
    post: str
    since: date
    until: str


class StoryPost(Strict):
    """Who is what in a public office."""

    person: str
    body: str
    post: str
    rank: str
    head: bool
    since: str
    until: str


class StoryKin(Strict):
    """What the relative is to the declarer."""

    declarer: str
    relative: str
    word: str
    year: int


class StoryBid(Strict):
    """Bidder and price in 万元."""

    firm: str
    price: float


class StoryLot(Strict):
    """A lot with its bids; the first bid wins."""

    code: str
    project: str
    title: str
    lot: str
    buyer: str
    category: str
    estimate: float
    published: date
    opened: date
    awarded: date
    bids: list[StoryBid]


class StoryDecision(Strict):
    """Who did what on a lot."""

    person: str
    lot: str
    word: str


class SharedDevice(Strict):
    """One machine that handed in the bids of several firms."""

    value: str
    firms: list[str]


class SharedPhone(Strict):
    """One telephone of several people and firms."""

    people: list[str]
    firms: list[str]


class BookKeeper(Strict):
    """The book-keeping agent and how many clients carry its telephone."""

    firm: str
    clients: int


class StoryTransfer(Strict):
    """A transfer between the accounts of two parties, in 元."""

    source: str
    target: str
    amount: int
    at: datetime
    remark: str


class StoryEstate(Strict):
    """A flat of the story; ``price`` in 元."""

    owner: str
    location: str
    area: float
    price: int
    since: date


class StoryVehicle(Strict):
    """A vehicle of the story."""

    owner: str
    plate: str
    model: str
    since: date


class Story(Strict):
    """The whole file ``county_story.yaml``."""

    people: dict[str, StoryPerson]
    firms: dict[str, StoryFirm]
    shares: list[StoryShare]
    officers: list[StoryOffice]
    posts: list[StoryPost]
    kin: list[StoryKin]
    lots: list[StoryLot]
    agent: str
    decides: list[StoryDecision]
    shared_device: SharedDevice
    shared_phone: SharedPhone
    book_keeper: BookKeeper
    transfers: list[StoryTransfer]
    estates: list[StoryEstate]
    vehicles: list[StoryVehicle]


@cache
def county_words() -> CountyWords:
    """The shipped words; ``SchemaError`` with file and line where the file is wrong."""
    return read_spec(_HERE / "county.yaml", CountyWords, SchemaError)


@cache
def county_story() -> Story:
    """The shipped story; ``SchemaError`` with file and line where the file is wrong."""
    return read_spec(_HERE / "county_story.yaml", Story, SchemaError)
