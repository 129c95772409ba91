"""Accounts and what moved between them, a payment platform's bill, flats and vehicles."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from training.county_draws import Draws
from training.county_model import Account, Body, County, Estate, Firm, Payment, Person, Purchase, Vehicle
from training.county_story import holder, title_no, unit_no
from training.county_tenders import account_of
from training.county_words import Story

Transfer = tuple[datetime, Account, Account, int, str]  # when, from, to, 元, remark
PEOPLE_WITH_ACCOUNTS = 60
TRADES = 420
WAGES = 26  # firms whose wages are seen, ten months each
BETWEEN_PEOPLE = 90
PURCHASES = 120
ESTATES = 60
VEHICLES = 50
_CHANNELS = ("网银", "柜面", "手机银行")
_LAST = date(2026, 9, 30)  # nothing is known after it


def add_accounts(county: County, draws: Draws, story: Story) -> None:
    """One account for every office and firm, a few firms with two, some people."""
    for body in county.bodies.values():
        _open(county, draws, body, "基本存款账户")
    for firm in county.firms.values():
        _open(county, draws, firm, "基本存款账户")
        if draws.chance(0.06):
            _open(county, draws, firm, "一般存款账户")
    payees = [county.people[t.target] for t in story.transfers if t.target in county.people]
    private = [p for p in county.people.values() if p.category in ("businessPerson", "other")]
    others = [p for p in private if p not in payees]
    for person in [*payees, *draws.some_of(others, PEOPLE_WITH_ACCOUNTS)]:
        _open(county, draws, person, "个人结算账户")


def add_payments(county: County, draws: Draws, story: Story) -> None:
    """The story's transfers; deposits and their return, contract money, supplies, wages, private ones."""
    found: list[Transfer] = []
    for t in story.transfers:
        payer, payee = _party(county, t.source), _party(county, t.target)
        found.append((t.at, account_of(county, payer), account_of(county, payee), t.amount, t.remark))
    found += _deposits(county, draws) + _contract_money(county, draws)
    found += _trade(county, draws) + _wages(county, draws) + _among_people(county, draws)
    for at, source, target, amount, remark in sorted(found, key=lambda p: (p[0], p[1].number)):
        number = f"T{at:%Y%m%d}{draws.count('payment'):06d}"
        county.payments.append(Payment(number, at, source, target, amount, remark, draws.one_of(_CHANNELS)))


def add_things(county: County, draws: Draws) -> None:
    """Purchases on the platform, flats and vehicles."""
    shops = [f for f in county.firms.values() if f.market in ("goods", "services") and not f.cancelled]
    buyers = draws.some_of(list(county.people.values()), 40)
    for _ in range(PURCHASES):
        day, cents = draws.day(date(2025, 1, 1), _LAST), draws.random.randint(500, 60000)
        state = "已退款" if draws.chance(0.05) else "交易成功"
        number = f"PF{day:%Y%m%d}{draws.count('purchase'):05d}"
        buyer, shop, goods = draws.one_of(buyers), draws.one_of(shops), draws.one_of(draws.words.goods)
        county.purchases.append(Purchase(number, draws.moment(day), buyer, shop, cents, goods, state))
    owners: list[Person | Firm] = [*county.people.values(), *county.firms.values()]
    for owner in draws.some_of(owners, ESTATES):
        county.estates.append(_estate(draws, owner))
    for owner in draws.some_of(owners, VEHICLES):
        model = "小型轿车" if isinstance(owner, Person) else draws.one_of(("轻型货车", "重型自卸货车"))
        since = draws.day(date(2012, 1, 1), date(2025, 12, 31))
        county.vehicles.append(Vehicle(owner, _plate(draws), model, since))


def _estate(draws: Draws, owner: Person | Firm) -> Estate:
    """Home of a person, shop of a firm."""
    since, area = draws.day(date(2006, 1, 1), date(2025, 12, 31)), round(draws.random.uniform(48, 180), 1)
    use, location = ("住宅", owner.address) if isinstance(owner, Person) else ("商业", draws.address())
    price = int(area) * draws.random.randint(38, 72) * 100
    return Estate(owner, unit_no(draws), title_no(draws, since), location, area, use, price, since)


def _open(county: County, draws: Draws, owner: Person | Firm | Body, kind: str) -> None:
    start = owner.established if isinstance(owner, Firm) else date(2012, 1, 4)
    account = Account(draws.account_number(), owner, kind, draws.day(start, max(start, date(2018, 12, 31))))
    county.accounts[account.number] = account


def _party(county: County, handle: str) -> Person | Firm | Body:
    return county.bodies[handle] if handle in county.bodies else holder(county, handle)


def _deposits(county: County, draws: Draws) -> list[Transfer]:
    """Every bidder pays two per cent to the exchange; all but the winner get it back within a fortnight."""
    centre = account_of(county, county.bodies["青屏县公共资源中心"])
    winners = {(a.lot.code, a.firm.name) for a in county.awards}
    found = []
    for bid in county.bids:
        amount = round(bid.lot.estimate * 200)
        found.append((draws.moment(bid.deposit), bid.account, centre, amount, "投标保证金"))
        if (bid.lot.code, bid.firm.name) not in winners:
            back = draws.moment(bid.lot.awarded + timedelta(days=draws.random.randint(3, 14)))
            found.append((back, centre, bid.account, amount, "退投标保证金"))
    return found


def _contract_money(county: County, draws: Draws) -> list[Transfer]:
    """The buyer pays the winner in two or three parts."""
    found = []
    for award in county.awards:
        parts = (0.3, 0.5) if draws.chance(0.5) else (0.2, 0.3, 0.4)
        for number, part in enumerate(parts):
            day = award.start + timedelta(days=25 + 60 * number + draws.random.randint(0, 20))
            if day <= _LAST:
                source, target = account_of(county, award.lot.buyer), account_of(county, award.firm)
                amount = round(award.amount * part * 10000)
                found.append((draws.moment(day), source, target, amount, "工程进度款"))
    return found


def _trade(county: County, draws: Draws) -> list[Transfer]:
    """Firms pay their suppliers; each buys from few."""
    firms = [f for f in county.firms.values() if not f.cancelled]
    suppliers = [f for f in firms if f.market in ("supplier", "goods", "services")]
    usual = {f.name: draws.some_of([s for s in suppliers if s is not f], 3) for f in firms}
    found = []
    for _ in range(TRADES):
        firm = draws.one_of(firms)
        day, amount = draws.day(date(2023, 1, 1), _LAST), draws.random.randint(30, 4500) * 100
        source, target = account_of(county, firm), account_of(county, draws.one_of(usual[firm.name]))
        remark = draws.one_of(("货款", "材料款", "运费", "劳务费", "租金"))
        found.append((draws.moment(day), source, target, amount, remark))
    return found


def _wages(county: County, draws: Draws) -> list[Transfer]:
    people = [a for a in county.accounts.values() if isinstance(a.owner, Person)]
    payers = [a for a in county.accounts.values() if isinstance(a.owner, Firm) and not a.owner.cancelled]
    found = []
    for payer in draws.some_of(payers, WAGES):
        payee, wage = draws.one_of(people), draws.random.randint(38, 95) * 100
        for month in range(1, 11):
            found.append((draws.moment(date(2025, month, 15)), payer, payee, wage, "工资"))
    return found


def _among_people(county: County, draws: Draws) -> list[Transfer]:
    people = [a for a in county.accounts.values() if isinstance(a.owner, Person)]
    found = []
    for _ in range(BETWEEN_PEOPLE):
        source, target = draws.some_of(people, 2)
        amount = draws.random.randint(2, 300) * 100
        at, remark = draws.moment(draws.day(date(2023, 1, 1), _LAST)), draws.one_of(("转账", "还款", "借款"))
        found.append((at, source, target, amount, remark))
    return found


def _plate(draws: Draws) -> str:
    """A plate of 青Z: no such letter is given out in that province."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "青Z" + "".join(draws.one_of(letters if i == 1 else "0123456789") for i in range(5))
