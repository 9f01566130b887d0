// Points: all documents as one WebGL2 draw call. Coordinates travel once; colours, palette and focus are textures and bytes.

const ROW = 1024; // bytes of the focus mask in a row of its texture
const OUT_OF_FOCUS = 255; // place in the palette
const FEW = 200; // points in focus; and no more than one in RARE
const RARE = 20;

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;   // 0..1 of the map's square
layout(location = 1) in uint code;    // place in the palette
uniform vec2 scale, shift;
uniform float size, focal;             // of points; of those in focus
uniform bool masked;
uniform highp sampler2D palette;
uniform highp usampler2D focus;       // one bit a point
flat out vec4 colour;
void main() {
  uint bits = masked ? texelFetch(focus, ivec2((gl_VertexID >> 3) & ${ROW - 1}, gl_VertexID >> 13), 0).r : 255u;
  bool inside = ((bits >> uint(gl_VertexID & 7)) & 1u) == 1u;
  gl_Position = vec4(place * scale + shift, inside ? 0.0 : 0.5, 1.0);  // what is in focus lies on top
  gl_PointSize = inside ? focal : max(1.0, 0.75 * size);
  colour = texelFetch(palette, ivec2(inside ? int(code) : ${OUT_OF_FOCUS}, 0), 0);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
uniform bool disc;
flat in vec4 colour;
out vec4 pixel;
void main() {
  vec2 off = 2.0 * gl_PointCoord - 1.0;
  float far = dot(off, off);
  if (disc && far > 1.0) discard;
  pixel = vec4(colour.rgb, 1.0) * colour.a * (disc ? 1.0 - smoothstep(0.65, 1.0, far) : 1.0);
}`;

// How many bits are set, counted no further than one above `most`.
function countBits(bits, most) {
  let n = 0;
  for (let byte of bits) {
    for (; byte && n <= most; byte &= byte - 1) n++;
    if (n > most) break;
  }
  return n;
}

class Points {
  // Throws where the browser has no WebGL2.
  constructor(canvas) {
    this.canvas = canvas;
    this.gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
    if (!this.gl) throw new Error("no WebGL2");
    this.kept = {}; // what to upload again after the browser has lost the context
    this.n = 0;
    this.build();
  }

  build() {
    const gl = this.gl;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    this.at = (name) => gl.getUniformLocation(program, name);
    this.buffers = { places: gl.createBuffer(), codes: gl.createBuffer() };
    this.textures = [this.texture(0, "palette"), this.texture(1, "focus")];
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    if (this.kept.places) this.setPlaces(this.kept.places);
    if (this.kept.codes) this.setCodes(this.kept.codes);
    if (this.kept.palette) this.setPalette(this.kept.palette);
    this.setFocus(this.kept.focus || null);
  }

  texture(unit, name) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
    gl.uniform1i(this.at(name), unit);
    return texture;
  }

  fill(buffer, values, location, set) {
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(location);
    set(gl);
  }

  // Uint16Array of x, y pairs, 65535 is the side of the map's square.
  setPlaces(places) {
    this.kept.places = places;
    this.n = places.length / 2;
    this.fill(this.buffers.places, places, 0, (gl) => gl.vertexAttribPointer(0, 2, gl.UNSIGNED_SHORT, true, 0, 0));
  }

  // Uint8Array, the place of each point in the palette.
  setCodes(codes) {
    this.kept.codes = codes;
    this.fill(this.buffers.codes, codes, 1, (gl) => gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, 0, 0));
  }

  // Up to 255 [red, green, blue, alpha] of 0..255; `grey` is for what is out of focus.
  setPalette({ colours, grey }) {
    this.kept.palette = { colours, grey };
    const gl = this.gl;
    const texels = new Uint8Array(4 * 256);
    colours.forEach((colour, index) => texels.set(colour, 4 * index));
    texels.set(grey, 4 * OUT_OF_FOCUS);
    gl.activeTexture(gl.TEXTURE0);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  // Uint8Array of one bit a point, lowest bit first; null puts everything in focus.
  setFocus(bits) {
    this.kept.focus = bits;
    this.focused = bits ? countBits(bits, FEW) : Infinity;
    const gl = this.gl;
    const rows = Math.max(1, Math.ceil((bits ? bits.length : 0) / ROW));
    const padded = new Uint8Array(rows * ROW);
    if (bits) padded.set(bits);
    gl.activeTexture(gl.TEXTURE1);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, ROW, rows, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, padded);
  }

  // So few in focus that they are drawn larger, to be seen at all.
  get few() {
    return this.focused <= Math.min(FEW, this.n / RARE);
  }

  inFocus(index) {
    const bits = this.kept.focus;
    return !bits || ((bits[index >> 3] >> (index & 7)) & 1) === 1;
  }

  // `camera`: centre x, y and pixels a unit; all in pixels of the canvas.
  draw(camera, size, focal) {
    const gl = this.gl;
    const { width, height } = this.canvas;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (!this.n || !this.kept.codes || this.kept.codes.length !== this.n) return;
    const scale = [(2 * camera.unit) / width, (2 * camera.unit) / height];
    gl.uniform2f(this.at("scale"), scale[0], scale[1]);
    gl.uniform2f(this.at("shift"), -camera.x * scale[0], -camera.y * scale[1]);
    gl.uniform1f(this.at("size"), size);
    gl.uniform1f(this.at("focal"), focal);
    gl.uniform1i(this.at("disc"), focal > 2.5);
    gl.uniform1i(this.at("masked"), this.kept.focus !== null);
    gl.drawArrays(gl.POINTS, 0, this.n);
  }

  // The point nearest to x, y (in units of the square) within `reach`; those out of focus only where no other is near. -1 for none.
  nearest(x, y, reach) {
    const places = this.kept.places;
    let best = -1;
    let least = Infinity;
    if (!places) return best;
    const [left, right, low, high] = [x - reach, x + reach, y - reach, y + reach].map((value) => value * 65535);
    for (let i = 0; i < this.n; i++) {
      const px = places[2 * i];
      const py = places[2 * i + 1];
      if (px < left || px > right || py < low || py > high) continue;
      const far = Math.hypot(px / 65535 - x, py / 65535 - y) + (this.inFocus(i) ? 0 : reach);
      if (far < least && far < 2 * reach) [best, least] = [i, far];
    }
    return best;
  }

  // A page can hold some sixteen contexts; one that nobody sees must go.
  release() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
