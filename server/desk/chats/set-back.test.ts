// The machine's clock is set forward and back in the middle of a chat or a call.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aChatter, aVisitor, type Chatter } from '../../../test/chats.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { systemActor } from '../actor.ts'
import { getAgent } from '../agents/agents.ts'
import { answerCall } from '../calls/answer.ts'
import { stopCall } from '../calls/end.ts'
import { startIncoming } from '../calls/start.ts'
import { stayOnline } from '../presence/connections.ts'
import { acceptChat } from './accept.ts'
import { holdChat, holdForRouting } from './chat.ts'
import { endChat } from './end.ts'
import { requeue } from './requeue.ts'
import { sayAsAgent } from './say.ts'
import { startChat } from './start.ts'

let desk: TestDesk
let chatter: Chatter
beforeAll(async () => {
  desk = await newDesk()
  chatter = await aChatter(desk)
  const presets = [{ departmentid: 'default', services: 'PT' }]
  await desk.v3('PUT', `agents/${chatter.userid}/presets`, { presets })
})
afterAll(() => desk.close())

const HOUR = 3_600_000
const passing = fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.constantFrom(-1_000, -HOUR, 72 * HOUR, -72 * HOUR))

test('no load is ever less than nothing, and nothing took less than no time', { timeout: 120_000 }, async () => {
  const { write, reader } = desk.app.database
  await fc.assert(
    fc.asyncProperty(fc.array(passing, { minLength: 8, maxLength: 8 }), async (drawn) => {
      const jumps = [...drawn]
      let now = Date.now()
      const later = async (): Promise<number> => {
        now += jumps.shift() ?? 0
        await write((tx) => stayOnline(tx, chatter.userid, 3_600, now))
        return now
      }
      const agent = await getAgent(reader, chatter.userid)
      const visitor = await aVisitor(desk)
      const began = await later()
      const chat = await write((tx) => startChat(tx, visitor.id, { message: 'Hello' }, began))
      const id = chat.conversation_id
      for (const step of ['accept', 'requeue', 'accept', 'say', 'end'] as const) {
        const at = await later()
        await write(async (tx) => {
          if (step === 'accept') await acceptChat(tx, systemActor, id, agent, at)
          else if (step === 'requeue') await requeue(tx, await holdForRouting(tx, systemActor, id), at)
          else if (step === 'say')
            await sayAsAgent(
              tx,
              await holdChat(tx, systemActor, id),
              agent,
              { body: 'Hi', isHtml: false, text: 'Hi' },
              at,
            )
          else await endChat(tx, await holdForRouting(tx, systemActor, id), { by: 'agent', at })
        })
      }
      const called = await later()
      const call = await write((tx) => startIncoming(tx, systemActor, { caller: '+15550001', now: called }))
      const answered = await later()
      await write((tx) => answerCall(tx, systemActor, call.id, { agent: chatter.userid, now: answered }))
      await write((tx) => stopCall(tx, systemActor, call.id, { now: answered - HOUR }))
      for (const service of ['chats', 'calls']) {
        const steps = await reader
          .selectFrom('load_changes')
          .select(['at', 'department_id', 'agent_id', 'delta'])
          .where('service', '=', service)
          .orderBy('at')
          .execute()
        for (const bearers of Map.groupBy(steps, (step) => `${step.department_id} ${step.agent_id}`).values()) {
          let level = 0
          for (const instant of Map.groupBy(bearers, ({ at }) => at).values()) {
            level += instant.reduce((sum, { delta }) => sum + delta, 0)
            expect(level).toBeGreaterThanOrEqual(0)
          }
          expect(level).toBe(0)
        }
      }
      const negative = await reader
        .selectFrom('facts')
        .selectAll()
        .where((eb) => eb.or([eb('seconds', '<', 0), eb('sla_seconds', '<', 0)]))
        .execute()
      expect(negative).toEqual([])
    }),
    { numRuns: 15 },
  )
})
