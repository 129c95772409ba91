"""Headers of interview records, thin where old, and closed cases with roles, coded steps and assets."""

from __future__ import annotations

from datetime import date, timedelta

from training.county_draws import Draws
from training.county_model import ClosedCase, County, Firm, Header, Person, Role, Seizure, Step
from training.county_people import of_category

HEADERS = 300
INTERVIEWED = 140  # people of the county among them; a third as many again are names met nowhere else
_CODERS = ("编码员甲", "编码员乙")
_ROOMS = ("第一谈话室", "第二谈话室", "临溪镇人民政府会议室", "")
_UNITS = ("青屏县办案一室", "青屏县办案二室", "汀原市办案三室")
_CAPACITIES = ("被谈话人", "被谈话人", "证人", "证人", "反映人", "其他")


def add_cases(county: County, draws: Draws, planted: set[str]) -> None:
    """The closed cases; nobody of ``planted`` (handles of the story) is in them."""
    officials = [p for p in of_category(county, "publicOfficial") if p.name not in planted]
    traders = [p for p in of_category(county, "businessPerson") if p.name not in planted]
    firms = [f for f in county.firms.values() if f.name not in planted]
    broker = draws.one_of(traders)
    for words in draws.words.cases:
        closed = draws.day(date(words.closed, 6, 1), date(words.closed, 12, 20))
        opened = closed - timedelta(days=draws.random.randint(120, 400))
        title, unit = f"{draws.one_of(draws.words.places)}{words.class_code}案", draws.one_of(_UNITS)
        number = words.number
        county.cases.append(
            ClosedCase(number, title, words.class_code, words.campaign, words.sector, unit, opened, closed)
        )
        middle = broker if words.shared else draws.one_of(traders)
        subject, counterparts = draws.one_of(officials), draws.some_of(firms, 2)
        _add_roles(county, draws, number, [subject, *counterparts, middle])
        actors: list[Person | Firm] = [subject, counterparts[0], middle]
        for order, (tactic, instrument) in enumerate(words.steps, 1):
            coder = draws.one_of(_CODERS)
            county.steps.append(Step(number, order, tactic, draws.one_of(actors), instrument, coder))
        _add_seizures(county, draws, number, opened)


def add_headers(county: County, draws: Draws, never: set[str]) -> None:
    """Headers of twenty-five years, the older the thinner; nobody of the handles ``never`` was heard."""
    rare = next(p for p in county.people.values() if p.name == draws.words.rare_name)
    heard = [p for handle, p in county.people.items() if handle not in never]
    people = [rare, *draws.some_of(heard, INTERVIEWED)]
    people += [draws.person("other", (1940, 1985)) for _ in range(INTERVIEWED // 3)]
    county.headers.append(_header(county, draws, rare, 1))
    for number in range(2, HEADERS + 1):
        county.headers.append(_header(county, draws, draws.one_of(people), number))


def _add_roles(county: County, draws: Draws, number: str, parties: list[Person | Firm]) -> None:
    """Subject, two counterparts, intermediary; and two witnesses."""
    for who, word in zip(parties, ("被调查对象", "相对人", "相对人", "中间人"), strict=True):
        county.roles.append(Role(number, who, word))
    for witness in draws.some_of(of_category(county, "other"), 2):
        county.roles.append(Role(number, witness, "证人"))


def _add_seizures(county: County, draws: Draws, number: str, opened: date) -> None:
    owned = [a for a in county.accounts.values() if isinstance(a.owner, Firm | Person)]
    account, value = draws.one_of(owned), draws.random.randint(3, 90) * 10000
    county.roles.append(Role(number, account, "涉案资产"))
    at = opened
    for state in ("发现", "冻结", draws.one_of(("发还", "移交"))):
        at += timedelta(days=draws.random.randint(5, 60))
        county.seizures.append(Seizure(number, account, state, value, at))


def _header(county: County, draws: Draws, person: Person, number: int) -> Header:
    day = draws.day(date(1999, 1, 1), date(2026, 8, 31))
    old = day.year < 2010

    def kept(value: str) -> str:
        return value if draws.chance(0.25 if old else 0.8) else ""

    unit, title = _work(county, person)
    born = f"{person.birth.year}年" if old else f"{person.birth:%Y-%m}"
    at = f"{day.year}年{day.month}月" if old else day.isoformat()
    cases = [c.number for c in county.cases if c.opened <= day <= c.closed]
    return Header(
        f"BL{day.year}-{number:04d}",
        draws.one_of(cases) if cases and draws.chance(0.6) else "",
        person.name, "", kept(person.sex), kept(born), kept(person.id_number), kept(unit), kept(title),
        kept(person.address), kept(person.phone), at, draws.one_of(_ROOMS), draws.one_of(_UNITS),
        kept(draws.one_of(_CAPACITIES)), "是" if day.year < 2024 else "否",
    )  # fmt: skip


def _work(county: County, person: Person) -> tuple[str, str]:
    """Where somebody works, and as what; empty where no register says so."""
    for post in county.posts:
        if post.person is person:
            return post.body.name, post.post
    for office in county.offices:
        if office.person is person:
            return office.firm.name, office.post
    return "", ""
