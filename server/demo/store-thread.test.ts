import { expect, test } from 'vitest'
import { newDesk } from '../../test/desk.ts'
import { storeOnThread } from './stores.ts'
import { append, emptyPortion, type Portion } from './tables.ts'

const aConversation = (id: string): Portion => {
  const portion = emptyPortion()
  append(portion, 'conversations', {
    id,
    code: 'ABC-DEFGH-123',
    public_code: 'ABCDEFGHIJKLMNOP',
    department_id: 'default',
    customer_id: 'somebody',
    status: 'N',
    channel: 'E',
    subject: 'Hello',
    subject_key: 'hello',
    preview: '',
    groups_in: 1,
    groups_out: 0,
    created_by: 'somebody',
    created_at: 1,
    changed_at: 1,
    priority: 'normal',
  })
  return portion
}

test('a thread that finds a code taken draws others', async () => {
  const desk = await newDesk()
  try {
    const { dataFolder } = desk
    const thread = storeOnThread({ dataFolder, pause: 0, isFresh: false, together: 1 })
    for (const id of ['conv0001', 'conv0002', 'conv0003']) await thread.store(aConversation(id))
    await thread.close()
    const rows = await desk.app.database.reader
      .selectFrom('conversations')
      .select(['id', 'code', 'public_code'])
      .where('customer_id', '=', 'somebody')
      .orderBy('id')
      .execute()
    expect(rows.map(({ id }) => id)).toEqual(['conv0001', 'conv0002', 'conv0003'])
    expect(rows[0]?.code).toBe('ABC-DEFGH-123')
    expect(new Set(rows.map(({ code }) => code)).size).toBe(3)
    expect(new Set(rows.map(({ public_code }) => public_code)).size).toBe(3)
  } finally {
    await desk.close()
  }
})
