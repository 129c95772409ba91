"""Who lives and works in the county: officials and declared relatives, business people, evaluators."""

from __future__ import annotations

from training.county_draws import Draws
from training.county_model import Body, County, Kin, Person, Post
from training.county_words import PostWords

BUSINESS_PEOPLE = 170
EVALUATORS = 32
OTHERS = 30
_HEADS = {"县人民政府": "县长", "镇人民政府": "镇长", "中心": "主任"}  # what 局长 is called elsewhere
_DECLARED_IN = (2022, 2023, 2024)


def add_people(county: County, draws: Draws) -> None:
    """Fill bodies, people, posts and kin around the story, which is there already."""
    draws.reserve([*draws.words.namesakes, draws.words.rare_name])
    for body in list(county.bodies.values()):
        for words in draws.words.posts:
            if not _held(county, body, words):
                _add_official(county, draws, body, words)
    for _ in range(BUSINESS_PEOPLE):
        _add(county, draws.person("businessPerson", (1958, 1995)))
    for _ in range(EVALUATORS):
        _add(county, draws.person("evaluator", (1956, 1985)))
    for name in draws.words.namesakes:
        category = draws.one_of(("businessPerson", "evaluator", "other"))
        _add(county, draws.person(category, (1960, 1996), name=name))
    _add(county, draws.person("other", (1955, 1975), name=draws.words.rare_name))
    for _ in range(OTHERS):
        _add(county, draws.person("other", (1960, 1998)))


def add_bodies(county: County, draws: Draws) -> None:
    """The public offices."""
    for words in draws.words.bodies:
        county.bodies[words.name] = draws.body(words)


def of_category(county: County, category: str) -> list[Person]:
    """Everybody of one category, in the order they came."""
    return [p for p in county.people.values() if p.category == category]


def _add(county: County, person: Person) -> Person:
    handle = person.name if person.name not in county.people else f"{person.name}{person.id_number}"
    county.people[handle] = person
    return person


def _held(county: County, body: Body, words: PostWords) -> bool:
    """Whether the story has filled this kind of post in this office."""
    return any(p.body is body and p.head == words.head and p.post == words.post for p in county.posts)


def _add_official(county: County, draws: Draws, body: Body, words: PostWords) -> None:
    person = _add(county, draws.person("publicOfficial", (1964, 1990)))
    title = words.post
    for ending, head in _HEADS.items():
        if body.name.endswith(ending):
            title = title.replace("局长", head)
    year = draws.random.randint(2014, 2023)
    if draws.chance(0.3):
        other = draws.one_of([b for b in county.bodies.values() if b is not body])
        start = f"{year - draws.random.randint(3, 6)}年"
        end = f"{year}年{draws.random.randint(1, 6)}月"
        county.posts.append(Post(person, other, "科员", "科员", False, start, end))
    since = f"{year}年{draws.random.randint(7, 12)}月"
    county.posts.append(Post(person, body, title, words.rank, words.head, since, "至今"))
    if words.rank != "股级":
        _add_relatives(county, draws, person)


def _add_relatives(county: County, draws: Draws, person: Person) -> None:
    born, year = person.birth.year, draws.one_of(_DECLARED_IN)
    male = person.sex == "男"
    wed = draws.person("other", (born - 3, born + 3), sex="女" if male else "男")
    found = [(wed, "妻子" if male else "丈夫")]
    if draws.chance(0.55):
        found.append(_sibling(draws, person))
    if born <= 1976 and draws.chance(0.7):  # children who are of age
        sex, father = draws.one_of("男女"), person if male else wed
        child = draws.person("other", (born + 24, 2004), sex=sex, surname=father.name[0])
        found.append((child, "儿子" if sex == "男" else "女儿"))
    if draws.chance(0.2):
        father = draws.person("other", (born - 30, born - 23), sex="男", surname=person.name[0])
        found.append((father, "父亲"))
    county.kin.extend(Kin(person, _add(county, relative), word, year) for relative, word in found)


def _sibling(draws: Draws, person: Person) -> tuple[Person, str]:
    """A brother or sister; one in three is in business, as anybody may be."""
    older, sex = draws.chance(0.5), draws.one_of("男女")
    year = person.birth.year + (-3 if older else 3)
    category = "businessPerson" if draws.chance(0.33) else "other"
    words = {("男", True): "哥哥", ("男", False): "弟弟", ("女", True): "姐姐", ("女", False): "妹妹"}
    return draws.person(category, (year - 1, year + 1), sex=sex, surname=person.name[0]), words[sex, older]
