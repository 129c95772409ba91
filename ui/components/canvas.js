// One canvas: vis-network holds nodes, edges and the view; updates from Python are applied as differences.

const canvases = new WeakMap();

class GraphCanvas {
  constructor(frame) {
    this.frame = frame;
    this.nodes = new Map(); this.edges = new Map(); this.signs = new Map(); this.widths = new Map();
    this.selection = new Set(); this.found = new Set(); this.fresh = new Set(); this.kindsDrawn = new Set();
    this.focused = null; this.sent = "[]"; this.given = "[]"; this.scene = null; this.waitingFit = false; this.order = []; this.stack = [];
    this.font = getComputedStyle(frame).fontFamily;
    this.visNodes = new vis.DataSet(); this.visEdges = new vis.DataSet();
    this.network = new vis.Network(frame.querySelector(".mc-net"), { nodes: this.visNodes, edges: this.visEdges }, {
      physics: false, autoResize: false, layout: { improvedLayout: false },
      interaction: { hover: true, multiselect: true, keyboard: false, tooltipDelay: 1e8, zoomSpeed: 0.6 },
      nodes: { shape: "dot", size: RADIUS, color: "rgba(0,0,0,0)", borderWidth: 0, chosen: false },
      edges: { smooth: false, hoverWidth: 0.8, selectionWidth: 1, arrows: { to: { enabled: true, scaleFactor: 0.5 } }, arrowStrikethrough: false, selfReference: { size: 18 } },
    });
    this.network.on("beforeDrawing", (ctx) => { if (!this.updating) paintFarEdges(this, ctx); });
    this.network.on("afterDrawing", (ctx) => { if (!this.updating) { paint(this, ctx); this.report(); } });
    this.network.on("click", (p) => this.clicked(p));
    this.network.on("doubleClick", (p) => { const id = this.nodeNear(p.pointer.DOM); if (id) this.expand(id); });
    this.network.on("dragStart", (p) => { this.dragging = p.nodes.length > 0 && !p.event.srcEvent.shiftKey; });
    this.network.on("dragEnd", (p) => this.dropped(p));
    this.tools = new Tools(this);
    this.watch = new ResizeObserver(() => { this.network.setSize("100%", "100%"); if (this.waitingFit) this.fit(); else this.redraw(); });
    this.watch.observe(frame);
    frame.canvas = this; // for tests and the console
  }

  destroy() { this.watch.disconnect(); this.tools.destroy(); this.network.destroy(); }

  // ---- data in ------------------------------------------------------------------------------

  update(data, send) {
    const started = performance.now();
    this.updating = true; // vis-network may draw in between, when half of the data is there
    const language = JSON.stringify([data.words, data.kinds]), spoken = this.language;
    Object.assign(this, { data, send, words: data.words, layouts: data.layouts, kinds: data.kinds, language });
    this.frame.style.setProperty("--height", `${data.height}px`);
    const anew = data.scene !== this.scene;
    this.scene = data.scene;
    if (anew) { this.nodes.clear(); this.edges.clear(); this.signs.clear(); this.visNodes.clear(); this.visEdges.clear(); this.selection.clear(); this.focused = null; this.sent = "[]"; this.given = "[]"; }
    const added = this.merge(data);
    this.fresh = new Set(anew ? [] : added);
    this.kindsDrawn = new Set(data.nodes.map((n) => n.kind));
    this.rank();
    if (JSON.stringify(data.selected) !== this.given) { this.given = JSON.stringify(data.selected); this.sent = this.given; this.mark(data.selected); }
    else this.mark([...this.selection]);
    this.frame.querySelector(".mc-counts").textContent = data.countsText;
    const empty = this.frame.querySelector(".mc-empty");
    empty.hidden = data.nodes.length > 0; empty.textContent = this.words.empty;
    if (spoken !== language) this.tools.build(); else this.tools.refresh();
    this.started = started;
    this.updating = false;
    if (anew) this.fit(); else this.redraw();
  }

  /** Apply the difference; returns ids of new nodes. What did not change is not touched, so nothing jumps. */
  merge(data) {
    const nodes = this.difference(this.nodes, data.nodes), edges = this.difference(this.edges, data.edges);
    this.visEdges.remove(edges.gone); this.visNodes.remove(nodes.gone);
    this.visNodes.add(nodes.fresh.map((n) => this.visNode(n)));
    this.visNodes.update(nodes.changed.map(([n, before]) => n.x === before.x && n.y === before.y ? { id: n.id, size: this.visNode(n).size } : this.visNode(n)));
    const lanes = this.lanes(), moved = [];
    for (const e of this.edges.values()) { const lane = lanes.get(e.id) ?? 0; if (e.lane !== lane) { if (e.lane !== undefined) moved.push(e); e.lane = lane; } }
    this.visEdges.add(edges.fresh.map((e) => this.visEdge(e)));
    const again = new Set([...edges.changed.map(([e]) => e), ...moved]);
    this.visEdges.update([...again].map((e) => this.visEdge(e)));
    this.near = new Map(data.nodes.map((n) => [n.id, new Set()]));
    for (const e of this.edges.values()) { this.near.get(e.from_id)?.add(e.to_id); this.near.get(e.to_id)?.add(e.from_id); }
    return nodes.fresh.map((n) => n.id);
  }

  difference(held, given) {
    const fresh = [], changed = [], ids = new Set();
    for (const item of given) {
      ids.add(item.id);
      const sign = JSON.stringify(item), before = held.get(item.id);
      if (!before) fresh.push(item); else if (this.signs.get(item.id) !== sign) { changed.push([item, before]); item.lane = before.lane; } else continue;
      held.set(item.id, item); this.signs.set(item.id, sign);
    }
    const gone = [...held.keys()].filter((id) => !ids.has(id));
    for (const id of gone) { held.delete(id); this.signs.delete(id); this.selection.delete(id); this.found.delete(id); if (this.focused === id) this.focused = null; }
    return { fresh, changed, gone };
  }

  visNode(n) { return { id: n.id, x: n.x, y: n.y, size: RADIUS + (n.seed ? 4 : 0) }; }

  visEdge(e) {
    const colour = e.path ? COLOUR.path : e.inferred ? COLOUR.inferred : e.expired ? COLOUR.expired : COLOUR.edge;
    const bend = e.lane ? { enabled: true, type: e.lane > 0 ? "curvedCW" : "curvedCCW", roundness: 0.13 * Math.abs(e.lane) } : false;
    return { id: e.id, from: e.from_id, to: e.to_id, width: e.width ?? 1.2, dashes: e.inferred ? [6, 4] : false, smooth: bend,
      color: { color: colour, highlight: e.path ? colour : COLOUR.accent, hover: e.path ? colour : COLOUR.accent }, arrows: { to: { enabled: !e.symmetric, scaleFactor: e.path ? 0.6 : 0.5 } } };
  }

  /** Lines between the same two nodes are bent apart: edge id → lane (0 is straight). */
  lanes() {
    const pairs = new Map(), out = new Map();
    for (const e of this.edges.values()) {
      const key = e.from_id < e.to_id ? `${e.from_id}\n${e.to_id}` : `${e.to_id}\n${e.from_id}`;
      if (pairs.has(key)) pairs.get(key).push(e); else pairs.set(key, [e]);
    }
    for (const group of pairs.values()) {
      if (group.length === 1) continue;
      group.sort((a, b) => (a.id < b.id ? -1 : 1));
      group.forEach((e, i) => { const side = (i % 2 ? 1 : -1) * Math.ceil((i + 1) / 2); out.set(e.id, e.from_id < e.to_id ? side : -side); });
    }
    return out;
  }

  // ---- labels -------------------------------------------------------------------------------

  /** Labels in order of weight; recomputed when data or selection change. */
  rank() {
    const degree = (id) => this.near.get(id)?.size ?? 0, path = new Set();
    for (const e of this.edges.values()) if (e.path) { path.add(e.from_id); path.add(e.to_id); }
    const weight = (n) => (this.selection.has(n.id) ? 4e6 : 0) + (this.keyed && this.focused === n.id ? 4e6 : 0) + (n.seed ? 2e6 : 0) + (path.has(n.id) ? 1e6 : 0) + (this.found.has(n.id) ? 5e5 : 0) - (n.dimmed ? 1e5 : 0) + degree(n.id);
    const nodes = [...this.nodes.values()].map((n) => ({
      owner: n.id, node: true, weight: weight(n), must: n.seed || this.selection.has(n.id) || (this.keyed && n.id === this.focused), lines: n.lines, colour: COLOUR.ink, bold: !!n.seed, faint: n.dimmed,
      spots: (k, high) => { const p = this.place(n.id), r = this.radius(n, k) + (n.seed ? 7 : 4); return [[p.x, p.y + r, 0], [p.x, p.y - r - high, 0], [p.x + r, p.y - high / 2, 1], [p.x - r, p.y - high / 2, -1]]; },
    }));
    const told = (id) => this.selection.has(id) && degree(id) <= 10; // at a hub the same word a dozen times says nothing
    const edges = [...this.edges.values()].filter((e) => e.label && (e.shown || this.selection.has(e.id) || told(e.from_id) || told(e.to_id))).map((e) => ({
      owner: e.id, weight: e.path ? 15e5 : this.selection.has(e.id) ? 3e6 : 2.5, must: e.path || this.selection.has(e.id), lines: [e.label], bold: e.path, faint: e.expired,
      colour: e.path ? COLOUR.path : e.inferred ? "#6E4497" : "#4A5663", spots: (k, high) => this.edgeSpots(e, k, high),
    }));
    this.order = [...nodes, ...edges].sort((a, b) => b.weight - a.weight || (a.owner < b.owner ? -1 : 1));
    this.stack = [...nodes].sort((a, b) => a.weight - b.weight).map((n) => this.nodes.get(n.owner)); // the weightier is painted over
    this.chosen = null;
  }

  ranked() { return this.order; }

  labels(ctx) {
    const key = `${this.scale()}:${this.dragging ? performance.now() : 0}`;
    if (!this.chosen || this.chosen.key !== key) this.chosen = { key, list: chooseLabels(this, ctx) };
    return this.chosen.list;
  }

  /** Places along an edge for its label, the middle first; none where the edge is too short on screen. */
  edgeSpots(e, k, high) {
    const line = this.network.body.edges[e.id], a = this.place(e.from_id), b = this.place(e.to_id);
    if (!line?.edgeType || Math.hypot(a.x - b.x, a.y - b.y) * k < (e.path ? 24 : 40)) return [];
    const points = [0.5, 0.4, 0.6, 0.3, 0.7].map((t) => line.edgeType.getPoint(t)), steep = Math.abs(a.y - b.y) > Math.abs(a.x - b.x);
    const { x, y } = points[0];
    const beside = steep ? [[x + 5 / k, y - high / 2, 1], [x - 5 / k, y - high / 2, -1]] : [[x, y - high - 3 / k, 0], [x, y + 3 / k, 0]];
    if (e.path) beside.push([x, y - RADIUS - high - 2 / k, 0], [x, y + RADIUS + 2 / k, 0]);
    return [...points.map((p) => [p.x, p.y - high / 2, 0]), ...beside];
  }

  tipOf(id) {
    const n = this.nodes.get(id), e = this.edges.get(id);
    if (n) return [n.label, [this.kinds[n.kind].label, n.note].filter(Boolean).join(" · "), n.folded ? this.words.folded.replace("{n}", n.folded) : ""];
    return e && [e.label, e.inferred ? this.words.inferred : "", `${this.nodes.get(e.from_id)?.label} ${e.symmetric ? "—" : "→"} ${this.nodes.get(e.to_id)?.label}`];
  }

  // ---- view ---------------------------------------------------------------------------------

  scale() { return this.network.body.view.scale; }
  size() { return { width: this.frame.clientWidth, height: this.frame.clientHeight }; }
  place(id) { return this.network.body.nodes[id]; }
  onScreen(id) { return this.network.canvasToDOM(this.place(id)); }
  radius(node, k) { return Math.max(RADIUS + (node.seed ? 3 : 0), (node.seed ? 5 : 3.2) / k); }
  redraw() { this.network.redraw(); }
  zoom(by) { this.network.moveTo({ scale: Math.min(Math.max(this.scale() * by, 0.03), 4) }); }

  viewport(margin) {
    const { width, height } = this.size(), a = this.network.DOMtoCanvas({ x: 0, y: 0 }), b = this.network.DOMtoCanvas({ x: width, y: height });
    return { left: a.x - margin, top: a.y - margin, right: b.x + margin, bottom: b.y + margin };
  }

  /** All nodes between toolbar and legend, never larger than life. */
  fit() {
    const { width, height } = this.size();
    this.waitingFit = width < 50;
    if (this.waitingFit || !this.nodes.size) return this.redraw();
    this.network.setSize("100%", "100%");
    const places = [...this.nodes.keys()].map((id) => this.place(id)), xs = places.map((p) => p.x), ys = places.map((p) => p.y);
    const [left, right, top, bottom] = [Math.min(...xs) - 50, Math.max(...xs) + 50, Math.min(...ys) - 26, Math.max(...ys) + 46];
    const above = 50, below = this.frame.querySelector(".mc-foot").offsetHeight + 14;
    const scale = Math.min((width - 16) / (right - left), (height - above - below) / (bottom - top), 1.15);
    this.network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 + (below - above) / 2 / scale }, scale });
    this.redraw();
  }

  centre(id) {
    const { width, height } = this.size(), p = this.onScreen(id);
    if (this.scale() < 0.7) this.network.moveTo({ position: this.place(id), scale: 0.9 });
    else if (p.x < 80 || p.y < 80 || p.x > width - 80 || p.y > height - 80) this.network.moveTo({ position: this.place(id) });
    this.rank(); this.redraw();
  }

  /** The node under the pointer, or the nearest within a finger's reach. */
  nodeNear(at, reach = 9) {
    const p = this.network.DOMtoCanvas(at), k = this.scale();
    let best = null, least = Infinity;
    for (const n of this.nodes.values()) { const q = this.place(n.id), d = Math.hypot(q.x - p.x, q.y - p.y) - this.radius(n, k); if (d < least) { least = d; best = n.id; } }
    return least * k < Math.min(reach, 4 + 5 / k) ? best : null;
  }

  /** Keyboard: the nearest node in a direction from the focused one; with shift the picture moves instead. */
  step([dx, dy], pan) {
    if (pan) { const v = this.network.getViewPosition(); return this.network.moveTo({ position: { x: v.x + (dx * 80) / this.scale(), y: v.y + (dy * 80) / this.scale() } }); }
    const all = [...this.nodes.values()], from = this.focused ? this.place(this.focused) : this.network.getViewPosition();
    let best = null, least = Infinity;
    for (const n of all) {
      if (n.id === this.focused) continue;
      const q = this.place(n.id), x = q.x - from.x, y = q.y - from.y, along = x * dx + y * dy, across = Math.abs(x * dy) + Math.abs(y * dx);
      if (this.focused && along <= 0) continue;
      const cost = this.focused ? along + 2.2 * across : Math.hypot(x, y);
      if (cost < least) { least = cost; best = n.id; }
    }
    if (!best) return;
    this.focused = best;
    this.keyed = true;
    this.tools.say(this.tipOf(best).filter(Boolean).join(" "));
    const p = this.onScreen(best), { width, height } = this.size();
    if (p.x < 40 || p.y < 60 || p.x > width - 40 || p.y > height - 60) this.network.moveTo({ position: this.place(best) });
    this.rank(); this.redraw();
  }

  // ---- events out ---------------------------------------------------------------------------

  clicked(p) {
    this.fresh.clear();
    this.keyed = false;
    const id = p.nodes.length ? null : this.nodeNear(p.pointer.DOM), many = p.event.srcEvent.ctrlKey || p.event.srcEvent.metaKey;
    const under = this.network.getNodeAt(p.pointer.DOM) ?? id;
    if (this.tools.picked(under)) return this.mark([...this.selection]); // vis-network has marked it already
    if (id) return this.select(many ? [...this.selection, id] : [id]); // just beside a small node
    this.select(p.nodes.length ? p.nodes : p.edges);
    if (under) this.focused = under;
  }

  dropped(p) {
    const moving = this.dragging;
    this.dragging = false;
    if (moving && p.nodes.length) {
      const places = p.nodes.map((id) => [id, this.place(id)]);
      this.send("moved", Object.fromEntries(places.map(([id, { x, y }]) => [id, [x, y]])));
      for (const [id, { x, y }] of places) Object.assign(this.nodes.get(id), { x, y });
    }
    const nodes = this.network.getSelectedNodes();
    if (moving || nodes.length) this.select(nodes);
  }

  select(ids) {
    this.mark(ids);
    const chosen = JSON.stringify([...this.selection].sort());
    if (chosen !== this.sent) { this.sent = chosen; this.send("selected", JSON.parse(chosen)); }
    this.tools.refresh();
  }

  /** Show a selection without telling Python. */
  mark(ids) {
    const nodes = ids.filter((id) => this.nodes.has(id)), edges = ids.filter((id) => this.edges.has(id));
    this.selection = new Set(nodes.length ? nodes : edges);
    this.network.setSelection({ nodes, edges: nodes.length ? [] : edges }, { highlightEdges: true });
    this.rank(); this.redraw();
  }

  selectedNodes() { return [...this.selection].filter((id) => this.nodes.has(id)); }
  expand(id) { this.send("expanded", id); }
  act(name, ids = [], value = "") { this.send("action", { name, ids, value }); }

  /** Figures for tests: what is drawn, and how long the last update took until it stood on the canvas. */
  report() {
    if (this.started === undefined) return;
    Object.assign(this.frame.dataset, { nodes: this.visNodes.length, edges: this.visEdges.length, drawn: Math.round(performance.now() - this.started), updates: Number(this.frame.dataset.updates ?? 0) + 1 });
    this.started = undefined;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let canvas = canvases.get(parentElement);
  if (canvas && !canvas.frame.isConnected) { canvas.destroy(); canvas = undefined; }
  if (!canvas) { canvas = new GraphCanvas(parentElement.querySelector(".mc-frame")); canvases.set(parentElement, canvas); }
  canvas.update(data, setTriggerValue);
  return () => { if (!canvas.frame.isConnected) { canvas.destroy(); canvases.delete(parentElement); } };
}
