// Tiles: a map of more documents than a browser can hold, as pictures that the server draws of what is looked at.
// A picture stays, moved and scaled, until the next one is there; each reaches a little beyond the view.

const BEYOND = 1.3; // of the view's sides
const MOST_PX = 2048; // of a side: the server draws no larger picture, so on the finest screens it is stretched
const REST_MS = 90; // without a move, before a picture is asked for

class Tiles {
  // `locate` makes an address of a path, `changed` is called when there is a new picture.
  constructor(canvas, locate, changed) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.locate = locate;
    this.changed = changed;
    this.n = 0;
    this.whole = null; // {image, view}: the last picture of everything, below the last one of all
    this.near = null;
  }

  // Takes over another address; ends when its first picture is there, or a later view is asked for.
  async show(path, n, camera) {
    if (this.path === path) return;
    this.path = path;
    this.n = n;
    this.asked = null;
    this.camera = camera;
    await this.ask();
  }

  // What is looked at and around: left, bottom, right, top in map units, and the picture's size.
  view() {
    const { x, y, unit } = this.camera;
    const [wide, high] = [this.canvas.width * BEYOND, this.canvas.height * BEYOND].map(Math.round);
    const side = 65536 / unit; // map units a pixel
    const [left, bottom] = [Math.floor(x * 65536 - (wide / 2) * side), Math.floor(y * 65536 - (high / 2) * side)];
    const finer = Math.min(1, MOST_PX / Math.max(wide, high));
    const size = [wide, high].map((side) => Math.max(1, Math.round(side * finer)));
    return [left, bottom, left + Math.max(1, Math.round(wide * side)), bottom + Math.max(1, Math.round(high * side)), ...size];
  }

  async ask() {
    const view = this.view();
    const asked = `${this.path}/${view.join(",")}`;
    if (asked === this.asked || this.canvas.width < 2) return;
    this.asked = asked;
    const answer = await fetch(this.locate(asked));
    if (!answer.ok) throw new Error("the server has forgotten this map");
    const image = await createImageBitmap(await answer.blob());
    if (this.asked !== asked) return; // a later view is on its way
    const fresh = { image, view, path: this.path };
    if (view[0] <= 0 && view[1] <= 0 && view[2] >= 65536 && view[3] >= 65536) this.whole = fresh;
    if (this.whole && this.whole.path !== this.path) this.whole = null;
    this.near = fresh;
    this.changed();
  }

  // `camera`: centre x, y in 0..1 and pixels of the canvas for 1.
  draw(camera) {
    this.camera = camera;
    const { width, height } = this.canvas;
    this.pen.clearRect(0, 0, width, height);
    const covers = this.near && this.covers(this.near.view);
    for (const drawn of covers ? [this.near] : [this.whole, this.near]) {
      if (!drawn) continue;
      const [left, bottom, right, top] = drawn.view.map((unit) => unit / 65536);
      const at = [width / 2 + (left - camera.x) * camera.unit, height / 2 - (top - camera.y) * camera.unit];
      if (drawn === this.near && !covers) this.pen.clearRect(...at, (right - left) * camera.unit, (top - bottom) * camera.unit);
      this.pen.drawImage(drawn.image, ...at, (right - left) * camera.unit, (top - bottom) * camera.unit);
    }
    clearTimeout(this.resting);
    if (this.path) this.resting = setTimeout(() => this.ask().catch(() => {}), REST_MS);
  }

  covers([left, bottom, right, top]) {
    const { x, y, unit } = this.camera;
    const [wide, high] = [this.canvas.width / 2 / unit, this.canvas.height / 2 / unit];
    return left / 65536 <= x - wide && right / 65536 >= x + wide && bottom / 65536 <= y - high && top / 65536 >= y + high;
  }

  release() {
    clearTimeout(this.resting);
  }
}
