// Overlay: what lies over the points, drawn on a second canvas: titles, outlines, the scale of colours, the point under the pointer.
// Titles come from the corpus; a canvas draws letters, never markup.

const FACE = "600 11.5px 'Source Sans', 'Source Sans Pro', 'Segoe UI', sans-serif";
const LINE = 14; // px from one line of a title to the next
const WRAP = 20; // characters
const MOST_TITLES = 40;
const OVER = "#DA8A3E"; // regions that a subset keeps more, and less often than chance
const UNDER = "#5B93C7";

function wrapped(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (!line) lines[lines.length - 1] = word.slice(0, WRAP + 4);
    else if ((line + " " + word).length <= WRAP) lines[lines.length - 1] += " " + word;
    else if (lines.length < 2) lines.push(word.slice(0, WRAP + 4));
    else {
      lines[1] += " …";
      break;
    }
  }
  return lines;
}

// The colours of the app's theme where an element stands.
function lookOf(element) {
  const style = getComputedStyle(element);
  const read = (name, other) => style.getPropertyValue(name).trim() || other;
  return {
    text: read("--st-text-color", "#1C2024"),
    background: read("--st-background-color", "#FCFCFD"),
    accent: read("--st-primary-color", "#3E63DD"),
  };
}

class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.titles = []; // [x, y, text], the largest group first
  }

  setTitles(titles) {
    this.titles = titles.map(([x, y, text]) => ({ x, y, lines: wrapped(text) }));
  }

  // `place` turns a point of the map into CSS pixels; `look` has the colours of the theme.
  draw({ place, ratio, look, faint, regions, outlines, drawing, marked, scale }) {
    const pen = this.pen;
    this.width = this.canvas.width / ratio;
    this.height = this.canvas.height / ratio;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    for (const region of regions) this.enclose(region, place);
    this.drawTitles(place, look, faint ? 0.45 : 1); // over a few found points words must not lie
    for (const outline of outlines) this.trace(outline.map(place), look, true);
    if (drawing) this.trace(drawing, look, drawing.closed);
    if (marked) this.ring(place(marked), look);
    if (scale) this.drawScale(scale, look);
  }

  drawTitles(place, look, strength) {
    const pen = this.pen;
    const taken = [];
    pen.font = FACE;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    for (const title of this.titles) {
      if (taken.length === MOST_TITLES) break;
      const [centre, middle] = place([title.x, title.y]);
      if (centre < 0 || centre > this.width || middle < 0 || middle > this.height) continue;
      const wide = Math.max(...title.lines.map((line) => pen.measureText(line).width)) / 2 + 4;
      const high = (title.lines.length * LINE) / 2 + 1;
      const x = Math.max(wide, Math.min(centre, this.width - wide)); // whole, also at the edge
      for (const step of [0, 1, -1, 2, -2]) {
        const y = middle + step * LINE;
        const box = [x - wide, x + wide, y - high, y + high];
        if (taken.some((other) => box[0] < other[1] && other[0] < box[1] && box[2] < other[3] && other[2] < box[3])) continue;
        taken.push(box);
        title.lines.forEach((line, row) => this.write(line, x, y + (row - (title.lines.length - 1) / 2) * LINE, look, strength));
        break;
      }
    }
  }

  // Letters with a halo, readable over points of any colour.
  write(text, x, y, look, strength = 1) {
    const pen = this.pen;
    pen.globalAlpha = strength < 1 ? 0.2 : 0.85;
    pen.strokeStyle = look.background;
    pen.lineWidth = 4;
    pen.strokeText(text, x, y);
    pen.globalAlpha = strength;
    pen.fillStyle = look.text;
    pen.fillText(text, x, y);
    pen.globalAlpha = 1;
  }

  // All rings of a region as one path, so that a ring inside another is a hole.
  enclose({ over, rings }, place) {
    const pen = this.pen;
    pen.beginPath();
    for (const ring of rings) {
      ring.map(place).forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.closePath();
    }
    pen.strokeStyle = pen.fillStyle = over ? OVER : UNDER;
    pen.lineWidth = 1.25;
    pen.stroke();
    pen.globalAlpha = 0.08;
    pen.fill("evenodd");
    pen.globalAlpha = 1;
  }

  trace(corners, look, closed) {
    if (corners.length < 2) return;
    const pen = this.pen;
    pen.beginPath();
    corners.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    if (closed) pen.closePath();
    pen.strokeStyle = look.accent;
    pen.lineWidth = 1.5;
    pen.setLineDash(closed ? [4, 3] : []);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 0.07;
    pen.fillStyle = look.accent;
    pen.fill("evenodd");
    pen.globalAlpha = 1;
  }

  ring([x, y], look) {
    const pen = this.pen;
    pen.beginPath();
    pen.arc(x, y, 6, 0, 2 * Math.PI);
    pen.strokeStyle = look.text;
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  drawScale({ title, low, high, colours }, look) {
    const pen = this.pen;
    const wide = Math.min(220, this.width / 2);
    const left = this.width - wide - 12;
    const top = this.height - 26;
    colours.forEach((colour, index) => {
      pen.fillStyle = colour;
      pen.fillRect(left + (wide * index) / colours.length, top, wide / colours.length + 0.6, 7);
    });
    pen.font = FACE;
    pen.textAlign = "left";
    this.write(low, left, top + 16, look);
    pen.textAlign = "right";
    this.write(high, left + wide, top + 16, look);
    this.write(title, left + wide, top - 9, look);
  }
}
