"""What the offices let: lots, bids, awards, and who evaluated, approved or stood aside."""

from __future__ import annotations

from datetime import date, timedelta

from training.county_draws import Draws
from training.county_model import Account, Award, Bid, Body, County, Decision, Firm, Lot, Person
from training.county_people import of_category
from training.county_words import Story, StoryLot, Work

Devices = dict[str, str]  # by the name of the firm
LOTS = 54  # beside those of the story
_METHODS = ("公开招标",) * 6 + ("邀请招标", "竞争性磋商")


def add_tenders(county: County, draws: Draws, story: Story) -> None:
    """Fill lots, bids, awards and decisions. People, firms and their accounts must be there."""
    devices = {name: draws.device() for name in county.firms}
    devices.update((name, story.shared_device.value) for name in story.shared_device.firms)
    for planned in story.lots:
        _add_story_lot(county, draws, story, planned, devices)
    for d in story.decides:
        lot = county.lots[d.lot]
        county.decisions.append(Decision(county.people[d.person], lot, d.word, lot.awarded))
    planted = set(county.lots)
    makers = [b for b in county.bodies.values() if b.buys]
    while len(county.lots) < LOTS + len(planted):
        _add_work(county, draws, draws.one_of(makers), devices, set(story.firms))
    for lot in county.lots.values():
        _add_decisions(county, draws, lot, lot.code in planted)


def _add_story_lot(county: County, draws: Draws, story: Story, s: StoryLot, devices: Devices) -> None:
    lot = Lot(
        s.code, s.project, s.title, s.lot, county.bodies[s.buyer], county.firms[story.agent], s.category,
        "公开招标", s.estimate, s.published, s.opened, s.awarded,
    )  # fmt: skip
    prices = [(county.firms[b.firm], b.price) for b in s.bids]
    _add_lot(county, draws, lot, prices, devices)


def _add_work(county: County, draws: Draws, buyer: Body, devices: Devices, planted: set[str]) -> None:
    """One tender of ``buyer``, in one lot or two."""
    category = draws.one_of(buyer.buys)
    work = next(w for w in draws.words.works if w.category == category)
    opened = draws.day(date(2019, 3, 1), date(2026, 6, 30))
    place, other = draws.some_of(draws.words.places, 2)
    title = work.title.format(place=place, other=other)
    code = f"QP-{buyer.code}-{opened.year}-{100 + draws.count('tender'):03d}"
    agent = draws.one_of([f for f in county.firms.values() if f.market == "agent"])
    firms = _able(county, work, opened, planted)
    works = work.market == "works"
    parts = ("一标段", "二标段") if works and draws.chance(0.15) else ("",)
    for number, part in enumerate(parts, 1):
        lot_code, project = (f"{code}-{number}", code) if part else (code, "")
        method, estimate = draws.one_of(_METHODS), float(draws.random.randint(30, 900 if works else 200))
        published = opened - timedelta(days=draws.random.randint(20, 32))
        awarded = opened + timedelta(days=draws.random.randint(2, 6))
        lot = Lot(
            lot_code, project, title + part, part, buyer, agent, category, method, estimate,
            published, opened, awarded,
        )  # fmt: skip
        bidders = draws.some_of(firms, draws.random.randint(3, 8))
        prices = [(firm, round(lot.estimate * draws.random.uniform(0.86, 0.995), 2)) for firm in bidders]
        _add_lot(county, draws, lot, sorted(prices, key=lambda p: p[1]), devices)


def _able(county: County, work: Work, opened: date, planted: set[str]) -> list[Firm]:
    """Firms of the market that stood at the time; those of the story only bid where the story says so."""
    others = (f for f in county.firms.values() if f.name not in planted)
    return [f for f in others if f.market == work.market and f.established < opened and not f.cancelled]


def _add_lot(
    county: County, draws: Draws, lot: Lot, prices: list[tuple[Firm, float]], devices: Devices
) -> None:
    """The lot, its bids in an order of their own, and the award to the first of ``prices``."""
    county.lots[lot.code] = lot
    kin = {k.relative for k in county.kin}
    managers = [p for p in of_category(county, "other") if p not in kin]
    bids = [_bid(county, draws, lot, firm, price, devices, draws.one_of(managers)) for firm, price in prices]
    county.bids.extend(sorted(bids, key=lambda b: b.at))
    winner, amount = prices[0]
    start = lot.awarded + timedelta(days=draws.random.randint(15, 30))
    end = start + timedelta(days=draws.random.randint(60, 360))
    county.awards.append(Award(lot, winner, amount, start, end))


def _bid(
    county: County, draws: Draws, lot: Lot, firm: Firm, price: float, devices: Devices, manager: Person
) -> Bid:
    handed_in = lot.opened - timedelta(days=draws.random.randint(1, 4))
    deposit = handed_in - timedelta(days=draws.random.randint(1, 6))
    at, account = draws.moment(handed_in), account_of(county, firm)
    return Bid(lot, firm, price, at, "有效", manager, account, deposit, devices[firm.name])


def account_of(county: County, owner: Person | Firm | Body) -> Account:
    """The first account of ``owner``."""
    return next(a for a in county.accounts.values() if a.owner is owner)


def _add_decisions(county: County, draws: Draws, lot: Lot, planted: bool) -> None:
    """Three evaluators, and for half the lots the head of the office approved; the story brings its own."""
    taken = {d.person for d in county.decisions if d.lot is lot}
    pool = [p for p in of_category(county, "evaluator") if p not in taken]
    for person in draws.some_of(pool, 2 if planted else 3):
        county.decisions.append(Decision(person, lot, "评审", lot.awarded))
    if planted or draws.chance(0.5):
        return
    heads = [p.person for p in county.posts if p.body is lot.buyer and p.head and p.until == "至今"]
    county.decisions.extend(Decision(p, lot, "审批", lot.awarded) for p in heads)
