// Hand: what mouse, touch and keys do to the map. Dragging draws a lasso or a box or moves the map; the wheel, two fingers
// and + - zoom; a click picks a document; a double click or Escape undoes.

const STILL = 4; // px that a click may slip
const NEAR = 9; // px around the pointer in which a document is found
const MOST_CORNERS = 300;

// Douglas and Peucker 1973 on an open line: the corners that lie farther than `slack` from what is left without them.
function simplified(corners, slack) {
  const keep = new Uint8Array(corners.length);
  keep[0] = keep[corners.length - 1] = 1;
  const open = [[0, corners.length - 1]];
  while (open.length) {
    const [first, last] = open.pop();
    const [ax, ay] = corners[first];
    const [dx, dy] = [corners[last][0] - ax, corners[last][1] - ay];
    const length = Math.hypot(dx, dy);
    let [farthest, most] = [-1, slack];
    for (let i = first + 1; i < last; i++) {
      const [ex, ey] = [corners[i][0] - ax, corners[i][1] - ay];
      const far = length ? Math.abs(ex * dy - ey * dx) / length : Math.hypot(ex, ey);
      if (far > most) [farthest, most] = [i, far];
    }
    if (farthest < 0) continue;
    keep[farthest] = 1;
    open.push([first, farthest], [farthest, last]);
  }
  return corners.filter((_, i) => keep[i]);
}

class Hand {
  // `map` has: camera, drag, unplace(px), zoom(factor, px), move(dx, dy), fit(), sketch(corners), say(event), hover(px), pick(px)
  constructor(map, canvas) {
    this.map = map;
    this.canvas = canvas;
    this.pointers = new Map();
    for (const [name, act] of Object.entries({
      pointerdown: (event) => this.press(event),
      pointermove: (event) => this.drag(event),
      pointerup: (event) => this.release(event),
      pointercancel: (event) => this.release(event),
      pointerleave: () => this.pointers.size || map.hover(null),
      dblclick: () => this.undo(),
      keydown: (event) => this.key(event),
    })) canvas.addEventListener(name, act);
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  at(event) {
    const frame = this.canvas.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.map.zoom(Math.exp(-event.deltaY * lines * 0.0018), this.at(event));
  }

  press(event) {
    if (event.button > 1) return;
    this.canvas.setPointerCapture(event.pointerId);
    const spot = this.at(event);
    this.pointers.set(event.pointerId, spot);
    if (this.pointers.size > 1) this.map.sketch((this.corners = null)); // two fingers zoom
    else {
      this.start = spot;
      this.moved = false;
      this.moving = this.map.drag === "move" || event.shiftKey || event.button === 1;
      this.corners = this.moving ? null : [spot];
    }
    this.map.hover(null);
  }

  drag(event) {
    const spot = this.at(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) return this.map.hover(spot);
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, spot);
    else if (this.moving) this.map.move(spot[0] - before[0], spot[1] - before[1]);
    else if (this.corners) this.extend(spot);
    this.pointers.set(event.pointerId, spot);
    this.moved ||= Math.hypot(spot[0] - this.start[0], spot[1] - this.start[1]) > STILL;
  }

  pinch(id, before, spot) {
    const [other] = [...this.pointers].filter(([each]) => each !== id).map(([, place]) => place);
    const apart = (place) => Math.hypot(place[0] - other[0], place[1] - other[1]);
    this.moved = true;
    this.map.zoom(apart(spot) / Math.max(1, apart(before)), [(spot[0] + other[0]) / 2, (spot[1] + other[1]) / 2]);
    this.map.move((spot[0] - before[0]) / 2, (spot[1] - before[1]) / 2);
  }

  extend(spot) {
    if (this.map.drag === "box") {
      const [x, y] = this.start;
      this.corners = [[x, y], [spot[0], y], spot, [x, spot[1]]];
      this.corners.closed = true;
    } else this.corners.push(spot);
    this.map.sketch(this.corners);
  }

  release(event) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size) return;
    const corners = this.corners;
    this.corners = null;
    if (event.type === "pointercancel") return this.map.sketch(null);
    if (!this.moved) this.click(this.start);
    else if (corners) this.outline(corners);
    this.map.sketch(null);
  }

  outline(corners) {
    let slack = 0.75;
    let found = corners.closed ? corners : simplified(corners, slack);
    while (found.length > MOST_CORNERS) found = simplified(corners, (slack *= 2));
    if (found.length < 3) return;
    const places = found.map((corner) => this.map.unplace(corner));
    this.map.say({ kind: corners.closed ? "box" : "lasso", outline: corners.closed ? [places[0], places[2]] : places });
  }

  // A double click is two clicks: wait for the second before the first one counts.
  click(spot) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.map.pick(spot, NEAR), 260);
  }

  undo() {
    clearTimeout(this.waiting);
    this.map.say({ kind: "none" });
  }

  key(event) {
    const step = 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[event.key]) this.map.move(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.map.zoom(1.4);
    else if (event.key === "-") this.map.zoom(1 / 1.4);
    else if (event.key === "0") this.map.fit();
    else if (event.key === "Escape") this.undo();
    else return;
    event.preventDefault();
  }
}
