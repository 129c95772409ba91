"""The invented file of the import bench: 12 columns, five records a row, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc

from values.fictional import fictional_id_number, fictional_phone, fictional_uscc

ROWS_A_COMPANY = 25 / 3
"""On average; 1,000,000 rows name 120,000 companies."""

BLOCK = 100_000
MAPPING = Path(__file__).with_name("import_mapping.yaml")
HEADER = (
    "姓名", "性别", "证件号码", "联系电话", "单位名称", "统一社会信用代码",
    "职务", "任职日期", "离任日期", "注册资本", "成立日期", "地区代码",
)  # fmt: skip
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华"
_TRADES = ("商贸", "建材", "科技", "物流", "工程", "文化", "农业", "咨询")
_POSTS = ("董事长", "董事", "监事", "总经理", "副总经理")


def write_file(target: Path, rows: int) -> None:
    """Write ``rows`` posts of as many people at companies drawn at random."""
    layout = pa.schema([(name, pa.string()) for name in HEADER])
    half = target.with_suffix(".part")
    with pc.CSVWriter(half, layout) as writer:
        for table in _tables(rows, layout):
            writer.write_table(table)
    half.replace(target)


def _tables(rows: int, layout: pa.Schema) -> Iterator[pa.Table]:
    rng = np.random.default_rng(20190305)
    first_day, companies = date(1950, 1, 1), max(1, round(rows / ROWS_A_COMPANY))
    for start in range(0, rows, BLOCK):
        size = min(BLOCK, rows - start)
        born = [first_day + timedelta(int(d)) for d in rng.integers(0, 18_000, size)]
        sex = rng.integers(0, 2, size).tolist()
        firms = rng.integers(0, companies, size).tolist()
        since = rng.integers(10_000, 19_000, size)
        until = np.where(rng.random(size) < 0.6, -1, since + rng.integers(100, 3000, size))
        names = rng.integers(0, [len(_SURNAMES), len(_GIVEN), len(_GIVEN)], (size, 3)).tolist()
        numbers = range(start, start + size)
        yield pa.table(
            [
                [_SURNAMES[a] + _GIVEN[b] + _GIVEN[c] for a, b, c in names],
                ["男" if s else "女" for s in sex],
                [
                    fictional_id_number(b, 2 * (n % 4_999_999) + s)
                    for n, b, s in zip(numbers, born, sex, strict=True)
                ],
                [fictional_phone(n * 7 % 10**9) for n in numbers],
                [f"虚构县第{f}{_TRADES[f % len(_TRADES)]}有限公司" for f in firms],
                [fictional_uscc(f) for f in firms],
                [_POSTS[n % len(_POSTS)] for n in numbers],
                _days(since),
                _days(until),
                [f"{10 + f % 4990}.{f % 100:02d}" for f in firms],
                _days(np.array(firms) % 9000 + 8000),
                ["990101" for _ in firms],
            ],
            schema=layout,
        )


def _days(numbers: npt.NDArray[np.int64]) -> list[str]:
    return ["" if n < 0 else str(np.datetime64(n, "D")) for n in numbers.tolist()]
