"""The registers and personnel files as their offices write them: the rows under the header, one a statement.

Registers come in no order. The last row of some tables is spoilt on purpose (an impossible date, a word that
no code list knows), so that the reject file has something to show. Headers stand in ``county.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from training.county_draws import Draws
from training.county_files import Cell
from training.county_model import Account, Body, County, Firm, Person

Row = list[Cell]
Rows = list[Row]
Item = TypeVar("Item")


def registered_firms(county: County, draws: Draws) -> Rows:
    """工商登记_企业: one row a firm."""
    rows: Rows = []
    for number, f in enumerate(_shuffled(draws, county.firms.values()), 1):
        keeper = county.firms.get(f.books)
        rows.append([
            number, f.uscc, f.name, f.form, f.status, f.established.isoformat(), f.cancelled, f.capital,
            f.sector, draws.words.region, f.address, "孵化器" if f.incubated else "", f.scope, f.staff,
            f.books, keeper.uscc if keeper else "", "青屏县市场监督管理局",
        ])  # fmt: skip
    spoilt = _spoilt(rows[0], {0: len(rows) + 1, 1: draws.uscc(), 2: "青屏待核商贸有限公司", 5: "2021-02-30"})
    return [*rows, spoilt]


def shareholders(county: County, draws: Draws) -> Rows:
    """工商登记_股东: one row a holding."""
    rows: Rows = []
    for s in _shuffled(draws, county.shares):
        subscribed = round(s.firm.capital * s.percent / 100, 2)
        rows.append([
            s.firm.name, s.firm.uscc, s.holder.name,
            "自然人" if isinstance(s.holder, Person) else "企业法人", _number(s.holder), f"{s.percent:g}%",
            subscribed, f"{s.since:%Y/%m/%d}", s.until.replace("-", "/"),
        ])  # fmt: skip
    return [*rows, _spoilt(rows[-1], {5: "见章程"})]


def officers(county: County, draws: Draws) -> Rows:
    """高管: one row a person and firm; several posts stand in one cell."""
    rows: Rows = []
    for o in _shuffled(draws, county.offices):
        number = o.person.id_number if o.numbered else ""
        until = date.fromisoformat(o.until) if o.until else None
        rows.append([o.firm.name, o.firm.uscc, o.person.name, o.person.sex, number, o.post, o.since, until])
    return [*rows, _spoilt(rows[-1], {5: "荣誉顾问"})]


def posts(county: County, draws: Draws) -> Rows:
    """干部任职: dates as the personnel file has them, mostly to the month."""
    rows: Rows = []
    for p in _shuffled(draws, county.posts):
        rows.append([
            p.person.name, p.person.sex, f"{p.person.birth:%Y年%m月}", p.person.id_number, p.body.name,
            p.body.uscc, p.post, p.rank, "是" if p.head else "否", "、".join(p.body.sectors), p.since,
            p.until,
        ])  # fmt: skip
    return [*rows, _spoilt(rows[0], {10: "2019年14月"})]


def bodies(county: County, draws: Draws) -> Rows:
    """单位名录: the offices, what they are in charge of, who stands above them."""
    rows: Rows = []
    for b in county.bodies.values():
        above = county.bodies[b.parent].uscc if b.parent else ""
        sectors = "、".join(b.sectors)
        rows.append([b.name, b.uscc, b.nature, sectors, draws.words.region, b.parent, above])
    return rows


def kin(county: County, draws: Draws) -> Rows:
    """亲属申报表: what the relative is to the one who declares."""
    rows: Rows = []
    for k in _shuffled(draws, county.kin):
        work = next((o.firm.name for o in county.offices if o.person is k.relative), "")
        own, other = k.declarer, k.relative
        rows.append([k.year, own.name, own.id_number, k.word, other.name, other.id_number, work])
    return [*rows, _spoilt(rows[0], {3: "干亲"})]


def contacts(county: County, draws: Draws) -> Rows:
    """联系方式: telephones and addresses of people and firms."""
    return [
        [*_party(c.who), c.sort, c.value, c.use, c.note, c.first.isoformat(), c.last.isoformat()]
        for c in _shuffled(draws, county.contacts)
    ]


def estates(county: County, draws: Draws) -> Rows:
    """资产, sheet 不动产."""
    return [
        [e.unit_no, e.title_no, e.location, e.area, e.use, *_party(e.owner), e.price, e.since]
        for e in _shuffled(draws, county.estates)
    ]


def vehicles(county: County, draws: Draws) -> Rows:
    """资产, sheet 车辆."""
    return [[v.plate, v.model, *_party(v.owner), v.since] for v in _shuffled(draws, county.vehicles)]


def accounts(county: County, draws: Draws) -> Rows:
    """资产, sheet 账户: who opened which account."""
    return [
        [a.number, bank_of(a), a.kind, *_party(a.owner), a.opened]
        for a in _shuffled(draws, county.accounts.values())
    ]


def bank_of(account: Account) -> str:
    """The code of the bank that keeps the account, of the reserved range."""
    return "999990102011" if int(account.number[-2]) % 2 else "999990102028"


def _party(who: Person | Firm | Body) -> Row:
    return ["个人" if isinstance(who, Person) else "单位", who.name, _number(who)]


def _number(who: Person | Firm | Body) -> str:
    return who.id_number if isinstance(who, Person) else who.uscc


def _spoilt(row: Row, faults: dict[int, Cell]) -> Row:
    """A copy of ``row`` with other cells at some places."""
    return [faults.get(place, cell) for place, cell in enumerate(row)]


def _shuffled(draws: Draws, items: Iterable[Item]) -> list[Item]:
    found = list(items)
    draws.random.shuffle(found)
    return found
