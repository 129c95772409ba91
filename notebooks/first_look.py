"""A first look at a case from a notebook: open in Jupyter as a percent script, or run with ``python notebooks/first_look.py DIR``."""

# %% Open a workspace and work under a case, with a reason (every look-up is audited as on the pages)
import sys

from workbench import open_workspace
from workbench.investigate import evidence, find, first_picture, paths
from workbench.tables import entities_table, evidence_table, relations_table

workspace = open_workspace(sys.argv[1] if len(sys.argv) > 1 else "demo-workspace")
session = workspace.session("QP-2026-017", "first look")

# %% What the case sees: tables are pandas DataFrames
picture = first_picture(session).subgraph
entities = entities_table(picture, workspace.schema)
relations = relations_table(picture, workspace.schema)
print(entities.iloc[:, :3].to_string(index=False))

# %% The shortest way between two entities that goes over no matter, and the row behind its first step
official, builder = find(session, "周启明")[0], find(session, "宏途路桥有限公司")[0]
way = paths(session, official.id, builder.id, without=("Matter",)).paths[0]
print(evidence_table(evidence(session, way.relations[0]).rows).to_string(index=False))

# %%
workspace.close()
