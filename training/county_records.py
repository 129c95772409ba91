"""The tables of events: what was let and to whom, what banks booked, what cases and headers keep.

Rows stand in order of time, as such systems export them; headers stand in ``county.yaml``.
"""

from __future__ import annotations

from collections import Counter

from training.county_draws import Draws
from training.county_model import Account, Bid, County, Header, Lot, Payment, Person
from training.county_tables import Row, Rows, bank_of

_LOWEST = 20_000  # no balance falls below it, in 元
_BOTH_BANKS = 10  # one transfer in ten is reported by both banks
PREAMBLE: Rows = [["支付平台账单明细"], ["2025-01-01 至 2026-09-30"], ["以下为虚构交易记录"], ["-" * 20]]


def lots(county: County) -> Rows:
    """招标项目, sheet 项目标段: amounts in 万元."""
    found = sorted(county.lots.values(), key=lambda lot: (lot.published, lot.code))
    return [_lot(number, lot) for number, lot in enumerate(found, 1)]


def lot_totals(county: County) -> Rows:
    """What stands under the lots: a row of totals and a signature line."""
    total = round(sum(lot.estimate for lot in county.lots.values()), 2)
    return [["合计", *[None] * 10, total, *[None] * 4], ["制表:青屏县公共资源中心", *[None] * 15]]


def decisions(county: County) -> Rows:
    """招标项目, sheet 评审审批: who did what on which lot."""
    return [[d.lot.code, d.person.name, d.person.id_number, d.word, d.at] for d in county.decisions]


def bids(county: County) -> Rows:
    """投标: prices in 元; the last row has a month that does not exist."""
    rows = [_bid(b) for b in sorted(county.bids, key=lambda b: (b.at, b.firm.name))]
    return [*rows, [*rows[0][:4], "2024-13-05 10:00:00", *rows[0][5:]]]


def awards(county: County) -> Rows:
    """中标: amounts with their unit in the cell."""
    rows: Rows = []
    for a in sorted(county.awards, key=lambda a: (a.lot.awarded, a.lot.code)):
        day, amount = a.lot.awarded, f"{a.amount:,.2f}万元"
        at = f"{day.year}年{day.month}月{day.day}日"
        rows.append([
            a.lot.code, a.firm.name, a.firm.uscc, amount, at, a.start.isoformat(), a.end.isoformat(),
        ])  # fmt: skip
    return rows


def bank_rows(county: County) -> Rows:
    """银行流水: a row by the paying bank, for one in ten another by the receiving one; the last is spoilt."""
    balances = _opening_balances(county)
    rows: Rows = []
    for number, p in enumerate(county.payments):
        balances[p.source.number] -= p.amount
        balances[p.target.number] += p.amount
        rows.append(_booked(p, p.source, p.target, "付", balances))
        if number % _BOTH_BANKS == 0:
            rows.append(_booked(p, p.target, p.source, "收", balances))
    last = rows[-1]
    return [*rows, ["T20260930999999", *last[1:6], "#REF!", *last[7:]]]


def platform_bill(county: County) -> Rows:
    """平台账单: the goods column is what no workspace may keep."""
    rows: Rows = []
    for p in sorted(county.purchases, key=lambda p: p.number):
        rows.append([
            p.number, f"{p.at:%Y/%m/%d %H:%M:%S}", p.buyer.name, p.buyer.id_number, p.shop.name, p.shop.uscc,
            p.goods, f"{p.cents / 100:.2f}", p.state,
        ])  # fmt: skip
    return rows


def headers(county: County) -> Rows:
    """笔录头: the last two have a day that does not exist and a capacity that no list knows."""
    rows = [_header(h) for h in county.headers]
    impossible = ["BL2003-9001", *rows[0][1:11], "2003-02-31", *rows[0][12:]]
    unknown = ["BL2026-9002", *rows[-1][1:14], "旁听", *rows[-1][15:]]
    return [*rows, impossible, unknown]


def closed_cases(county: County, draws: Draws) -> Rows:
    """已结案件, sheet 案件."""
    region = draws.words.region
    return [
        [c.number, c.title, c.class_code, c.campaign, c.sector, region, c.unit, c.opened, c.closed]
        for c in county.cases
    ]


def roles(county: County) -> Rows:
    """已结案件, sheet 角色: people by identity number, firms by credit code, accounts by number."""
    rows: Rows = []
    for r in county.roles:
        if isinstance(r.who, Account):
            rows.append([r.case, "账户", r.who.owner.name, r.who.number, r.word])
        elif isinstance(r.who, Person):
            rows.append([r.case, "个人", r.who.name, r.who.id_number, r.word])
        else:
            rows.append([r.case, "单位", r.who.name, r.who.uscc, r.word])
    return [*rows, [*rows[0][:4], "不详"]]


def steps(county: County) -> Rows:
    """已结案件, sheet 步骤: the coded steps in their order."""
    rows: Rows = []
    for s in county.steps:
        person = isinstance(s.actor, Person)
        number = s.actor.id_number if isinstance(s.actor, Person) else s.actor.uscc
        who = ["个人" if person else "单位", s.actor.name, number]
        rows.append([s.case, s.order, s.tactic, *who, s.instrument, s.coder])
    return rows


def seizures(county: County) -> Rows:
    """已结案件, sheet 财物: what became of an account, state by state."""
    return [[s.case, s.account.number, bank_of(s.account), s.state, s.value, s.at] for s in county.seizures]


def _lot(number: int, lot: Lot) -> Row:
    return [
        number, lot.project, lot.code, lot.lot, lot.title, lot.category, lot.method, lot.buyer.name,
        lot.buyer.uscc, lot.agent.name, lot.agent.uscc, lot.estimate, lot.published, lot.opened, lot.awarded,
        "青屏县",
    ]  # fmt: skip


def _bid(b: Bid) -> Row:
    return [
        b.lot.code, b.firm.name, b.firm.uscc, f"{b.price * 10000:.2f}", f"{b.at:%Y-%m-%d %H:%M:%S}",
        b.status, b.manager.name, b.manager.id_number, b.account.number, bank_of(b.account),
        b.deposit.isoformat(), b.device,
    ]  # fmt: skip


def _booked(p: Payment, own: Account, other: Account, flag: str, balances: Counter[str]) -> Row:
    return [
        p.number, f"{p.at:%Y-%m-%d %H:%M:%S}", own.owner.name, own.number, bank_of(own), flag,
        f"{p.amount:,.2f}", "CNY", f"{balances[own.number]:,.2f}", other.owner.name, other.number,
        bank_of(other), p.remark, p.channel,
    ]  # fmt: skip


def _header(h: Header) -> Row:
    return [
        h.number, h.case, h.name, h.former, h.sex, h.born, h.id_number, h.unit, h.post, h.address, h.phone,
        h.date, h.place, h.by, h.capacity, h.archived,
    ]  # fmt: skip


def _opening_balances(county: County) -> Counter[str]:
    """Enough on every account that its balance never falls below `_LOWEST`."""
    running: Counter[str] = Counter()
    lowest: Counter[str] = Counter()
    for p in county.payments:
        running[p.source.number] -= p.amount
        running[p.target.number] += p.amount
        lowest[p.source.number] = min(lowest[p.source.number], running[p.source.number])
    return Counter({number: _LOWEST - lowest[number] for number in county.accounts})
