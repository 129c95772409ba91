"""The workbench, with a case page that draws ``BENCH_NODES`` entities at once where it usually stops at fewer."""

import os
import runpy
from pathlib import Path

from workbench import investigate

investigate.FIRST_PICTURE = int(os.environ["BENCH_NODES"])
runpy.run_path(str(Path(__file__).resolve().parents[1] / "app.py"))
