"""Seeded draws: one stream of random numbers, and counters that give everybody numbers of their own."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from training.county_model import Body, Firm, Person
from training.county_words import BodyWords, CountyWords, Line, county_words
from values.fictional import fictional_account, fictional_id_number, fictional_phone, fictional_uscc

Item = TypeVar("Item")
_STRIDE = 7919  # a prime: counting in steps of it visits every number once, and no two stand side by side


class Draws:
    """The random stream of one county and its counters: same seed and calls, same values."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words: CountyWords = county_words()
        self._counts: Counter[str] = Counter()
        self._names: set[str] = set()

    def one_of(self, items: Sequence[Item]) -> Item:
        """Any of ``items``, all alike."""
        return items[self.random.randrange(len(items))]

    def some_of(self, items: Sequence[Item], count: int) -> list[Item]:
        """``count`` different places of ``items``, fewer where there are not so many."""
        return self.random.sample(items, min(count, len(items)))

    def chance(self, probability: float) -> bool:
        """True with ``probability``."""
        return self.random.random() < probability

    def day(self, first: date, last: date) -> date:
        """A day from ``first`` to ``last``, both included."""
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def moment(self, day: date) -> datetime:
        """A second of office hours on ``day``."""
        seconds = self.random.randint(8 * 3600 + 1800, 17 * 3600 + 1800)
        return datetime.combine(day, time()) + timedelta(seconds=seconds)

    def count(self, what: str) -> int:
        """The next number of ``what``, from 1."""
        self._counts[what] += 1
        return self._counts[what]

    def phone(self) -> str:
        """A telephone number of the reserved range, given out once."""
        return fictional_phone(31_000_000 + self.count("phone") * _STRIDE)

    def account_number(self) -> str:
        """An account of the reserved bank, given out once."""
        return fictional_account(200_010_000_000_000 + self.count("account") * _STRIDE)

    def uscc(self) -> str:
        """A credit code of the fictional county, given out once."""
        return fictional_uscc(int(self.words.region[2:]) * 10**8 + 30_000_000 + self.count("uscc") * _STRIDE)

    def id_number(self, birth: date, sex: str) -> str:
        """An identity number of the county or a neighbour for this birthday; odd sequences are men."""
        home = self.words.region if self.chance(0.85) else self.one_of(self.words.neighbours)
        order = 2 * self.count(f"id {home} {birth}") + (1 if sex == "男" else 0)
        return fictional_id_number(birth, int(home[2:]) * 1000 + order)

    def device(self) -> str:
        """A hardware address that no maker gives out (the bit for "locally administered" is set)."""
        number = self.count("device") * _STRIDE
        return f"02:99:20:{number >> 16 & 255:02X}:{number >> 8 & 255:02X}:{number & 255:02X}"

    def address(self) -> str:
        """An address in the county."""
        return f"{self.words.county}{self.one_of(self.words.streets)}{self.random.randint(1, 160)}号"

    def home(self) -> str:
        """A flat in the county."""
        block, unit = self.random.randint(1, 12), self.random.randint(1, 3)
        flat = self.random.randint(1, 11) * 100 + self.random.randint(1, 4)
        return f"{self.words.county}{self.one_of(self.words.estates)}{block}-{unit}-{flat}"

    def fresh_name(self, sex: str, surname: str = "") -> str:
        """A full name that nobody else bears."""
        first, second = self.words.given_male if sex == "男" else self.words.given_female
        while True:
            name = (surname or self.one_of(self.words.surnames)) + self.one_of(first) + self.one_of(second)
            if name not in self._names:
                self._names.add(name)
                return name

    def reserve(self, names: Sequence[str]) -> None:
        """Names that `fresh_name` shall not give."""
        self._names.update(names)

    def person(
        self, category: str, born: tuple[int, int], *, name: str = "", surname: str = "", sex: str = ""
    ) -> Person:
        """Somebody born in the years ``born`` (both included)."""
        sex = sex or self.one_of("男男女")
        birth = self.day(date(born[0], 1, 1), date(born[1], 12, 31))
        name = name or self.fresh_name(sex, surname)
        return Person(name, sex, birth, self.id_number(birth, sex), self.phone(), category, self.home())

    def firm(self, line: Line, name: str, form: str, established: date) -> Firm:
        """A firm of this line of business with a size that fits its market."""
        large = line.market == "works"
        capital = self.one_of((800, 1000, 2000, 3000, 5000) if large else (50, 100, 200, 500))
        staff = self.random.randint(12, 90) if large else self.random.randint(2, 25)
        return Firm(
            name, self.uscc(), form, established, capital, line.sector, line.scope, line.market,
            self.address(), staff, self.phone(),
        )  # fmt: skip

    def body(self, words: BodyWords) -> Body:
        """A public office with a number of its own."""
        sectors, buys = tuple(words.sectors), tuple(words.buys)
        return Body(words.name, words.code, self.uscc(), words.nature, sectors, words.parent, buys)
