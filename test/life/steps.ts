// The steps of a random life of a desk.
import fc from 'fast-check'

/** What happens, and how often beside the others. */
const weights = {
  open: 5,
  openByAgent: 2,
  openResolved: 1,
  ask: 14,
  answer: 14,
  note: 3,
  status: 8,
  assign: 4,
  move: 3,
  assignAndMove: 2,
  priority: 1,
  tag: 6,
  untag: 4,
  deleteTag: 1,
  merge: 3,
  split: 3,
  moveMessages: 3,
  undoMove: 4,
  rate: 9,
  removeRating: 2,
  chatStart: 9,
  chatAccept: 10,
  chatDecline: 2,
  chatTakeOver: 2,
  chatAnswer: 10,
  chatAsk: 7,
  chatToAgent: 3,
  chatToDepartment: 3,
  chatLeave: 4,
  chatEnd: 3,
  sweepChats: 1,
  callIn: 7,
  callOut: 4,
  callBack: 3,
  callInternal: 3,
  callAnswer: 12,
  callDecline: 3,
  callRing: 2,
  callToAgent: 3,
  callToDepartment: 3,
  callAttended: 2,
  callStop: 8,
  callStopEarlier: 2,
  route: 6,
  online: 9,
  offline: 2,
  connect: 3,
  beat: 3,
  disconnect: 2,
  sweepPresence: 2,
  presets: 3,
  membership: 2,
  level: 3,
  rule: 2,
  removeLevel: 1,
  removeAgent: 1,
  removeDepartment: 1,
  zone: 1,
  roll: 7,
  rebuild: 1,
} as const
export type Action = keyof typeof weights

const actions = Object.entries(weights).flatMap(([action, weight]) => Array<Action>(weight).fill(action as Action))

const step = fc.record({
  action: fc.constantFrom(...actions),
  which: fc.nat({ max: 5 }),
  agent: fc.nat({ max: 11 }),
  other: fc.nat({ max: 11 }),
  department: fc.nat({ max: 2 }),
  tag: fc.nat({ max: 2 }),
  flag: fc.boolean(),
  number: fc.nat({ max: 999 }),
  /** Of what is imported late: milliseconds before now. Undefined: it happens now. */
  late: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat({ max: 5 * 86_400_000 }) },
  ),
  /** Milliseconds since the step before. */
  pause: fc.oneof(
    { weight: 8, arbitrary: fc.nat({ max: 3 }).map((seconds) => seconds * 1_000) },
    { weight: 12, arbitrary: fc.nat({ max: 12_000 }) },
    { weight: 4, arbitrary: fc.nat({ max: 300_000 }) },
    { weight: 2, arbitrary: fc.nat({ max: 4 * 3_600_000 }) },
    { weight: 1, arbitrary: fc.nat({ max: 3 * 86_400_000 }) },
  ),
})
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const some = fc.array(step, { maxLength: 80, size: 'max' })
/** Several arrays: of one, the lengths that are tried first are small ones. */
export const steps = fc.tuple(some, some, some, some).map((all) => all.flat())

export const zones = [
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Chatham',
  'GMT',
] as const

/** Days before clocks are changed somewhere, before a year ends, and in an ordinary summer. */
export const starts = fc.constantFrom(
  Date.UTC(2025, 2, 27, 6),
  Date.UTC(2025, 3, 3, 9, 0, 0, 420),
  Date.UTC(2025, 9, 24, 20, 17, 3),
  Date.UTC(2025, 11, 29, 8),
  Date.UTC(2025, 6, 14, 6, 17, 3, 250),
)
