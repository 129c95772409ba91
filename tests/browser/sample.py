"""Fictional case graphs of any size for looking at the canvas: hubs with leaves, lots with bidders, money, kin."""

from __future__ import annotations

import random
from collections.abc import Iterator

from graph.model import Entity, Relation, Subgraph

MORE = 12
"""New persons that an expand brings."""
_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = [
    "启明",
    "文涛",
    "惠",
    "立国",
    "雪",
    "建业",
    "长河",
    "启航",
    "蒨",
    "云",
    "志远",
    "小满",
    "德高",
    "一鸣",
    "思源",
]
_PLACE = ["青屏", "宏途", "顺达", "恒岳", "明川", "长汀", "瑞禾", "百汇", "云水", "远帆", "金桥", "北辰"]
_TRADE = [
    "路桥有限公司",
    "建设工程有限公司",
    "市政工程公司",
    "商贸有限公司",
    "投资合伙企业",
    "工程咨询有限公司",
    "代理记账中心",
]
_WORK = [
    "X214 线大修一标段",
    "农村公路养护 2025",
    "青屏大桥加固",
    "安防工程采购",
    "卫生院改造",
    "灌区配套渠道",
]


def sample(size: int, seed: int = 3) -> Subgraph:
    """A connected looking case of ``size`` entities and about 1.5 relations each."""
    rng = random.Random(seed)
    entities = [_entity(i, rng) for i in range(size)]
    relations = list(_relations(entities, rng))
    return Subgraph(tuple(sorted(entities, key=lambda e: e.id)), tuple(sorted(relations, key=lambda r: r.id)))


def _entity(number: int, rng: random.Random) -> Entity:
    kind = rng.choices(["Person", "Organisation", "Matter", "Asset", "Locator"], [40, 28, 14, 10, 8])[0]
    names = {
        "Person": rng.choice(_FAMILY) + rng.choice(_GIVEN),
        "Organisation": rng.choice(_PLACE) + rng.choice(_TRADE),
        "Matter": rng.choice(_WORK),
        "Asset": rng.choice(
            [f"账户 6222****{number:04d}", f"云水苑 {number % 30}-1-802", f"青A-{number % 100:02d}**"]
        ),
        "Locator": rng.choice(
            [f"139****{number:04d}", f"西街 {number} 号 402", f"投标机 MAC …{number % 256:02X}:1E"]
        ),
    }
    identity = f"{kind[0]}{number:05d}"
    return Entity(identity, kind, None, names[kind], (), "G1", {}, (f"rec{number}",))


_LINK = {
    ("Person", "Person"): "KIN",
    ("Person", "Organisation"): "OFFICER_OF",
    ("Organisation", "Organisation"): "HOLDS_SHARE",
    ("Organisation", "Matter"): "APPLIES",
    ("Person", "Matter"): "DECIDES",
    ("Person", "Asset"): "OWNS",
    ("Organisation", "Asset"): "OWNS",
    ("Asset", "Asset"): "PAYS",
    ("Person", "Locator"): "REACHED_AT",
    ("Organisation", "Locator"): "REACHED_AT",
    ("Matter", "Locator"): "REACHED_AT",
}


def _relations(entities: list[Entity], rng: random.Random) -> Iterator[Relation]:
    number = 0
    actors = [e for e in entities if e.kind in ("Person", "Organisation")]
    hubs = actors[:: max(len(actors) // max(len(entities) // 25, 1), 1)]
    for index, entity in enumerate(entities[1:], start=1):
        near = rng.choice(entities[max(0, index - 25) : index]) if rng.random() < 0.55 else rng.choice(hubs)
        for other in {
            near.id: near,
            **({} if rng.random() < 0.6 else {(o := rng.choice(actors)).id: o}),
        }.values():
            number += 1
            if made := _relation(number, entity, other, rng):
                yield made


def _relation(number: int, one: Entity, two: Entity, rng: random.Random) -> Relation | None:
    if one.id == two.id:
        return None
    for start, end in ((one, two), (two, one)):
        kind = _LINK.get((start.kind, end.kind))
        if kind:
            break
    else:
        return None
    if kind == "KIN" and start.id > end.id:
        start, end = end, start
    more: dict[str, object] = {}
    if kind == "HOLDS_SHARE":
        more = {"percent": float(rng.choice([10, 20, 40, 51, 67]))}
    if kind == "PAYS":
        more = {"amount": rng.choice([4_800_000, 180_000_000, 35_000_000]), "currency": "CNY"}
    if kind == "KIN":
        more = {"kinDegree": "K3", "role": "sibling"}
    return Relation(f"{kind}-{number:05d}", kind, start.id, end.id, None, "G1", more, (f"row{number}",))  # type: ignore[arg-type]
