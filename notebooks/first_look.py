# %% [markdown]
# # 初看 · A first look
#
# 先做演示工作区 (make the demo workspace first): `mingcha demo --make-only`
# 打开方式 (open with): VS Code, or Jupyter with jupytext.

# %%
import os

from workbench import govern, investigate, open_workspace, tables

workspace = open_workspace(os.environ.get("MINGCHA_WORKSPACE", "demo-workspace"))

# %% [markdown]
# 谁、在哪个案件下、为什么看：每一步都留痕。
# Who looks, under which case and why: every step is kept in the audit.

# %%
session = workspace.session(case="QP-2026-017", reason="核查串通投标线索")
govern.open_case(session)

# %%
picture = investigate.first_picture(session)
people = tables.entities_table(picture.subgraph, workspace.schema)
people

# %%
links = tables.relations_table(picture.subgraph, workspace.schema)
links

# %% [markdown]
# 一跳展开，以及每条关系背后的原始记录行。
# One hop around a seed, and the source rows behind a relation.

# %%
around = investigate.expand(session, picture.seeds[0])
around.counts

# %%
rows = tables.evidence_table(investigate.evidence(session, around.subgraph.relations[0].id).rows)
rows

# %% [markdown]
# 可移植的 Cypher 只在本案范围内运行。
# Portable Cypher runs inside the case and nowhere else.

# %%
boards = investigate.query(
    session,
    "MATCH (p:Person)-[r:OFFICER_OF]->(o:Organisation) RETURN p.name AS person, o.name AS firm, r.post AS post",
)
boards

# %%
workspace.close()
