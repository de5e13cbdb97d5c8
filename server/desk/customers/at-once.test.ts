import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation } from '../../../test/people.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_POOL_SIZE: '24' })
})
afterAll(() => desk.close())

describe('many who write at once from an address never seen', () => {
  test('become one customer, and all of them are heard', async () => {
    for (let round = 0; round < 8; round++) {
      const email = `crowd-${round}@example.com`
      const opened = await Promise.all(Array.from({ length: 40 }, () => aConversation(desk, { useridentifier: email })))
      expect(new Set(opened.map(({ conversationid }) => conversationid)).size).toBe(40)
      const rows = await desk.app.database.reader
        .selectFrom('customers')
        .select('id')
        .where('email_key', '=', email)
        .execute()
      expect(rows).toHaveLength(1)
    }
  })

  test('who use a tag that nobody has used yet make one tag', async () => {
    for (let round = 0; round < 8; round++) {
      const opened = await Promise.all(Array.from({ length: 8 }, () => aConversation(desk)))
      const replies = await Promise.all(
        opened.map(({ conversationid }) =>
          desk.v1('POST', `conversations/${conversationid}/tags`, { name: `New ${round}` }),
        ),
      )
      expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(200))
    }
  })
})
