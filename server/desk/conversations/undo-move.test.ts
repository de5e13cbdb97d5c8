// Whatever happened before, a merge, split or move that is undone at once leaves everything as it was.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { type Cast, History, steps } from '../../../test/history.ts'
import type { Tx } from '../../db/write.ts'
import { Refusal } from '../../lib/errors.ts'
import { idOfRow } from '../../lib/ids.ts'
import { systemActor } from '../actor.ts'
import { addAgent } from '../agents/agents.ts'
import { findOrAddCustomer } from '../customers/customers.ts'
import { addDepartment } from '../departments/departments.ts'
import { addTag } from '../tags/tags.ts'
import { mergeConversations } from './merge.ts'
import { moveMessages } from './move.ts'
import { splitConversation } from './split.ts'
import { undoMove } from './undo-move.ts'

let desk: TestDesk
let cast: Cast
beforeAll(async () => {
  desk = await newDesk()
  cast = await desk.app.database.write(async (tx) => {
    const agents: string[] = []
    const departments: string[] = []
    const tags: string[] = []
    for (const name of ['one', 'two', 'three']) {
      const draft = { email: `${name}@desk.test`, firstname: name, lastname: 'Agent', role: 'D' }
      agents.push((await addAgent(tx, systemActor, draft)).id)
      departments.push((await addDepartment(tx, systemActor, { name })).id)
      tags.push((await addTag(tx, { name })).id)
    }
    return {
      agents,
      departments,
      tags,
      channels: ['E', 'M', '1'],
      customer: await findOrAddCustomer(tx, 'customer@example.com'),
    }
  })
})
afterAll(() => desk.close())

/** Every row of the conversations, without dates of change and the steps that moves leave behind. */
async function everything(tx: Tx, ids: readonly string[]) {
  const rows = await tx.selectFrom('conversations').selectAll().where('id', 'in', ids).orderBy('id').execute()
  const groups = await tx
    .selectFrom('message_groups')
    .selectAll()
    .where('conversation_id', 'in', ids)
    .where('rstatus', '=', 'V')
    .orderBy('seq')
    .execute()
  const tags = await tx
    .selectFrom('conversation_tags')
    .selectAll()
    .where('conversation_id', 'in', ids)
    .orderBy('conversation_id')
    .orderBy('tag_id')
    .execute()
  return { rows: rows.map(({ changed_at: _, ...row }) => row), groups, tags }
}

const kinds = ['merge', 'split', 'move'] as const

test('any merge, split or move', async () => {
  let moves = 0
  await fc.assert(
    fc.asyncProperty(
      fc.constant(Date.UTC(2025, 5, 11)),
      steps,
      fc.constantFrom(...kinds),
      fc.nat({ max: 4 }),
      fc.nat({ max: 2 }),
      async (start, all, kind, which, picked) => {
        await desk.app.database.write(async (tx) => {
          const history = new History(cast, start)
          for (const step of all) await history.play(tx, step)
          const ids = history.conversations.map(({ id }) => id)
          const [from, into] = [ids[which % ids.length], ids[(which + 1) % ids.length]]
          if (from === undefined || into === undefined) return
          const before = await everything(tx, ids)
          const groupIds = before.groups
            .filter(({ conversation_id, rtype }) => conversation_id === from && ['3', '4', '5'].includes(rtype))
            .flatMap(({ seq }, index) => (index % 3 === picked ? idOfRow(seq) : []))
          const at = history.at + 1_000
          try {
            const move =
              kind === 'merge'
                ? await mergeConversations(tx, systemActor, { from, into, at })
                : kind === 'split'
                  ? await splitConversation(tx, systemActor, { from, groupIds, at })
                  : await moveMessages(tx, systemActor, { from, into, groupIds, at })
            await undoMove(tx, systemActor, { identifier: from, moveId: idOfRow(move.seq), at: at + 1_000 })
            moves++
          } catch (error) {
            if (!(error instanceof Refusal)) throw error
          }
          expect(await everything(tx, ids)).toEqual(before)
        })
      },
    ),
    { numRuns: 40, interruptAfterTimeLimit: 20_000 },
  )
  expect(moves).toBeGreaterThan(5)
})
