"""The firms of the county: who registered them, who owns and runs them, where they are reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from training.county_draws import Draws
from training.county_model import Contact, County, Firm, Office, Person, Share
from training.county_people import of_category
from training.county_words import Line, Story

FIRMS = 141
AGENTS = 2  # tender agents beside the one of the story
INCUBATED = 15
CANCELLED = 8
_FORMS = ("有限责任公司",) * 5 + ("个体工商户", "合伙企业")  # builders and agents are companies
_ENDINGS = {"有限责任公司": "有限公司", "个体工商户": "经营部", "合伙企业": "中心(有限合伙)"}


def add_firms(county: County, draws: Draws, story: Story) -> None:
    """Fill firms, shares, offices and contacts around those of the story."""
    lines = [line for line in draws.words.lines if line.market not in ("agent", "support")]
    agents = next(line for line in draws.words.lines if line.market == "agent")
    for _ in range(FIRMS - AGENTS):
        _add_firm(county, draws, draws.one_of(lines))
    for _ in range(AGENTS):
        _add_firm(county, draws, agents)
    _share_addresses(county, draws, story)
    planted = {county.people[handle] for handle in story.people}
    strangers = [p for p in of_category(county, "businessPerson") if p not in planted]
    background = [f for f in county.firms.values() if f.name not in story.firms]
    for firm in background:
        _add_owners(county, draws, firm, strangers, background)
    _finish_story_firms(county, draws, strangers, story)
    _add_contacts(county, draws, story)


def _add_firm(county: County, draws: Draws, line: Line) -> None:
    form = _FORMS[0] if line.market in ("works", "agent") else draws.one_of(_FORMS)
    while True:
        name = f"青屏{draws.one_of(draws.words.brands)}{line.word}{_ENDINGS[form]}"
        if name not in county.firms:
            break
    county.firms[name] = draws.firm(line, name, form, draws.day(date(2005, 1, 1), date(2022, 6, 30)))


def _share_addresses(county: County, draws: Draws, story: Story) -> None:
    """Lawful hubs: the incubator and the book-keeper's clients; and some firms are gone."""
    names = [n for n in county.firms if n not in story.firms]
    small = [n for n in names if county.firms[n].market in ("goods", "supplier")]
    for name in draws.some_of(small, INCUBATED):
        county.firms[name] = replace(county.firms[name], address=draws.words.incubator, incubated=True)
    known = sum(1 for f in county.firms.values() if f.books == story.book_keeper.firm)
    for name in draws.some_of(small, story.book_keeper.clients - known):
        county.firms[name] = replace(county.firms[name], books=story.book_keeper.firm)
    quiet = [n for n in small if not county.firms[n].books and not county.firms[n].incubated]
    for name in draws.some_of(quiet, CANCELLED):
        gone = draws.day(date(2023, 1, 1), date(2025, 12, 31))
        county.firms[name] = replace(county.firms[name], status="注销", cancelled=gone.isoformat())


def _add_owners(county: County, draws: Draws, firm: Firm, people: list[Person], firms: list[Firm]) -> None:
    alone = firm.form == "个体工商户"
    chosen = draws.some_of(people, 1 if alone else draws.random.randint(1, 3))
    boss, others = chosen[0], [p for p in people if p not in chosen]
    owners: list[Person | Firm] = [*chosen]
    older = [f for f in firms if f.established < firm.established]
    if older and not alone and draws.chance(0.12):
        owners.append(draws.one_of(older))
    since = firm.established
    first, *rest = _percents(draws, len(owners))
    if draws.chance(0.15) and not alone and not firm.cancelled:  # somebody sold to the first owner and left
        left = draws.day(date(2022, 7, 1), date(2025, 6, 30))
        county.shares.append(Share(draws.one_of(others), firm, 20, since, left.isoformat()))
        county.shares.append(Share(boss, firm, first - 20, since, left.isoformat()))
        county.shares.append(Share(boss, firm, first, left, ""))
    else:
        county.shares.append(Share(boss, firm, first, since, firm.cancelled))
    for owner, percent in zip(owners[1:], rest, strict=True):
        county.shares.append(Share(owner, firm, percent, since, firm.cancelled))
    title = "经营者" if alone else draws.one_of(("法定代表人", "法定代表人、经理", "法定代表人、执行董事"))
    county.offices.append(Office(boss, firm, title, firm.established, firm.cancelled))
    if not alone:
        _add_staff(county, draws, firm, others)


def _add_staff(county: County, draws: Draws, firm: Firm, people: list[Person]) -> None:
    since = draws.day(firm.established, date(2022, 12, 31))
    for post in ("监事", "财务负责人") if draws.chance(0.4) else ("监事",):
        known = not draws.chance(0.05)
        county.offices.append(Office(draws.one_of(people), firm, post, since, firm.cancelled, known))


def _percents(draws: Draws, count: int) -> list[float]:
    """Shares of ``count`` owners in whole per cent, 100 together, the first the largest."""
    rest = [draws.random.randint(5, 60 // count) for _ in range(count - 1)]
    return [100 - sum(rest), *rest]


def _finish_story_firms(county: County, draws: Draws, people: list[Person], story: Story) -> None:
    """Owners and supervisors that the story leaves open, so that no register looks cut off."""
    for name in story.firms:
        firm = county.firms[name]
        now = sum(s.percent for s in county.shares if s.firm is firm and not s.until)
        if now < 100:  # bought from whoever left last, or held from the start
            left = max((s.until for s in county.shares if s.firm is firm), default="")
            since = date.fromisoformat(left) if left else firm.established
            county.shares.append(Share(draws.one_of(people), firm, 100 - now, since, ""))
        held = [o for o in county.offices if o.firm is firm and not o.until]
        if not any("监事" in o.post for o in held):
            county.offices.append(Office(draws.one_of(people), firm, "监事", firm.established, ""))
        if not any(o.post in ("法定代表人", "执行事务合伙人") for o in held):
            county.offices.append(Office(draws.one_of(people), firm, "法定代表人", date(2023, 4, 1), ""))


def _add_contacts(county: County, draws: Draws, story: Story) -> None:
    keeper = county.firms[story.book_keeper.firm]
    for firm in county.firms.values():
        first = draws.day(max(firm.established, date(2012, 1, 1)), date(2023, 12, 31))
        last = draws.day(date(2024, 1, 1), date(2026, 8, 31))
        county.contacts.append(Contact(firm, "电话", firm.phone, "注册", first, last))
        if firm.books:
            county.contacts.append(Contact(firm, "电话", keeper.phone, "办税", first, last, "代办机构"))
            county.contacts.append(Contact(firm, "地址", keeper.address, "办税", first, last, "代办机构"))
    for person in draws.some_of(list(county.people.values()), 130):
        first = draws.day(date(2015, 1, 1), date(2023, 12, 31))
        last = draws.day(date(2024, 1, 1), date(2026, 8, 31))
        county.contacts.append(Contact(person, "电话", person.phone, "联系", first, last))
        if draws.chance(0.4):
            county.contacts.append(Contact(person, "地址", person.address, "联系", first, last))
