// What the three layers have in common. A node's place, look and state stand in textures, one texel a node, so that nodes, edges and labels
// read the same ones: moving the layout or changing the selection uploads one entry a node and never an edge.

/** Width of the textures that hold one texel a node. */
export const textureWidth = 512

/** Bits of a node's state. */
export const stateBits = { hidden: 1, selected: 2, neighbour: 4, lit: 8, hovered: 16 } as const

export const common = /* glsl */ `
#define HIDDEN ${stateBits.hidden}u
#define SELECTED ${stateBits.selected}u
#define NEIGHBOUR ${stateBits.neighbour}u
#define LIT ${stateBits.lit}u
#define HOVERED ${stateBits.hovered}u
uniform highp sampler2D uPlaces;
uniform highp usampler2D uLooks;
uniform highp usampler2D uStates;
uniform vec3 uDomains[8];
uniform vec3 uGround;
uniform vec3 uInk;
uniform vec3 uAccent;
uniform float uHeight;
uniform float uLeast;
uniform vec3 uFog;
uniform float uFocus;

ivec2 texelOf(uint node) { return ivec2(int(node) % ${textureWidth}, int(node) / ${textureWidth}); }
vec4 placeOf(uint node) { return texelFetch(uPlaces, texelOf(node), 0); }
uvec2 lookOf(uint node) { return texelFetch(uLooks, texelOf(node), 0).rg; }
uint stateOf(uint node) { return texelFetch(uStates, texelOf(node), 0).r; }

// In the space of the eye of this pass, so that each eye of a headset gets its own.
vec4 seen(vec3 place) { return viewMatrix * modelMatrix * vec4(place, 1.0); }
float unit() { return length(modelMatrix[0].xyz); }
// Width of a pixel of the page where \`at\` lies.
float pixelAt(vec4 at) {
  float depth = projectionMatrix[2][3] == 0.0 ? 1.0 : max(-at.z, 1e-4);
  return 2.0 * depth / (projectionMatrix[1][1] * uHeight);
}
// 0 near, up to uFog.z far away: far things fade into the ground.
float fogAt(vec4 at) { return uFog.z * smoothstep(uFog.x, uFog.y, -at.z); }
// In front of everything that is not brought forward so far, and still in order among its own kind.
vec4 forward(vec4 clip, float share) { clip.z = mix(clip.z, -clip.w, share); return clip; }
const vec4 nowhere = vec4(2.0, 2.0, 2.0, 1.0);
`

export const nodeVertex = /* glsl */ `
${common}
out vec2 vAt;
flat out float vRadius;
flat out vec3 vColour;
flat out uint vShape;
flat out uint vState;
void main() {
  uint node = uint(gl_InstanceID);
  uint state = stateOf(node);
  vState = state;
  if ((state & HIDDEN) != 0u) { gl_Position = nowhere; return; }
  vec4 place = placeOf(node);
  vec4 at = seen(place.xyz);
  float pixel = pixelAt(at);
  bool marked = (state & (SELECTED | HOVERED | LIT)) != 0u;
  bool quiet = uFocus > 0.5 && (state & (SELECTED | NEIGHBOUR | LIT | HOVERED)) == 0u;
  // What does not matter now steps back: smaller, fainter, behind what does.
  vRadius = max(place.w * unit() / pixel * (quiet ? 0.6 : 1.0), marked ? uLeast * 3.0 : uLeast);
  float outer = vRadius + (marked ? 6.0 : 1.0);
  vAt = position.xy * outer;
  at.xy += vAt * pixel;
  uvec2 look = lookOf(node);
  vShape = look.g;
  float fade = uFocus > 0.5 ? (quiet ? 0.78 : 0.0) : marked ? 0.0 : fogAt(at);
  vColour = mix(uDomains[look.r], uGround, fade);
  gl_Position = projectionMatrix * at;
  if (uFocus > 0.5 && !quiet) gl_Position = forward(gl_Position, 0.9);
}
`

export const nodeFragment = /* glsl */ `
uniform vec3 uGround;
uniform vec3 uInk;
uniform vec3 uAccent;
in vec2 vAt;
flat in float vRadius;
flat in vec3 vColour;
flat in uint vShape;
flat in uint vState;

float polygon(vec2 p, float sides, float turn) {
  float sector = 6.2831853 / sides;
  float angle = atan(p.x, p.y) + turn;
  return cos(floor(0.5 + angle / sector) * sector - angle) * length(p);
}
// Signed distance to the outline in units of the radius; every shape covers about as much as the disc. The order of components/ui/domain.tsx.
float outline(vec2 p, uint shape) {
  if (shape == 1u) { vec2 q = abs(p); return max(q.x, q.y) - 0.86; }
  if (shape == 2u) { vec2 q = abs(p); return (q.x + q.y) * 0.7071 - 0.86; }
  if (shape == 3u) return polygon(p - vec2(0.0, -0.16), 3.0, 3.1415927) - 0.66;
  if (shape == 4u) return polygon(p, 6.0, 0.0) - 0.92;
  if (shape == 5u) return polygon(p - vec2(0.0, 0.16), 3.0, 0.0) - 0.66;
  if (shape == 6u) { vec2 q = abs(p); return max(min(q.x, q.y) - 0.42, max(q.x, q.y) - 1.0); }
  if (shape == 7u) {
    float angle = mod(atan(p.x, p.y) + 0.6283185, 1.2566371) - 0.6283185;
    vec2 q = length(p) * vec2(cos(angle), abs(sin(angle)));
    return dot(q - vec2(1.15, 0.0), normalize(vec2(0.62, 0.78))) ;
  }
  return length(p) - 1.0;
}
void main() {
  float d = outline(vAt / vRadius, vRadius < 2.5 ? 0u : vShape) * vRadius;
  float soft = max(fwidth(length(vAt)), 1e-3);
  float body = clamp(0.5 - d / soft, 0.0, 1.0);
  // A rim in the colour of the ground keeps neighbours apart.
  float rim = vRadius < 4.0 ? 0.0 : clamp(0.5 + (d + 1.25) / soft, 0.0, 1.0);
  vec3 colour = mix(vColour * (1.0 + 0.10 * vAt.y / vRadius), mix(vColour, uGround, 0.65), rim);
  float alpha = body;
  if ((vState & ${stateBits.selected | stateBits.lit | stateBits.hovered}u) != 0u) {
    float ring = clamp(1.5 - abs(d - 3.5) / soft, 0.0, 1.0);
    vec3 mark = (vState & ${stateBits.selected}u) != 0u ? uInk : uAccent;
    colour = mix(colour, mark, ring);
    alpha = max(alpha, ring);
  }
  if (alpha < 0.125) discard;
  gl_FragColor = vec4(colour, alpha);
}
`

export const edgeVertex = /* glsl */ `
${common}
uniform float uAlpha;
uniform float uLength;
in uvec2 ends;
in float weight;
out vec4 vColour;
void main() {
  uint own = gl_VertexID == 0 ? ends.x : ends.y;
  uint states[2] = uint[2](stateOf(ends.x), stateOf(ends.y));
  if (((states[0] | states[1]) & HIDDEN) != 0u || ends.x == ends.y) { gl_Position = nowhere; return; }
  vec3 from = placeOf(ends.x).xyz;
  vec3 to = placeOf(ends.y).xyz;
  vec4 at = seen(gl_VertexID == 0 ? from : to);
  bool near = ((states[0] | states[1]) & SELECTED) != 0u || (states[0] & states[1] & LIT) != 0u;
  // Long edges tell least and cover most: they are drawn faintest.
  float far = length(to - from) / uLength;
  float alpha = uAlpha * (0.4 + 0.6 * weight) / (0.6 + 0.4 * far * far);
  alpha *= 1.0 - 0.85 * fogAt(at);
  if (uFocus > 0.5) alpha = near ? max(alpha, 0.5) : alpha * 0.18;
  vColour = vec4(mix(uDomains[lookOf(own).r], uInk, near && uFocus > 0.5 ? 0.4 : 0.1), clamp(alpha, 0.0, 1.0));
  gl_Position = projectionMatrix * at;
}
`

export const edgeFragment = /* glsl */ `
in vec4 vColour;
void main() { gl_FragColor = vColour; }
`

// Edges that matter now, as wide as a finger's stroke: a quad each, along the edge as the eye of this pass sees it.
export const strokeVertex = /* glsl */ `
${common}
in uvec2 ends;
in float kind;
out float vAcross;
out vec3 vColour;
out float vWidth;
void main() {
  if (((stateOf(ends.x) | stateOf(ends.y)) & HIDDEN) != 0u) { gl_Position = nowhere; return; }
  vec4 from = seen(placeOf(ends.x).xyz);
  vec4 to = seen(placeOf(ends.y).xyz);
  // Behind the eye a perspective turns round: cut there.
  if (projectionMatrix[2][3] != 0.0) {
    float edge = -1e-3;
    if (from.z > edge && to.z > edge) { gl_Position = nowhere; return; }
    if (from.z > edge) from = mix(to, from, (edge - to.z) / (from.z - to.z));
    if (to.z > edge) to = mix(from, to, (edge - from.z) / (to.z - from.z));
  }
  vec4 at = position.x < 0.0 ? from : to;
  vec2 a = (projectionMatrix * from).xy / (projectionMatrix * from).w;
  vec2 b = (projectionMatrix * to).xy / (projectionMatrix * to).w;
  vec2 along = (b - a) * vec2(projectionMatrix[1][1] / projectionMatrix[0][0], 1.0);
  vec2 across = length(along) > 1e-6 ? normalize(vec2(-along.y, along.x)) : vec2(0.0, 1.0);
  vWidth = kind > 0.5 ? 1.75 : 0.75;
  vAcross = position.y * (vWidth + 1.0);
  at.xy += across * vAcross * pixelAt(at);
  uint own = position.x < 0.0 ? ends.x : ends.y;
  vColour = kind > 0.5 ? uAccent : mix(uDomains[lookOf(own).r], uInk, 0.35);
  gl_Position = forward(projectionMatrix * at, 0.8);
}
`

export const strokeFragment = /* glsl */ `
in float vAcross;
in vec3 vColour;
in float vWidth;
void main() {
  float soft = max(fwidth(vAcross), 1e-3);
  float alpha = clamp(0.5 + (vWidth - abs(vAcross)) / soft, 0.0, 1.0);
  if (alpha < 0.02) discard;
  gl_FragColor = vec4(vColour, alpha * 0.95);
}
`

export const labelVertex = /* glsl */ `
${common}
uniform vec2 uAtlas;
uniform float uRatio;
uniform vec2 uSnap;
in float node;
in vec4 cut;
in float strength;
out vec2 vCut;
out vec2 vAt;
flat out vec2 vHalf;
flat out float vStrength;
flat out uint vState;
void main() {
  uint owner = uint(node);
  vState = stateOf(owner);
  if ((vState & HIDDEN) != 0u) { gl_Position = nowhere; return; }
  vec4 place = placeOf(owner);
  vec4 at = seen(place.xyz);
  float pixel = pixelAt(at);
  vHalf = cut.zw / uRatio * 0.5;
  vAt = position.xy * vHalf;
  float marked = (vState & (SELECTED | HOVERED | LIT)) != 0u ? 1.0 : 0.0;
  float radius = max(place.w * unit() / pixel, uLeast * (1.0 + 2.0 * marked)) + 6.0 * marked;
  vec4 anchor = projectionMatrix * (at + vec4(0.0, -(radius + 2.0 + vHalf.y) * pixel, 0.0, 0.0));
  // On a screen, letters stand on whole pixels.
  if (uSnap.x > 0.0 && anchor.w > 0.0) {
    vec2 corner = (anchor.xy / anchor.w * 0.5 + 0.5) * uSnap - cut.zw * 0.5;
    anchor.xy = ((floor(corner + 0.5) + cut.zw * 0.5) / uSnap * 2.0 - 1.0) * anchor.w;
  }
  vec2 stretch = vec2(projectionMatrix[0][0], projectionMatrix[1][1]);
  gl_Position = anchor + vec4(vAt * pixel * stretch, 0.0, 0.0);
  vCut = (cut.xy + vec2(position.x * 0.5 + 0.5, 0.5 - position.y * 0.5) * cut.zw) / uAtlas;
  vStrength = strength;
}
`

export const labelFragment = /* glsl */ `
uniform sampler2D uLetters;
uniform vec3 uGround;
uniform vec3 uAccent;
in vec2 vCut;
in vec2 vAt;
flat in vec2 vHalf;
flat in float vStrength;
flat in uint vState;
void main() {
  vec4 letters = texture(uLetters, vCut) * vStrength;
  if ((vState & ${stateBits.selected}u) != 0u) {
    vec2 q = abs(vAt) - vHalf + 6.0;
    float d = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - 5.5;
    float soft = max(fwidth(vAt.x), 1e-3);
    float plate = clamp(0.5 - d / soft, 0.0, 1.0);
    float line = clamp(0.5 - (abs(d + 0.6) - 0.6) / soft, 0.0, 1.0);
    vec4 under = vec4(mix(uGround, uAccent, line), 1.0) * plate;
    letters = letters + under * (1.0 - letters.a);
  }
  if (letters.a < 0.004) discard;
  gl_FragColor = letters;
}
`
