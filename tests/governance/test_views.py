from __future__ import annotations

from governance.cases import Case, read_case
from governance.views import pin, pinned, save_view, saved_views
from lake.ledger import Ledger


def test_saved_views_by_name_newest_counts(ledger: Ledger, case: Case) -> None:
    save_view(ledger, case.number, "money", {"kinds": ["PAYS"]}, "ann")
    save_view(ledger, case.number, "kin", {"kinds": ["KIN"], "shown": ["P-seed"]}, "ann")
    newest = save_view(ledger, case.number, "money", {"kinds": ["PAYS", "OWNS"]}, "bob")
    assert [view.name for view in saved_views(ledger, case.number)] == ["kin", "money"]
    assert saved_views(ledger, case.number)[1] == newest
    assert saved_views(ledger, "2026-002") == ()


def test_pinned_positions_are_kept_node_by_node(ledger: Ledger, case: Case) -> None:
    pin(ledger, case.number, {"P-seed": (1.5, -2.0), "O-1": (0.0, 0.0)}, "ann")
    pin(ledger, case.number, {"O-1": (3.0, 4.0)}, "bob")
    assert pinned(ledger, case.number) == {"P-seed": (1.5, -2.0), "O-1": (3.0, 4.0)}
    assert saved_views(ledger, case.number) == ()
    assert read_case(ledger, case.number) == case
