// Toolbar, menus, search, keyboard and tooltip of one canvas. Words come from the catalogue, never from here.

const ICON = {
  undo: "M8 5L4 9L8 13M4 9H14A5 5 0 0 1 14 19H9", redo: "M16 5L20 9L16 13M20 9H10A5 5 0 0 0 10 19H15",
  more: "M7 10L12 15L17 10",
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children);
  return made;
}

function icon(d) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24"); svg.setAttribute("aria-hidden", "true"); path.setAttribute("d", d); svg.append(path);
  return svg;
}

class Tools {
  constructor(canvas) {
    this.canvas = canvas; this.picking = null; this.hits = []; this.hit = -1;
    const part = (name) => canvas.frame.querySelector(`.mc-${name}`);
    [this.bar, this.find, this.menu, this.tip, this.hint, this.legend, this.net, this.live] = ["tools", "find", "menu", "tip", "hint", "legend", "net", "live"].map(part);
    this.input = this.find.querySelector("input");
    this.listen();
  }

  listen() {
    const { canvas } = this;
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (e) => {
      if (e.key === "Enter") { e.preventDefault(); this.nextHit(e.shiftKey ? -1 : 1); }
      if (e.key === "Escape") { this.input.value = ""; this.search(); this.net.focus(); }
      e.stopPropagation();
    });
    this.net.addEventListener("keydown", (e) => this.key(e));
    this.net.addEventListener("contextmenu", (e) => e.preventDefault());
    this.net.addEventListener("pointerdown", () => { this.closeMenu(); this.net.focus({ preventScroll: true }); });
    this.menu.addEventListener("keydown", (e) => this.menuKey(e));
    this.outside = (e) => { if (!this.menu.hidden && !e.composedPath().includes(this.menu) && !e.composedPath().includes(this.opener)) this.closeMenu(); };
    document.addEventListener("pointerdown", this.outside, true);
    canvas.network.on("oncontext", (p) => { p.event.preventDefault(); this.nodeMenu(canvas.nodeNear(p.pointer.DOM), p.pointer.DOM); });
    canvas.network.on("hoverNode", (p) => this.showTip(canvas.tipOf(p.node), p.pointer.DOM));
    canvas.network.on("hoverEdge", (p) => this.showTip(canvas.tipOf(p.edge), p.pointer.DOM));
    for (const gone of ["blurNode", "blurEdge", "dragStart", "zoom"]) canvas.network.on(gone, () => this.hideTip());
  }

  destroy() { document.removeEventListener("pointerdown", this.outside, true); clearTimeout(this.tipTimer); }

  /** Toolbar, legend and names anew: after the first data and after a change of language. */
  build() {
    const { canvas } = this, w = canvas.words;
    this.net.setAttribute("aria-label", w.label); this.bar.setAttribute("aria-label", w.toolbar);
    this.input.setAttribute("placeholder", w.find); this.input.setAttribute("aria-label", w.find);
    const tool = (name, run, slim, glyph, menu) => {
      const made = element("button", { type: "button", title: w[`${name}_help`] ?? w[name], "aria-label": w[name], class: slim, "aria-haspopup": menu && "menu", "aria-expanded": menu && "false" });
      if (glyph && !menu) made.append(icon(ICON[glyph]));
      made.append(element("b", {}, w[name]));
      if (menu) made.append(icon(ICON.more));
      made.dataset.tool = name;
      made.addEventListener("click", () => run(made));
      return made;
    };
    const act = (name) => () => canvas.act(name, canvas.selectedNodes());
    this.bar.replaceChildren(
      tool("undo", () => canvas.act("undo"), "mc-slim", "undo"), tool("redo", () => canvas.act("redo"), "mc-slim", "redo"), element("i"),
      tool("expand", act("expand")), tool("hide", act("hide")), tool("pin", () => this.pin(canvas.selectedNodes())),
      tool("path", () => this.pickPath()), tool("fold", act("fold"), ""), element("i"),
      tool("layout", (b) => this.dropDown(b, this.layoutItems()), "", "more", true), tool("export", (b) => this.dropDown(b, this.exportItems()), "", "more", true),
    );
    this.refresh();
  }

  /** What can be pressed now. */
  refresh() {
    const { canvas } = this, some = canvas.selectedNodes().length > 0;
    const able = { undo: canvas.data.canUndo, redo: canvas.data.canRedo, expand: some, hide: some, pin: some, fold: some };
    for (const [name, on] of Object.entries(able)) { const b = this.bar.querySelector(`[data-tool=${name}]`); if (b) b.disabled = !on; }
    this.bar.querySelector("[data-tool=path]")?.setAttribute("aria-pressed", String(this.picking !== null));
    this.drawLegend();
  }

  drawLegend() {
    const { canvas } = this, w = canvas.words, edges = [...canvas.edges.values()];
    const swatch = (body) => { const box = element("span"); box.innerHTML = body; return box.firstChild; };
    const line = (colour, width, dash, word) => element("span", {}, swatch(`<svg width="20" height="8" aria-hidden="true"><line x1="0" x2="20" y1="4" y2="4" stroke="${colour}" stroke-width="${width}" ${dash ? 'stroke-dasharray="5 3"' : ""}/></svg>`), word);
    const kinds = Object.entries(canvas.kinds).filter(([k]) => canvas.kindsDrawn.has(k)).map(([, s]) =>
      element("span", {}, swatch(`<svg width="13" height="13" viewBox="0 0 24 24" aria-hidden="true"><path d="${s.outline}" fill="${s.colour}"/></svg>`), s.label));
    const lines = [edges.length && line(COLOUR.edge, 1.8, false, w.recorded), edges.some((e) => e.inferred) && line(COLOUR.inferred, 1.8, true, w.inferred),
      edges.some((e) => e.path) && line(COLOUR.path, 3, false, w.on_path), edges.some((e) => e.expired) && line(COLOUR.expired, 1.8, false, w.expired)];
    this.legend.replaceChildren(...kinds, ...lines.filter(Boolean));
  }

  pin(ids) {
    const all = ids.length && ids.every((id) => this.canvas.nodes.get(id)?.pinned);
    this.canvas.act(all ? "unpin" : "pin", ids);
  }

  /** Path A→B: of the two selected nodes, else the user points at start and end. */
  pickPath(from) {
    const chosen = this.canvas.selectedNodes();
    if (!from && this.picking) return this.stopPicking();
    if (!from && chosen.length === 2) return this.canvas.act("path", chosen);
    this.picking = from ? [from] : chosen.length === 1 ? [chosen[0]] : [];
    this.say(this.picking.length ? this.canvas.words.pick_end : this.canvas.words.pick_start, true);
    this.refresh();
  }

  /** True where a click was taken as start or end of a path. */
  picked(id) {
    if (!this.picking || !id) return false;
    if (!this.picking.includes(id)) this.picking.push(id);
    if (this.picking.length === 2) { const ids = this.picking; this.stopPicking(); this.canvas.act("path", ids); }
    else this.say(this.canvas.words.pick_end, true);
    return true;
  }

  stopPicking() { this.picking = null; this.hint.hidden = true; this.refresh(); }

  say(text, banner) { this.live.textContent = text; if (banner) { this.hint.textContent = text; this.hint.hidden = false; } }

  layoutItems() {
    const { canvas } = this, w = canvas.words;
    return [...Object.entries(canvas.layouts).map(([value, label]) => ({ label, radio: value === canvas.data.layout, run: () => canvas.act("layout", [], value) })),
      null, { label: w.fit, hint: "0", run: () => canvas.fit() }];
  }

  exportItems() {
    const { canvas } = this, w = canvas.words;
    return [{ label: w.export_png, run: () => exportPng(canvas) }, { label: w.export_svg, run: () => exportSvg(canvas) }];
  }

  nodeMenu(id, at) {
    const { canvas } = this, w = canvas.words;
    if (!id) return this.openMenu(at, "", this.layoutItems());
    if (!canvas.selection.has(id)) canvas.select([id]);
    const node = canvas.nodes.get(id), ids = canvas.selectedNodes();
    this.openMenu(at, node.label, [
      { label: w.expand_all, hint: "Enter", run: () => canvas.act("expand", ids) },
      { label: w.expand_kind, hint: "▸", stay: true, run: () => this.openMenu(at, node.label, this.kindItems(node, ids)) },
      null,
      { label: w.path_from, run: () => this.pickPath(id) },
      this.picking?.length && { label: w.path_to, run: () => this.picked(id) },
      { label: w.only, run: () => canvas.act("only", ids) },
      { label: node.folded ? w.unfold : w.fold, run: () => canvas.act("fold", ids) },
      null,
      { label: node.pinned ? w.unpin : w.pin, run: () => this.pin(ids) },
      { label: w.hide, hint: "Del", run: () => canvas.act("hide", ids) },
    ]);
  }

  kindItems(node, ids) {
    const kinds = this.canvas.data.relationKinds[node.kind] ?? [], counts = node.counts ?? {}, known = Object.keys(counts).length > 0;
    return kinds.filter(([kind]) => !known || counts[kind]).map(([kind, label]) =>
      ({ label, hint: known ? String(counts[kind]) : "", run: () => this.canvas.act("expand", ids, kind) }));
  }

  dropDown(button, items) {
    if (!this.menu.hidden && this.opener === button) return this.closeMenu();
    this.openMenu({ x: this.bar.offsetLeft + button.offsetLeft, y: this.bar.offsetTop + this.bar.offsetHeight + 4 }, "", items, button);
  }

  openMenu(at, title, items, opener = this.net) {
    this.closeMenu();
    this.hideTip();
    this.opener = opener;
    if (opener !== this.net) opener.setAttribute("aria-expanded", "true");
    const rows = items.filter((i) => i !== undefined && i !== false && i !== 0).map((item) => {
      if (!item) return element("hr");
      const role = item.radio === undefined ? "menuitem" : "menuitemradio";
      const row = element("button", { type: "button", role, tabindex: "-1", "aria-checked": item.radio === undefined ? undefined : String(item.radio) }, item.label, element("span", {}, item.radio ? "✓" : item.hint ?? ""));
      row.addEventListener("click", () => { if (!item.stay) { this.closeMenu(); this.net.focus({ preventScroll: true }); } item.run(); });
      return row;
    });
    this.menu.replaceChildren(...(title ? [element("header", {}, title)] : []), ...rows);
    this.menu.hidden = false;
    const { clientWidth: w, clientHeight: h } = this.canvas.frame;
    this.menu.style.maxHeight = `${h - 20}px`;
    this.menu.style.left = `${Math.max(6, Math.min(at.x, w - this.menu.offsetWidth - 6))}px`;
    this.menu.style.top = `${Math.max(6, Math.min(at.y, h - this.menu.offsetHeight - 6))}px`;
    rows.find((r) => r.role || r.getAttribute("role"))?.focus();
  }

  closeMenu() { this.menu.hidden = true; this.bar.querySelector("[aria-expanded=true]")?.setAttribute("aria-expanded", "false"); }

  menuKey(e) {
    const rows = [...this.menu.querySelectorAll("button")], here = rows.indexOf(this.menu.getRootNode().activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[e.key];
    if (to !== undefined) rows[(to + rows.length) % rows.length]?.focus();
    else if (e.key === "Escape" || e.key === "Tab") { this.closeMenu(); (this.opener ?? this.net).focus(); }
    else if (e.key !== "Enter" && e.key !== " ") return;
    if (e.key !== "Enter" && e.key !== " ") e.preventDefault();
    e.stopPropagation();
  }

  key(e) {
    const { canvas } = this, chosen = canvas.selectedNodes(), ctrl = e.ctrlKey || e.metaKey;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    const menuKey = e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey), focused = canvas.focused;
    if (way) canvas.step(way, e.shiftKey);
    else if (e.key === "Enter" && focused) { if (!this.picked(focused)) canvas.expand(focused); }
    else if (e.key === " " && focused) canvas.select(e.ctrlKey ? [...new Set([...chosen, focused])] : [focused]);
    else if (menuKey) this.nodeMenu(focused, focused ? canvas.onScreen(focused) : { x: 40, y: 60 });
    else if (e.key === "Escape") { if (this.picking) this.stopPicking(); else canvas.select([]); }
    else if (e.key === "Delete" && chosen.length) canvas.act("hide", chosen);
    else if (ctrl && e.key.toLowerCase() === "z") canvas.act(e.shiftKey ? "redo" : "undo");
    else if (ctrl && e.key.toLowerCase() === "y") canvas.act("redo");
    else if (ctrl && e.key.toLowerCase() === "f") this.input.focus();
    else if (!ctrl && (e.key === "+" || e.key === "=")) canvas.zoom(1.25);
    else if (!ctrl && e.key === "-") canvas.zoom(0.8);
    else if (!ctrl && e.key === "0") canvas.fit();
    else return;
    e.preventDefault();
    e.stopPropagation(); // Streamlit has single-letter shortcuts of its own
  }

  search() {
    const text = this.input.value.trim().toLowerCase(), { canvas } = this;
    this.hits = text ? [...canvas.nodes.values()].filter((n) => n.label.toLowerCase().includes(text)).map((n) => n.id) : [];
    canvas.found = new Set(this.hits);
    this.hit = -1;
    canvas.redraw();
    if (this.hits.length) this.nextHit(1); else this.find.querySelector(".mc-hits").textContent = text ? canvas.words.no_hit : "";
  }

  nextHit(step) {
    if (!this.hits.length) return;
    this.hit = (this.hit + step + this.hits.length) % this.hits.length;
    this.find.querySelector(".mc-hits").textContent = `${this.hit + 1}/${this.hits.length}`;
    this.canvas.focused = this.hits[this.hit];
    this.canvas.keyed = true;
    this.canvas.centre(this.canvas.focused);
  }

  showTip(lines, at) {
    clearTimeout(this.tipTimer);
    if (!lines || !this.menu.hidden) return;
    this.tipTimer = setTimeout(() => {
      const [head, ...more] = lines.filter(Boolean);
      this.tip.replaceChildren(head, ...more.map((m) => element("small", {}, m)));
      this.tip.hidden = false;
      const { clientWidth: w, clientHeight: h } = this.canvas.frame;
      this.tip.style.left = `${Math.min(at.x + 14, w - this.tip.offsetWidth - 6)}px`;
      this.tip.style.top = `${Math.min(at.y + 16, h - this.tip.offsetHeight - 6)}px`;
    }, 350);
  }

  hideTip() { clearTimeout(this.tipTimer); this.tip.hidden = true; }
}
