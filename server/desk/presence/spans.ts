// Spans of time: half-open, in milliseconds, on whole seconds.

export interface Span {
  from: number
  before: number
}

const SECOND = 1_000

/** What happened within a second belongs to that second. */
export const wholeSecond = (at: number): number => Math.floor(at / SECOND) * SECOND

/** What is left of a span without others, in order. */
export function without(span: Span, others: readonly Span[]): Span[] {
  const pieces: Span[] = []
  let from = span.from
  for (const other of [...others].sort((a, b) => a.from - b.from)) {
    if (other.from > from) pieces.push({ from, before: Math.min(other.from, span.before) })
    from = Math.max(from, other.before)
  }
  pieces.push({ from, before: span.before })
  return pieces.filter((piece) => piece.from < piece.before)
}

/** The time that lies in at least one of the spans, in order and without overlaps. */
export function united(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const { from, before } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && from <= last.before) last.before = Math.max(last.before, before)
    else if (from < before) merged.push({ from, before })
  }
  return merged
}
