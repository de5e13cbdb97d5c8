// Randomness that is the same for the same seed, on every machine.

export interface Random {
  /** 0 ≤ x < 1. */
  next(): number
  /** A whole number, 0 ≤ n < `below`. */
  int(below: number): number
  /** True in a share of all cases. */
  chance(share: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
}

/** Mulberry32: 32 bits of state, fast, even enough for a demonstration. Nothing secret may come from it. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: <T>(list: readonly [T, ...T[]]): T => list[int(list.length)] ?? list[0],
  }
}
