// Painting of nodes, badges and labels over the edges that vis-network draws. World units; `k` is the zoom.

const RADIUS = 15, FONT = 12, LINE = 15, LABEL_TOP = RADIUS + 5;
const COLOUR = {
  edge: "#A7B4C4", expired: "#D8DEE6", inferred: "#8E5FB8", path: "#C8402A", accent: "#1F4E79",
  seed: "#E3A62F", found: "rgba(245, 190, 65, .5)", fresh: "rgba(31, 78, 121, .11)", ink: "#1B2430", badge: "#3C4753",
};
const path2d = new Map();

function fillPath(ctx, d, rule) {
  if (ctx.fillPathData) return ctx.fillPathData(d, rule);
  if (!path2d.has(d)) path2d.set(d, new Path2D(d));
  return ctx.fill(path2d.get(d), rule);
}

function disc(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
}

/** Everything drawn over the edges: node by node, then edge labels, then node labels. */
function paint(canvas, ctx) {
  const k = canvas.scale(), view = canvas.viewport(60 / k);
  ctx.textAlign = "center";
  ctx.lineJoin = "round";
  for (const node of canvas.stack) {
    const at = canvas.place(node.id);
    if (at.x > view.left && at.x < view.right && at.y > view.top && at.y < view.bottom) paintNode(canvas, ctx, node, at, k);
  }
  ctx.globalAlpha = 1;
  for (const label of canvas.labels(ctx)) {
    if (label.x > view.left - 100 / k && label.x < view.right + 100 / k && label.y > view.top - 60 / k && label.y < view.bottom) paintLabel(canvas, ctx, label);
  }
  ctx.globalAlpha = 1;
}

/** Seen from afar the lines of vis-network are thinner than a hair: here they keep a visible width, in one stroke a colour. */
function paintFarEdges(canvas, ctx) {
  const k = canvas.scale();
  if (k > 0.5) return;
  const many = canvas.edges.size > 1500;
  for (const [colour, width, wanted] of [[COLOUR.edge, many ? 0.3 : 0.55, (e) => !e.path && !e.inferred && !e.expired], [COLOUR.inferred, 0.9, (e) => e.inferred && !e.path], [COLOUR.path, 2.2, (e) => e.path]]) {
    ctx.beginPath();
    for (const e of canvas.edges.values()) if (wanted(e)) { const a = canvas.place(e.from_id), b = canvas.place(e.to_id); ctx.moveTo(a.x, a.y); ctx.lineTo(b.x, b.y); }
    ctx.strokeStyle = colour; ctx.lineWidth = width / k; ctx.stroke();
  }
  ctx.beginPath();
}

function paintNode(canvas, ctx, node, { x, y }, k) {
  const style = canvas.kinds[node.kind], r = canvas.radius(node, k), far = r * k < 6;
  const faint = node.dimmed ? 0.32 : 1;
  ctx.globalAlpha = 1;
  if (canvas.found.has(node.id)) { disc(ctx, x, y, r + 8 / Math.min(k, 1)); ctx.fillStyle = COLOUR.found; ctx.fill(); }
  else if (canvas.fresh.has(node.id)) { disc(ctx, x, y, r + 7 / Math.min(k, 1)); ctx.fillStyle = COLOUR.fresh; ctx.fill(); }
  const chosen = canvas.selection.has(node.id);
  if (node.seed || chosen) {
    const width = Math.max(2.6, 1.6 / k);
    disc(ctx, x, y, r + 1.2 * width);
    ctx.fillStyle = "#fff"; ctx.fill();
    ctx.strokeStyle = node.seed ? COLOUR.seed : COLOUR.accent; ctx.lineWidth = width; ctx.stroke();
    if (node.seed && chosen) { disc(ctx, x, y, r + 2.4 * width); ctx.strokeStyle = COLOUR.accent; ctx.stroke(); }
  }
  ctx.globalAlpha = faint;
  ctx.save();
  ctx.translate(x - r, y - r);
  ctx.scale(r / 12, r / 12);
  ctx.fillStyle = style.colour;
  fillPath(ctx, style.outline);
  if (!far) { ctx.fillStyle = "#fff"; fillPath(ctx, style.glyph, "evenodd"); }
  ctx.restore();
  if (canvas.keyed && canvas.focused === node.id) {
    disc(ctx, x, y, r + 9);
    ctx.setLineDash([4, 3]); ctx.strokeStyle = COLOUR.accent; ctx.lineWidth = 1.5 / Math.min(k, 1); ctx.stroke(); ctx.setLineDash([]);
  }
  if (node.pinned && !far) paintPin(ctx, x - r * 0.8, y - r * 0.95);
  if (node.folded) paintBadge(canvas, ctx, `+${node.folded}`, x + r * 0.75, y - r * 0.85, Math.max(1, 0.75 / k));
}

function paintPin(ctx, x, y) {
  disc(ctx, x, y, 5); ctx.fillStyle = "#fff"; ctx.fill(); ctx.strokeStyle = COLOUR.badge; ctx.lineWidth = 1.3; ctx.stroke();
  disc(ctx, x, y, 1.9); ctx.fillStyle = COLOUR.badge; ctx.fill();
}

function paintBadge(canvas, ctx, text, x, y, grow) {
  ctx.font = `600 ${10 * grow}px ${canvas.font}`;
  const half = (text.length * 3.1 + 4) * grow, h = 7.5 * grow;
  ctx.beginPath();
  ctx.moveTo(x - half + h, y - h); ctx.lineTo(x + half - h, y - h); ctx.arc(x + half - h, y, h, -Math.PI / 2, Math.PI / 2);
  ctx.lineTo(x - half + h, y + h); ctx.arc(x - half + h, y, h, Math.PI / 2, 1.5 * Math.PI); ctx.closePath();
  ctx.fillStyle = COLOUR.badge; ctx.fill();
  ctx.strokeStyle = "#fff"; ctx.lineWidth = 1.5 * grow; ctx.stroke();
  ctx.textBaseline = "middle"; ctx.fillStyle = "#fff"; ctx.fillText(text, x, y + 0.5 * grow);
}

function paintLabel(canvas, ctx, label) {
  ctx.globalAlpha = label.faint ? 0.45 : 1;
  ctx.font = `${label.bold ? 600 : 400} ${label.size}px ${canvas.font}`;
  ctx.textBaseline = "top";
  ctx.strokeStyle = "rgba(251, 252, 254, .95)";
  ctx.lineWidth = label.size / 3.4;
  ctx.fillStyle = label.colour;
  label.lines.forEach((line, i) => {
    const y = label.y + i * label.size * (LINE / FONT);
    ctx.strokeText(line, label.x, y);
    ctx.fillText(line, label.x, y);
  });
}

/** Labels that fit at this zoom: never smaller than 10.5 pixels, the weightier first; one that finds no free
 *  place is left out until the picture is larger, save those that must be read (seeds, selection). */
function chooseLabels(canvas, ctx) {
  const k = canvas.scale(), size = Math.min(Math.max(FONT * k, k > 0.4 ? 10.5 : 11), 17) / k, grow = size / FONT;
  const taken = new Boxes(90 / k), out = [];
  const roomy = k > 0.4 || canvas.nodes.size <= 250;
  if (roomy) for (const node of canvas.nodes.values()) { const p = canvas.place(node.id), r = canvas.radius(node, k) - 1; taken.add(p.x - r, p.y - r, p.x + r, p.y + r, node.id); }
  const free = (item, x, y, half, high, usual) => {
    const air = usual || !item.node ? 0 : 6 / k; // out of its usual place it keeps away from others, or it would be read as theirs
    return !taken.hits(x - half, y - air, x + half, y + high + air, item.owner);
  };
  const most = roomy ? Infinity : 50;
  ctx.font = `400 ${FONT}px ${canvas.font}`;
  const width = (text) => { if (!canvas.widths.has(text)) canvas.widths.set(text, ctx.measureText(text).width); return canvas.widths.get(text) * grow; };
  const ranked = canvas.ranked();
  for (const item of ranked) {
    if (out.length >= most && !item.must) break;
    const lines = item.lines, half = Math.max(...lines.map(width)) / 2 + 1.5 / k, high = lines.length * LINE * grow;
    const spots = item.spots(k, high).map(([at, y, side]) => [at + side * half, y]);
    const spot = spots.find(([x, y], i) => free(item, x, y, half, high, i === 0)) ?? (item.must ? spots[0] : undefined);
    if (!spot) continue;
    const [x, y] = spot;
    taken.add(x - half, y, x + half, y + high, item.owner);
    out.push({ x, y, lines, size, colour: item.colour, bold: item.bold, faint: item.faint });
  }
  return out;
}

/** Rectangles in a grid of cells, to ask quickly whether a place is free. */
class Boxes {
  constructor(cell) { this.cell = cell; this.cells = new Map(); }
  *keys(l, t, r, b) {
    for (let i = Math.floor(l / this.cell); i <= Math.floor(r / this.cell); i++)
      for (let j = Math.floor(t / this.cell); j <= Math.floor(b / this.cell); j++) yield i * 73856093 + j * 19349663;
  }
  add(l, t, r, b, owner) {
    const box = [l, t, r, b, owner];
    for (const key of this.keys(l, t, r, b)) { const held = this.cells.get(key); if (held) held.push(box); else this.cells.set(key, [box]); }
  }
  hits(l, t, r, b, owner) {
    for (const key of this.keys(l, t, r, b))
      for (const o of this.cells.get(key) ?? []) if (o[4] !== owner && l < o[2] && r > o[0] && t < o[3] && b > o[1]) return true;
    return false;
  }
}
