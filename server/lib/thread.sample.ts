// A thread for trying out thread.ts: does what it is told.
import { setTimeout as pause } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import { z } from 'zod'
import { answerQuestions } from './answering-thread.ts'
import { Conflict, Invalid, NotAllowed, NotFound, TooMany, Unavailable } from './errors.ts'

export type Told =
  | { say: string }
  | { wait: number }
  /** Waits as long as the thread gives way. */
  | { whoGivesWay: true }
  | { refuse: keyof typeof refusals }
  | { fail: string }
  | { die: true }
  /** Dies when it is told so for the first time. */
  | { dieOnce: SharedArrayBuffer }
  | { fill: true }

const refusals = {
  notFound: new NotFound("Tag 'a' not found"),
  notAllowed: new NotAllowed('This may only read'),
  invalid: new Invalid('cursor', 'is not one of ours'),
  conflict: new Conflict('There is one already'),
  tooMany: new TooMany('Too many', 7),
  unavailable: new Unavailable('Not now'),
}

const { isStillborn, givesWay } = z
  .object({ isStillborn: z.boolean().optional(), givesWay: z.boolean() })
  .parse(workerData)
if (isStillborn) throw new Error('it cannot start')

answerQuestions(async (told: Told): Promise<string> => {
  if ('say' in told) return told.say
  if ('wait' in told) return pause(told.wait, 'waited')
  if ('whoGivesWay' in told) return pause(givesWay ? 60_000 : 0, 'not I')
  if ('refuse' in told) throw refusals[told.refuse]
  if ('fail' in told) throw new TypeError(told.fail)
  if ('dieOnce' in told && Atomics.add(new Int32Array(told.dieOnce), 0, 1) > 0) return 'lived'
  if ('fill' in told) for (const all: string[][] = []; ; ) all.push(Array.from({ length: 1_000 }, (_, n) => `${n}.`))
  process.exit(1)
})
