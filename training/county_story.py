"""Putting the planted story of ``county_story.yaml`` into the county; the background grows around it."""

from __future__ import annotations

from datetime import date

from training.county_draws import Draws
from training.county_model import Contact, County, Estate, Firm, Kin, Office, Person, Post, Share, Vehicle
from training.county_words import Story, StoryFirm, StoryPerson


def add_story_parties(county: County, draws: Draws, story: Story) -> None:
    """People and firms with their shares, offices, posts and declared kin. Bodies must be there."""
    for handle, planned in story.people.items():
        county.people[handle] = _person(draws, handle, planned)
    draws.reserve([p.name for p in county.people.values()])
    for name, words in story.firms.items():
        county.firms[name] = _firm(draws, name, words)
    for s in story.shares:
        owner, firm = holder(county, s.holder), county.firms[s.firm]
        county.shares.append(Share(owner, firm, s.percent, s.since, s.until))
    for o in story.officers:
        person, firm = county.people[o.person], county.firms[o.firm]
        county.offices.append(Office(person, firm, o.post, o.since, o.until))
    for p in story.posts:
        body = county.bodies[p.body]
        county.posts.append(Post(county.people[p.person], body, p.post, p.rank, p.head, p.since, p.until))
    for k in story.kin:
        county.kin.append(Kin(county.people[k.declarer], county.people[k.relative], k.word, k.year))


def add_story_things(county: County, draws: Draws, story: Story) -> None:
    """The telephone two clerks share, and the flat and the car of the story."""
    phone = draws.phone()
    first, last = date(2021, 3, 1), date(2025, 6, 10)
    for who in [*story.shared_phone.people, *story.shared_phone.firms]:
        county.contacts.append(Contact(holder(county, who), "电话", phone, "联系", first, last))
    for e in story.estates:
        owner, unit, title = holder(county, e.owner), unit_no(draws), title_no(draws, e.since)
        estate = Estate(owner, unit, title, e.location, e.area, "住宅", e.price, e.since)
        county.estates.append(estate)
    for v in story.vehicles:
        county.vehicles.append(Vehicle(holder(county, v.owner), v.plate, v.model, v.since))


def holder(county: County, handle: str) -> Person | Firm:
    """The person or firm of this handle."""
    return county.people[handle] if handle in county.people else county.firms[handle]


def unit_no(draws: Draws) -> str:
    """A real-estate unit number of the fictional county, 28 characters."""
    number, house = draws.count("unit"), draws.random.randint(1, 99999999)
    return f"{draws.words.region}001{number % 90 + 1:03d}GB{number:05d}F{house:08d}"


def title_no(draws: Draws, since: date) -> str:
    """A certificate of title of the fictional county."""
    return f"({since.year}){draws.words.county}不动产权第{draws.count('title') * 37:07d}号"


def _person(draws: Draws, handle: str, p: StoryPerson) -> Person:
    number = draws.id_number(p.born, p.sex)
    return Person(p.name or handle, p.sex, p.born, number, draws.phone(), p.category, draws.home())


def _firm(draws: Draws, name: str, f: StoryFirm) -> Firm:
    line = next(line for line in draws.words.lines if line.word == f.line)
    return Firm(
        name, draws.uscc(), f.form, f.established, f.capital, line.sector, line.scope, line.market,
        f.address, f.staff, draws.phone(), books=f.books,
    )  # fmt: skip
