// Several processes on one database: what clocks say is said once, whoever says it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import { build, type RunningApp } from '../../app.ts'
import { systemActor } from '../actor.ts'
import { getConversationForChange, openConversation } from '../conversations/conversation.ts'
import { postMessage } from '../conversations/messages.ts'
import { findOrAddCustomer } from '../customers/customers.ts'
import { checkClocks } from './check.ts'
import { addLevel } from './levels.ts'
import { tellClocks } from './notices.ts'
import { rollClocks } from './roll.ts'
import { addRule } from './rules.ts'

let desk: TestDesk
let other: RunningApp
beforeAll(async () => {
  desk = await newDesk()
  other = engine === 'postgres' ? await build(desk.app.config, { worker: false }) : desk.app
})
afterAll(async () => {
  if (other !== desk.app) await other.close()
  await desk.close()
})

const message = { body: 'Said', isHtml: false, text: 'Said' }
const COUNT = 40

test('warnings, breaches, answers and sums of clocks by two processes at once are each there once', {
  timeout: 60_000,
}, async () => {
  const { userid } = await anAgent(desk)
  const week = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' }))
  const ids = await desk.app.database.write(async (tx) => {
    const level = await addLevel(tx, systemActor, {
      name: 'Gold',
      hours: { zone: 'GMT', week, holidays: [] },
      targets: { tickets: { first: 60 } },
      warn_before: 30,
    })
    await addRule(tx, systemActor, { level_id: level.id })
    const customer = await findOrAddCustomer(tx, 'anna@example.com')
    const opened: string[] = []
    for (let n = 0; n < COUNT; n++) {
      const author = { kind: 'customer' as const, userId: customer.user_id }
      const draft = { author, customerId: customer.id, departmentId: 'default', subject: 'x', message }
      opened.push((await openConversation(tx, { ...draft, channel: 'E' })).id)
    }
    return opened
  })
  const later = Date.now() + 3_600_000
  // As if an hour had passed: an answer tells what is overdue itself.
  await desk.app.database.write((tx) =>
    tx
      .updateTable('sla_clocks')
      .set((eb) => ({
        due_at: eb('due_at', '-', 3_600_000),
        warn_at: eb('warn_at', '-', 3_600_000),
        notice_at: eb('notice_at', '-', 3_600_000),
        created_at: eb('created_at', '-', 3_600_000),
      }))
      .execute(),
  )
  const answer = (app: RunningApp, id: string) =>
    app.database.write(async (tx) => {
      const conversation = await getConversationForChange(tx, systemActor, id)
      const author = { kind: 'agent' as const, userId: userid }
      await postMessage(tx, conversation, { author, message, isNote: false, mail: 'none' })
    })
  const apps = [desk.app, other]
  await Promise.all([
    ...apps.flatMap(({ database }) => [1, 2, 3].map(() => database.write((tx) => tellClocks(tx, later)))),
    ...ids.filter((_, n) => n % 2).map((id, n) => answer(apps[n % 2] ?? desk.app, id)),
    ...apps.map(({ database }) => rollClocks(database, { portion: 3 })),
  ])
  await Promise.all(apps.map(({ database }) => database.write((tx) => tellClocks(tx, later))))
  await Promise.all(apps.map(({ database }) => rollClocks(database)))
  const events = await desk.app.database.reader
    .selectFrom('events')
    .select(['type', 'conversation_id'])
    .where('type', 'in', ['sla.warned', 'sla.breached'])
    .execute()
  const said = (type: string) => events.filter((event) => event.type === type).map((event) => event.conversation_id)
  expect(said('sla.breached').sort()).toEqual([...ids].sort())
  expect(said('sla.warned').sort()).toEqual([...ids].sort())
  for await (const some of (await checkClocks(other.database.reader)).differences) expect(some).toEqual([])
  const { body } = await desk.v1('GET', 'reports/tickets/slacompliance', { datetime: 'L30D' })
  const sum = (figure: string) =>
    body.slacompliances.reduce((all: number, day: Record<string, string>) => all + Number(day[figure]), 0)
  expect(sum('fulfilled') + sum('unfulfilled')).toBe(COUNT / 2)
})
