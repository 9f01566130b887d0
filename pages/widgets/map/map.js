// Map: the component. Streamlit calls the default export again whenever its data or the theme changes, with the same
// element; the one map of that element then takes over what is new. Only outlines and clicks go back to the server.

const MARGIN = 0.94; // of the canvas that the whole map takes
const MOST_ZOOM = 400; // coordinates are whole numbers up to 65,535: beyond this their grid would show
const HOVER_MS = 90;
const SLOW_MS = 100; // a drawing that takes longer, without a graphics card, holds up all else on the page
const WAIT_MS = 300; // so what a lasso has counted may come on the screen before the points turn grey

// Some time from now, when the browser has nothing else to do.
const quiet = () =>
  new Promise((done) => setTimeout(() => (window.requestIdleCallback || setTimeout)(done, { timeout: 500 }), WAIT_MS));

class PointMap {
  constructor(host, tiled) {
    this.host = host;
    const [below, above, tools] = ["canvas", "canvas", "div"].map((tag) => document.createElement(tag));
    this.hint = new Hint();
    tools.className = "tools";
    above.tabIndex = 0;
    this.parts = [below, above, tools, this.hint.box];
    host.append(...this.parts);
    this.below = below;
    this.above = above;
    this.tiled = tiled;
    if (tiled) this.points = new Tiles(below, (path) => this.address(path), () => this.redraw());
    else this.points = new Points(below); // throws without WebGL2
    this.overlay = new Overlay(above);
    this.addTools(tools);
    this.loaded = {}; // layer -> address of what it shows
    this.view = null;
    this.camera = { x: 0.5, y: 0.5, unit: 1, whole: 1 };
    below.addEventListener("webglcontextlost", (event) => event.preventDefault());
    below.addEventListener("webglcontextrestored", () => (this.points.build(), this.redraw()));
    this.hand = new Hand(this, above);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(host.host || host);
  }

  addTools(tools) {
    const acts = [["+", "Zoom in", () => this.zoom(1.6)], ["−", "Zoom out", () => this.zoom(1 / 1.6)], ["⤢", "Show all", () => this.fit()]];
    for (const [sign, told, act] of acts) {
      const button = document.createElement("button");
      button.textContent = sign;
      button.title = told;
      button.setAttribute("aria-label", told);
      button.addEventListener("click", act);
      tools.append(button);
    }
  }

  // Takes over a view: addresses of the layers, and what is small enough to come with it.
  async show(view) {
    const fresh = !this.view || this.view.points !== view.points;
    this.view = view;
    this.drag = view.drag;
    this.above.dataset.drag = view.drag;
    this.above.setAttribute("aria-label", view.alt);
    this.above.setAttribute("role", "application");
    this.outlines = view.outlines;
    this.overlay.setTitles(view.titles);
    const looks = JSON.stringify([view.palette, view.points, view.codes, view.focus, view.size, view.height]);
    const same = this.drawn === looks; // a million points are drawn again only where they look different
    this.drawn = looks;
    this.look = lookOf(this.host.host || this.host);
    if (fresh) this.fit();
    else this.redraw(false);
    const wait = !fresh && !same && this.took > SLOW_MS ? quiet() : null;
    try {
      await (this.tiled ? this.points.show(view.tiles, view.n, this.pixels()) : this.loadPoints(view));
      await wait;
    } catch (fault) {
      return this.say({ kind: "stale" });
    }
    if (this.view !== view) return;
    this.redraw(fresh || !same);
    this.above.dataset.shown = String(this.points.n);
  }

  loadPoints(view) {
    this.points.setPalette(view.palette);
    return Promise.all([
      this.load("places", view.points, (bytes) => this.points.setPlaces(new Uint16Array(bytes))),
      this.load("codes", view.codes, (bytes) => this.points.setCodes(new Uint8Array(bytes))),
      this.load("focus", view.focus, (bytes) => this.points.setFocus(bytes && new Uint8Array(bytes))),
    ]);
  }

  // Fetches a layer once; a newer address that arrived meanwhile wins.
  async load(layer, address, take) {
    if (this.loaded[layer] === address) return;
    this.loaded[layer] = address;
    if (!address) return take(null);
    const answer = await fetch(this.address(address));
    if (!answer.ok) {
      this.loaded[layer] = undefined;
      throw new Error(`the server has forgotten ${layer}`);
    }
    const bytes = await answer.arrayBuffer();
    if (this.loaded[layer] === address) take(bytes);
  }

  // Below the path that the app is served from, whichever page is open.
  address(path) {
    const base = document.baseURI.split(/[?#]/)[0];
    const page = this.view.page;
    const root = base.replace(/\/$/, "").endsWith(`/${page}`) ? base.replace(/\/$/, "").slice(0, -page.length) : base;
    return new URL(path, root.endsWith("/") ? root : `${root}/`);
  }

  resize() {
    const frame = (this.host.host || this.host).getBoundingClientRect();
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.wide = frame.width;
    this.high = this.view ? this.highest() : frame.height;
    (this.host.host || this.host).style.height = `${this.high}px`;
    for (const canvas of [this.below, this.above]) {
      canvas.width = Math.max(1, Math.round(this.wide * this.ratio));
      canvas.height = Math.max(1, Math.round(this.high * this.ratio));
      canvas.style.height = `${this.high}px`;
    }
    if (!this.view) return;
    const zoomed = this.camera.unit / this.camera.whole; // a narrower window shows the same part
    this.camera.whole = this.wholeUnit();
    this.camera.unit = zoomed * this.camera.whole;
    this.redraw();
  }

  // In a narrow column a map as high as elsewhere would be mostly empty.
  highest() {
    return Math.min(this.view.height, Math.max(300, Math.round(1.05 * this.wide)));
  }

  wholeUnit() {
    const [x, y] = this.view.extent;
    return MARGIN * Math.min(this.wide / Math.max(x, 1e-6), this.high / Math.max(y, 1e-6));
  }

  fit() {
    if (!this.view) return;
    const [x, y] = this.view.extent;
    if (!this.wide || this.high !== this.highest()) this.resize();
    const whole = this.wholeUnit();
    this.camera = { x: x / 2, y: y / 2, unit: whole, whole };
    this.redraw();
  }

  // The camera in pixels of the canvas.
  pixels() {
    return { ...this.camera, unit: this.camera.unit * this.ratio };
  }

  // Map units (0..65,535, y upwards) to CSS pixels, and back.
  place([x, y]) {
    const { camera } = this;
    return [this.wide / 2 + (x / 65535 - camera.x) * camera.unit, this.high / 2 - (y / 65535 - camera.y) * camera.unit];
  }

  unplace([left, top]) {
    const { camera } = this;
    const x = camera.x + (left - this.wide / 2) / camera.unit;
    const y = camera.y - (top - this.high / 2) / camera.unit;
    return [Math.round(655350 * x) / 10, Math.round(655350 * y) / 10];
  }

  move(dx, dy) {
    this.camera.x -= dx / this.camera.unit;
    this.camera.y += dy / this.camera.unit;
    this.redraw();
  }

  zoom(factor, spot = [this.wide / 2, this.high / 2]) {
    const { camera } = this;
    const unit = Math.min(Math.max(camera.unit * factor, camera.whole / 2), camera.whole * MOST_ZOOM);
    const [dx, dy] = [spot[0] - this.wide / 2, this.high / 2 - spot[1]];
    camera.x += dx / camera.unit - dx / unit;
    camera.y += dy / camera.unit - dy / unit;
    camera.unit = unit;
    this.redraw();
  }

  sketch(corners) {
    this.drawing = corners;
    this.redraw(false);
  }

  // Draws at the next frame, however often it is asked; `all` false leaves the points as they are.
  redraw(all = true) {
    this.stale = this.stale || all;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.view || !this.look) return;
      const { camera, ratio, points } = this;
      const size = this.view.size * Math.min(3, Math.pow(camera.unit / camera.whole, 0.3)) * ratio;
      if (this.stale) {
        const begun = performance.now();
        points.draw(this.pixels(), size, points.few ? Math.max(1.6 * size, 7 * ratio) : size);
        requestAnimationFrame(() => {
          this.took = performance.now() - begun;
          this.above.dataset.drawn = String(Math.round(begun)); // another value for every drawing, once it is there
        });
      }
      this.stale = false;
      const place = (corner) => this.place(corner);
      const { look, outlines, drawing, marked } = this;
      const { regions, scale } = this.view;
      this.overlay.draw({ place, ratio, look, faint: points.few, regions, outlines, drawing, marked, scale });
    });
  }

  say(event) {
    if (event.kind === "lasso") this.outlines = [event.outline];
    if (event.kind === "box") {
      const [[x, y], [x2, y2]] = event.outline;
      this.outlines = [[[x, y], [x2, y], [x2, y2], [x, y2]]];
    }
    if (event.kind === "none") this.outlines = [];
    this.redraw(false);
    this.tell("event", { ...event, serial: Date.now() });
  }

  near(spot, px) {
    const [x, y] = this.unplace(spot).map((unit) => unit / 65535);
    return this.points.nearest(x, y, px / this.camera.unit);
  }

  pick(spot, px) {
    if (this.tiled) return this.say({ kind: "click", at: this.around(spot, px) });
    const index = this.near(spot, px);
    if (index >= 0) this.say({ kind: "click", index });
  }

  // What document lies under the resting pointer: asked for one at a time, shown as plain text.
  hover(spot) {
    clearTimeout(this.resting);
    this.hint.hide();
    if (this.marked) this.redraw(false);
    this.marked = null;
    this.asked = null;
    if (spot && this.points.n) this.resting = setTimeout(() => this.describe(spot), HOVER_MS);
  }

  // A spot and a reach of some pixels, in whole map units.
  around(spot, px) {
    return [...this.unplace(spot), (65535 * px) / this.camera.unit].map((value) => Math.max(0, Math.round(value)));
  }

  async describe(spot) {
    const index = this.tiled ? this.around(spot, 6).join("/") : this.near(spot, 6);
    if (index < 0) return;
    if (!this.tiled) this.mark([...this.points.kept.places.slice(2 * index, 2 * index + 2)]);
    const asked = (this.asked = {});
    const answer = await fetch(this.address(`${this.view.describe}/${index}`)).catch(() => null);
    if (answer?.status !== 200 || this.asked !== asked) return; // 204: nothing lies there
    const told = await answer.json();
    if (told.place) this.mark(told.place);
    if (this.asked === asked) this.hint.show(told, spot, this.wide, this.high);
  }

  mark(place) {
    this.marked = place;
    this.redraw(false);
  }

  leave() {
    for (const part of this.parts) part.remove();
    this.watcher.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
    this.points.release();
  }
}

const maps = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  let map = maps.get(parentElement);
  if (map && map.tiled !== Boolean(data.tiles)) map = map.leave(); // a canvas has one kind of context for good
  if (!map) {
    try {
      map = new PointMap(parentElement, Boolean(data.tiles));
    } catch (fault) {
      parentElement.replaceChildren();
      setStateValue("event", { kind: "flat", serial: Date.now() });
      return;
    }
    maps.set(parentElement, map);
  }
  map.tell = setStateValue;
  map.show(data);
  return () => {
    map.leave();
    maps.delete(parentElement);
  };
}
