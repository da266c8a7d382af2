/** Numbers that are a pure function of a seed, a name and an index. */
/** 32 well-mixed bits of a 32-bit number (MurmurHash3's finalizer, by A. Appleby). */
function mix(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** FNV-1a over the name's characters, begun from the seed. */
function keyOf(seed: number, name: string): number {
  let key = mix(seed + 0x811c9dc5);
  for (let i = 0; i < name.length; i++) key = Math.imul(key ^ name.charCodeAt(i), 0x01000193);
  return mix(key);
}

/** Element number `index` of the stream (seed, name): uniform in [-1, 1), a multiple of 2^-31. */
export function uniformStream(seed: number, name: string): (index: number) => number {
  const key = keyOf(seed, name);
  return (index) => {
    const high = mix(Math.floor(index / 2 ** 32));
    return mix(mix(key ^ high) + Math.imul(index | 0, 0x9e3779b1)) / 2 ** 31 - 1;
  };
}

/** Numbers in [0, 1), one after another. */
export function createDraws(seed: number, name: string): () => number {
  const stream = uniformStream(seed, name);
  let drawn = 0;
  return () => (stream(drawn++) + 1) / 2;
}
