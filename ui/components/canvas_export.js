// A picture of the view with title, time, case and watermark; made in the browser, sent nowhere.

const HEAD = 46, FOOT = 34;

/** Redraw through `ctx` instead of the canvas on screen. vis-network asks `getContext` anew on each redraw. */
function drawThrough(canvas, ctx) {
  const surface = canvas.network.canvas, own = surface.getContext;
  surface.getContext = () => ctx;
  try { canvas.network.renderer._redraw(false); } finally { surface.getContext = own; canvas.network.redraw(); }
}

function exportPng(canvas) {
  const { width, height } = canvas.size(), k = 2, page = document.createElement("canvas");
  page.width = width * k; page.height = (height + HEAD + FOOT) * k;
  const out = page.getContext("2d");
  out.scale(k, k);
  out.fillStyle = "#fff"; out.fillRect(0, 0, width, height + HEAD + FOOT);
  const sheet = document.createElement("canvas");
  sheet.width = width * k; sheet.height = height * k;
  const ctx = sheet.getContext("2d"), set = ctx.setTransform.bind(ctx);
  ctx.setTransform = () => set(k, 0, 0, k, 0, 0);
  drawThrough(canvas, ctx);
  out.drawImage(sheet, 0, HEAD, width, height);
  frameOf(canvas, out, width, height);
  page.toBlob((blob) => save(canvas, blob, "png"), "image/png");
}

function exportSvg(canvas) {
  const { width, height } = canvas.size(), net = new SvgPen(canvas), rim = new SvgPen(canvas);
  drawThrough(canvas, net);
  frameOf(canvas, rim, width, height);
  const total = height + HEAD + FOOT;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="${escapeXml(canvas.font)}">` +
    `<defs><clipPath id="view"><rect width="${width}" height="${height}"/></clipPath></defs><rect width="${width}" height="${total}" fill="#fff"/>` +
    `<g transform="translate(0 ${HEAD})" clip-path="url(#view)">${net.parts.join("")}</g>${rim.parts.join("")}</svg>`;
  save(canvas, new Blob([text], { type: "image/svg+xml" }), "svg");
}

/** Title above; legend, counts, case and time below; the watermark across. */
function frameOf(canvas, ctx, width, height) {
  const words = canvas.data.export, now = new Date(), pad = (n) => String(n).padStart(2, "0");
  const made = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())} ${pad(now.getHours())}:${pad(now.getMinutes())}`;
  const write = (text, x, y, size, colour, align = "left", bold = false) => {
    ctx.font = `${bold ? 600 : 400} ${size}px ${canvas.font}`; ctx.textAlign = align; ctx.textBaseline = "middle"; ctx.fillStyle = colour; ctx.fillText(text, x, y);
  };
  if (words.watermark) {
    for (let y = HEAD + 70; y < height; y += 150) for (let x = 90; x < width; x += 330) {
      ctx.save(); ctx.translate(x, y); ctx.rotate(-0.38); write(words.watermark, 0, 0, 15, "rgba(90, 104, 120, .16)", "center"); ctx.restore();
    }
  }
  write(words.title || canvas.words.title, 16, HEAD / 2, 17, COLOUR.ink, "left", true);
  write([words.case, words.as_of].filter(Boolean).join(" · "), width - 16, HEAD / 2, 12.5, "#46525F", "right");
  let x = 16;
  for (const [kind, style] of Object.entries(canvas.kinds)) {
    if (!canvas.kindsDrawn.has(kind)) continue;
    ctx.save(); ctx.translate(x, height + HEAD + FOOT / 2 - 7); ctx.scale(14 / 24, 14 / 24); ctx.fillStyle = style.colour; fillPath(ctx, style.outline); ctx.restore();
    write(style.label, x + 19, height + HEAD + FOOT / 2, 12, "#3C4753");
    x += 34 + [...style.label].reduce((w, c) => w + (c.codePointAt(0) > 0x2e80 ? 12 : 6.8), 0);
  }
  write([canvas.data.countsText, made].filter(Boolean).join(" · "), width - 16, height + HEAD + FOOT / 2, 12, "#46525F", "right");
}

function save(canvas, blob, ending) {
  const link = document.createElement("a"), words = canvas.data.export;
  link.href = URL.createObjectURL(blob);
  link.download = `${[words.case, words.title || canvas.words.title].filter(Boolean).join(" ").replace(/[\\/:*?"<>|]/g, "_")}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  canvas.act("exported", [], ending);
}

function escapeXml(text) {
  return String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The part of CanvasRenderingContext2D that the network and this module use, writing SVG. */
class SvgPen {
  constructor(canvas) {
    this.canvas = canvas; this.parts = []; this.stack = []; this.d = "";
    this.state = { m: [1, 0, 0, 1, 0, 0], fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, globalAlpha: 1, font: "12px sans-serif", textAlign: "left", textBaseline: "alphabetic", lineJoin: "miter", dash: [] };
    for (const name of ["fillStyle", "strokeStyle", "lineWidth", "globalAlpha", "font", "textAlign", "textBaseline", "lineJoin"])
      Object.defineProperty(this, name, { get: () => this.state[name], set: (v) => { this.state[name] = v; } });
  }
  save() { this.stack.push({ ...this.state, m: [...this.state.m] }); }
  restore() { if (this.stack.length) this.state = this.stack.pop(); }
  setTransform() { this.state.m = [1, 0, 0, 1, 0, 0]; }
  transform(a, b, c, d, e, f) { const m = this.state.m; this.state.m = [m[0] * a + m[2] * b, m[1] * a + m[3] * b, m[0] * c + m[2] * d, m[1] * c + m[3] * d, m[0] * e + m[2] * f + m[4], m[1] * e + m[3] * f + m[5]]; }
  translate(x, y) { this.transform(1, 0, 0, 1, x, y); }
  scale(x, y) { this.transform(x, 0, 0, y, 0, 0); }
  rotate(t) { this.transform(Math.cos(t), Math.sin(t), -Math.sin(t), Math.cos(t), 0, 0); }
  at(x, y) { const m = this.state.m; return `${(m[0] * x + m[2] * y + m[4]).toFixed(2)} ${(m[1] * x + m[3] * y + m[5]).toFixed(2)}`; }
  beginPath() { this.d = ""; }
  closePath() { if (this.d) this.d += "Z"; }
  moveTo(x, y) { this.d += `M${this.at(x, y)}`; }
  lineTo(x, y) { this.d += `${this.d ? "L" : "M"}${this.at(x, y)}`; }
  quadraticCurveTo(a, b, x, y) { this.d += `Q${this.at(a, b)} ${this.at(x, y)}`; }
  bezierCurveTo(a, b, c, d, x, y) { this.d += `C${this.at(a, b)} ${this.at(c, d)} ${this.at(x, y)}`; }
  rect(x, y, w, h) { this.d += `M${this.at(x, y)}L${this.at(x + w, y)}L${this.at(x + w, y + h)}L${this.at(x, y + h)}Z`; }
  arc(x, y, r, from, to) {
    const steps = Math.max(1, Math.ceil(Math.abs(to - from) / 3)), turn = (to - from) / steps, rim = (t) => [x + r * Math.cos(t), y + r * Math.sin(t)];
    this.d += `${this.d ? "L" : "M"}${this.at(...rim(from))}`;
    const size = (r * Math.hypot(this.state.m[0], this.state.m[1])).toFixed(2);
    for (let i = 1; i <= steps; i++) this.d += `A${size} ${size} 0 0 ${turn > 0 ? 1 : 0} ${this.at(...rim(from + i * turn))}`;
  }
  setLineDash(dash) { this.state.dash = dash; }
  clearRect() {}
  fillRect(x, y, w, h) { const d = this.d; this.d = ""; this.rect(x, y, w, h); this.fill(); this.d = d; }
  unit() { return Math.hypot(this.state.m[0], this.state.m[1]); }
  faint() { return this.state.globalAlpha < 1 ? ` opacity="${this.state.globalAlpha}"` : ""; }
  seen(colour) { return colour !== "transparent" && !/^rgba\(.*,\s*0\)$/.test(colour); }
  fill() { if (this.d && this.seen(this.fillStyle)) this.parts.push(`<path d="${this.d}" fill="${escapeXml(this.fillStyle)}"${this.faint()}/>`); }
  stroke() {
    if (!this.d || !this.seen(this.strokeStyle)) return;
    const k = this.unit(), dash = this.state.dash.length ? ` stroke-dasharray="${this.state.dash.map((v) => (v * k).toFixed(2)).join(" ")}"` : "";
    this.parts.push(`<path d="${this.d}" fill="none" stroke="${escapeXml(this.strokeStyle)}" stroke-width="${(this.lineWidth * k).toFixed(2)}"${dash}${this.faint()}/>`);
  }
  fillPathData(d, rule) { this.parts.push(`<path d="${d}" transform="matrix(${this.state.m.map((v) => v.toFixed(4)).join(" ")})" fill="${escapeXml(this.fillStyle)}"${rule ? ` fill-rule="${rule}"` : ""}${this.faint()}/>`); }
  measureText(text) { this.ruler ??= document.createElement("canvas").getContext("2d"); this.ruler.font = this.font; return this.ruler.measureText(text); }
  text(text, x, y, ink) {
    const [, bold, size] = /^(?:(\d+) )?([\d.]+)px/.exec(this.font) ?? [null, "400", "12"], drop = { top: 0.86, middle: 0.36 }[this.textBaseline] ?? 0;
    this.parts.push(`<text transform="matrix(${this.state.m.map((v) => v.toFixed(4)).join(" ")})" x="${x.toFixed(2)}" y="${(y + drop * size).toFixed(2)}" font-size="${size}" font-weight="${bold ?? 400}" text-anchor="${{ center: "middle", right: "end" }[this.textAlign] ?? "start"}" ${ink}${this.faint()}>${escapeXml(text)}</text>`);
  }
  fillText(text, x, y) { this.text(text, x, y, `fill="${escapeXml(this.fillStyle)}"`); }
  strokeText(text, x, y) { this.text(text, x, y, `fill="none" stroke="${escapeXml(this.strokeStyle)}" stroke-width="${this.lineWidth}" stroke-linejoin="round"`); }
}
