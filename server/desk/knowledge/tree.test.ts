// The tree against a naive model: whatever happens to it, paths and inherited access are those that a recount gives.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { Invalid, NotFound, Refusal } from '../../lib/errors.ts'
import { addEntry, changeEntry, type Entry, getEntry, removeEntry } from './entries.ts'
import type { Access, EntryType } from './letters.ts'
import { searchEntries, unindexEntries } from './search.ts'
import { MAX_DEPTH } from './tree.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

interface Node {
  id: number
  parent: number
  rtype: EntryType
  access: Access
  deleted: boolean
}

const CONTAINERS: Record<string, string> = { C: '0C', A: '0C', Q: '0C', G: '0C', R: 'Q', S: 'G' }

/** Everything above a node, nearest first. */
function above(nodes: ReadonlyMap<number, Node>, node: Node): Node[] {
  const parent = nodes.get(node.parent)
  return parent ? [parent, ...above(nodes, parent)] : []
}

const model = {
  path: (nodes: ReadonlyMap<number, Node>, node: Node): string =>
    [
      0,
      ...above(nodes, node)
        .map(({ id }) => id)
        .reverse(),
    ].join('|'),
  inherited: (nodes: ReadonlyMap<number, Node>, node: Node): string =>
    [node, ...above(nodes, node)].some(({ access }) => access === 'I') ? 'I' : 'P',
  mayMove: (nodes: ReadonlyMap<number, Node>, node: Node, parent: Node | undefined): boolean =>
    (CONTAINERS[node.rtype] ?? '').includes(parent?.rtype ?? '0') &&
    !(parent && (parent.id === node.id || above(nodes, parent).includes(node))),
}

async function expectSame(nodes: ReadonlyMap<number, Node>): Promise<void> {
  const rows = await desk.app.database.reader.selectFrom('kb_entries').selectAll().orderBy('id').execute()
  const shown = (row: Entry) => [row.id, row.parent_id, row.treepath, row.access_inherited, row.deleted_at !== null]
  const wanted = [...nodes.values()]
    .sort((a, b) => a.id - b.id)
    .map((node) => [node.id, node.parent, model.path(nodes, node), model.inherited(nodes, node), node.deleted])
  expect(rows.map(shown)).toEqual(wanted)
  const found = await searchEntries(desk.app.database.reader, { query: 'leaf', limit: 500 })
  const visible = [...nodes.values()].filter(({ deleted }) => !deleted)
  expect(found.map(({ id }) => id).sort((a, b) => a - b)).toEqual(visible.map(({ id }) => id).sort((a, b) => a - b))
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      type: fc.constantFrom('C', 'C', 'C', 'A', 'Q', 'G', 'R', 'S'),
      access: fc.constantFrom('P', 'P', 'P', 'I'),
      at: fc.nat(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), which: fc.nat(), to: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('access' as const), which: fc.nat(), access: fc.constantFrom('P', 'I') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), which: fc.nat() }) },
)

test('any sequence of adding, moving, hiding and deleting leaves the tree that a recount gives', async () => {
  const { database } = desk.app
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
      await database.write(async (tx) => {
        await unindexEntries(tx, tx.selectFrom('kb_entries').select('id'))
        await tx.deleteFrom('kb_entries').execute()
      })
      const nodes = new Map<number, Node>()
      const pick = (at: number): Node | undefined => {
        const live = [...nodes.values()].filter(({ deleted }) => !deleted)
        return live[at % (live.length + 1)]
      }
      for (const action of steps) {
        if (action.do === 'add') {
          const parent = pick(action.at)
          const rtype = action.type as EntryType
          const access = action.access as Access
          const adding = database.write((tx) =>
            addEntry(tx, { rtype, access, title: 'leaf', parentId: parent?.id ?? 0 }),
          )
          if ((CONTAINERS[rtype] ?? '').includes(parent?.rtype ?? '0')) {
            const { id } = await adding
            nodes.set(id, { id, parent: parent?.id ?? 0, rtype, access, deleted: false })
          } else await expect(adding).rejects.toBeInstanceOf(Invalid)
          continue
        }
        const node = pick(action.which)
        if (!node) continue
        if (action.do === 'move') {
          const parent = pick(action.to)
          const moving = database.write((tx) => changeEntry(tx, node.id, { parentId: parent?.id ?? 0 }))
          const stays = node.parent === (parent?.id ?? 0)
          if (stays || model.mayMove(nodes, node, parent)) {
            await moving
            node.parent = parent?.id ?? 0
          } else await expect(moving).rejects.toBeInstanceOf(Refusal)
        } else if (action.do === 'access') {
          node.access = action.access as Access
          await database.write((tx) => changeEntry(tx, node.id, { access: node.access }))
        } else {
          await database.write((tx) => removeEntry(tx, node.id))
          if (node.rtype === 'R' || node.rtype === 'S') node.deleted = true
          else {
            const gone = [...nodes.values()].filter((other) => other === node || above(nodes, other).includes(node))
            for (const { id } of gone) nodes.delete(id)
          }
        }
      }
      await expectSame(nodes)
    }),
    { numRuns: 25 },
  )
})

describe('a tree', () => {
  const add = (fields: Partial<Parameters<typeof addEntry>[1]> = {}) =>
    desk.app.database.write((tx) => addEntry(tx, { rtype: 'C', title: 'Category', ...fields }))

  test('does not grow deeper than its limit, neither by adding nor by moving', async () => {
    let last = await add()
    const top = last
    for (let level = 1; level < MAX_DEPTH; level++) last = await add({ parentId: last.id })
    await expect(add({ parentId: last.id })).rejects.toThrow('too deep')
    const other = await add()
    await expect(desk.app.database.write((tx) => changeEntry(tx, top.id, { parentId: other.id }))).rejects.toThrow(
      'too deep',
    )
    await desk.app.database.write((tx) => removeEntry(tx, top.id))
    await expect(getEntry(desk.app.database.reader, last.id)).rejects.toBeInstanceOf(NotFound)
  })

  test('keeps new entries on top without ever counting below zero, and never the same number twice', async () => {
    const parent = await add()
    const ids: number[] = []
    for (let n = 0; n < 5; n++) ids.push((await add({ parentId: parent.id })).id)
    const rows = await desk.app.database.reader
      .selectFrom('kb_entries')
      .select(['id', 'rorder'])
      .where('parent_id', '=', parent.id)
      .orderBy('rorder')
      .execute()
    expect(rows.map(({ id }) => id)).toEqual(ids.reverse())
    expect(rows[0]?.rorder).toBeGreaterThanOrEqual(0)
    expect(new Set(rows.map(({ rorder }) => rorder)).size).toBe(5)
  })

  test('two moves at the same time cannot put each entry below the other', async () => {
    const [a, b] = [await add(), await add()]
    const results = await Promise.allSettled([
      desk.app.database.write((tx) => changeEntry(tx, a.id, { parentId: b.id })),
      desk.app.database.write((tx) => changeEntry(tx, b.id, { parentId: a.id })),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('an entry that is added while its category moves gets the new path', async () => {
    const [a, b] = [await add(), await add()]
    const [, child] = await Promise.all([
      desk.app.database.write((tx) => changeEntry(tx, a.id, { parentId: b.id })),
      add({ parentId: a.id, rtype: 'A' }),
    ])
    expect((await getEntry(desk.app.database.reader, child.id)).treepath).toBe(`0|${b.id}|${a.id}`)
  })
})
