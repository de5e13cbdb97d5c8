import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { Conflict, Invalid, NotAllowed, NotFound, TooMany, Unavailable } from './errors.ts'
import type { Told } from './thread.sample.ts'
import { openThread, type Thread, type ThreadOptions } from './thread.ts'

const open: Thread<Told, string>[] = []
const threadOf = (options: Omit<ThreadOptions, 'entry'> = {}): Thread<Told, string> => {
  const thread = openThread<Told, string>({ entry: new URL('./thread.sample.ts', import.meta.url), ...options })
  open.push(thread)
  return thread
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((thread) => thread.close()))
})

const errorOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    (answer) => answer,
    (error: unknown) => error,
  )

describe('a thread that dies', () => {
  test('is replaced, and its question asked once more', async () => {
    const thread = threadOf()
    const deaths = new SharedArrayBuffer(4)
    const [first, second] = await Promise.all([thread.ask({ dieOnce: deaths }), thread.ask({ say: 'behind it' })])
    expect([first, second, new Int32Array(deaths)[0]]).toEqual(['lived', 'behind it', 2])
  })

  test('of the same question again refuses it, and none behind it', async () => {
    const thread = threadOf()
    const [fatal, other] = await Promise.all([errorOf(thread.ask({ die: true })), thread.ask({ say: 'behind it' })])
    expect(fatal).toBeInstanceOf(Unavailable)
    expect(other).toBe('behind it')
  })

  test('of too much memory takes nothing else with it', async () => {
    const thread = threadOf({ heap: 32 })
    const [heavy, other] = await Promise.all([errorOf(thread.ask({ fill: true })), thread.ask({ say: 'behind it' })])
    expect(heavy).toBeInstanceOf(Unavailable)
    expect(other).toBe('behind it')
  })

  test('before it listens refuses all that wait, and the next question starts another one', async () => {
    const faults: string[] = []
    const thread = threadOf({ data: { isStillborn: true }, onFault: ({ message }) => void faults.push(message) })
    for (let time = 0; time < 2; time++) {
      const errors = await Promise.all([{ say: 'a' }, { say: 'b' }].map((told) => errorOf(thread.ask(told))))
      expect(errors.map((error) => error instanceof Unavailable)).toEqual([true, true])
    }
    expect(faults).toEqual(['it cannot start', 'it cannot start'])
  })
})

describe('a question', () => {
  test('that takes too long is refused, and the next one answered', async () => {
    const thread = threadOf({ timeLimit: 3_000 })
    const [slow, other] = await Promise.all([errorOf(thread.ask({ wait: 60_000 })), thread.ask({ say: 'behind it' })])
    expect(slow).toMatchObject({ name: 'Unavailable', message: expect.stringContaining('too long') })
    expect(other).toBe('behind it')
  })

  test('that waits too long for a free processor is asked again in a thread that does not give way', async () => {
    const thread = threadOf({ patience: 300 })
    expect(await thread.ask({ say: 'started' })).toBe('started')
    const [starved, other] = await Promise.all([thread.ask({ whoGivesWay: true }), thread.ask({ say: 'behind it' })])
    expect([starved, other]).toEqual(['not I', 'behind it'])
  })

  test('that takes long in a thread that does not give way goes on', async () => {
    const thread = threadOf({ patience: 300 })
    expect(await thread.ask({ whoGivesWay: true })).toBe('not I')
    expect(await thread.ask({ wait: 1_000 })).toBe('waited')
  })

  test('beyond those that may wait is refused at once', async () => {
    const thread = threadOf({ mostWaiting: 2 })
    const asked = ['a', 'b', 'c', 'd'].map((say) => errorOf(thread.ask({ say })))
    expect(await Promise.all(asked)).toEqual(['a', 'b', 'c', expect.any(Unavailable)])
  })

  test('that nobody waits for any more is not asked', async () => {
    const thread = threadOf()
    const deaths = new SharedArrayBuffer(4)
    let isWanted = true
    const running = thread.ask({ wait: 50 })
    const waiting = errorOf(thread.ask({ dieOnce: deaths }, () => isWanted))
    isWanted = false
    expect(await running).toBe('waited')
    expect(await waiting).toBeInstanceOf(Unavailable)
    expect(new Int32Array(deaths)[0]).toBe(0)
  })

  test('gets refusals as they were thrown, and defects with their place', async () => {
    const thread = threadOf()
    const refusal = (refuse: Extract<Told, { refuse: unknown }>['refuse']) => errorOf(thread.ask({ refuse }))
    expect(await refusal('notFound')).toStrictEqual(new NotFound("Tag 'a' not found"))
    expect(await refusal('notAllowed')).toStrictEqual(new NotAllowed('This may only read'))
    const invalid = await refusal('invalid')
    expect(invalid).toBeInstanceOf(Invalid)
    expect(invalid).toMatchObject({ field: 'cursor', code: 'invalid', message: 'is not one of ours' })
    expect(await refusal('conflict')).toBeInstanceOf(Conflict)
    const tooMany = await refusal('tooMany')
    expect(tooMany).toBeInstanceOf(TooMany)
    expect(tooMany).toMatchObject({ retryAfter: 7 })
    expect(await refusal('unavailable')).toBeInstanceOf(Unavailable)
    const defect = await errorOf(thread.ask({ fail: 'a defect' }))
    expect(defect).toMatchObject({ message: 'a defect', stack: expect.stringContaining('thread.sample.ts') })
    expect(await thread.ask({ say: 'alive' })).toBe('alive')
  })
})

describe('closing', () => {
  test('finishes what is being answered, and refuses what waits and what comes', async () => {
    const thread = threadOf()
    expect(await thread.ask({ say: 'started' })).toBe('started')
    const running = thread.ask({ wait: 100 })
    const waiting = errorOf(thread.ask({ say: 'waits' }))
    const closing = thread.close()
    expect(await waiting).toBeInstanceOf(Unavailable)
    expect(await errorOf(thread.ask({ say: 'late' }))).toBeInstanceOf(Unavailable)
    expect(await running).toBe('waited')
    await closing
  })

  test('cuts off what does not come to an end', async () => {
    const thread = threadOf({ closingTime: 100 })
    await thread.ask({ say: 'started' })
    const endless = errorOf(thread.ask({ wait: 60_000 }))
    await thread.close()
    expect(await endless).toBeInstanceOf(Unavailable)
  })

  test('before there was a thread, and twice, is done at once', async () => {
    const thread = threadOf()
    await thread.close()
    await thread.close()
  })
})

test('a thread without questions ends, and another one answers the next', async () => {
  const thread = threadOf({ idleTime: 1 })
  for (let time = 0; time < 3; time++) {
    expect(await thread.ask({ say: 'here' })).toBe('here')
    await pause(time * 20)
  }
})

test('answers stay with their questions', async () => {
  const thread = threadOf()
  const texts = Array.from({ length: 200 }, (_, number) => `${number}`)
  expect(await Promise.all(texts.map((say) => thread.ask({ say })))).toEqual(texts)
})
