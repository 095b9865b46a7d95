/**
 * A part of what there is to try. The same one in each run, so that a change is tried on what it was before; MARKCO_SEED draws
 * another (it is printed), MARKCO_MATRIX=all takes all of it.
 */
const seed = Number(process.env.MARKCO_SEED ?? 1);

/** Says how many it has drawn. The same for the same seed (xorshift32). */
export function sample<T>(what: string, all: readonly T[], count: number): readonly T[] {
  const drawn = process.env.MARKCO_MATRIX === "all" ? all : draw(all, count);
  console.log(`${what}: ${drawn.length} of ${all.length}, MARKCO_SEED=${seed}`);
  return drawn;
}

function draw<T>(all: readonly T[], count: number): T[] {
  // Seeds that are near each other shall not begin alike.
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  const random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const left = [...all];
  return Array.from({ length: Math.min(count, all.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}
