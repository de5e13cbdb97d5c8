// What merges, splits and moves must keep: a look at everything that a conversation is.
import { recountDepartments } from '../server/desk/departments/counts.ts'
import type { TestDesk } from './desk.ts'

interface GroupView {
  messagegroupid: string
  rtype: string
  rstatus: string
  datecreated: string
  messages: { rtype: string; message: string }[]
}

export const historyOf = async (desk: TestDesk, id: string): Promise<GroupView[]> =>
  (await desk.v3('GET', `conversations/${id}/messages`)).body.groups

/** The texts of a conversation in the order in which they are shown. */
export const textsOf = async (desk: TestDesk, id: string): Promise<string[]> =>
  (await historyOf(desk, id)).flatMap(({ messages }) => messages.map(({ message }) => message))

/** The id of the group that has a text. */
export async function groupWith(desk: TestDesk, id: string, text: string): Promise<string> {
  const group = (await historyOf(desk, id)).find(({ messages }) => messages.some(({ message }) => message === text))
  if (!group) throw new Error(`conversation ${id} has no message '${text}'`)
  return group.messagegroupid
}

/** What a conversation is, but for the date of its last change and the steps that moves leave in its history. */
export async function stateOf(desk: TestDesk, id: string) {
  const { datechanged: _, ...row } = (await desk.v3('GET', `conversations/${id}`)).body
  const groups = (await historyOf(desk, id)).filter(({ rstatus }) => rstatus === 'V')
  const { reader } = desk.app.database
  const threads = await reader
    .selectFrom('thread_ids')
    .selectAll()
    .where('conversation_id', '=', id)
    .orderBy('message_id')
    .execute()
  const hanging: Record<string, unknown[]> = {}
  for (const table of ['mails', 'outbox', 'raw_mails'] as const)
    hanging[table] = await reader
      .selectFrom(table)
      .select('group_seq')
      .where('conversation_id', '=', id)
      .orderBy('group_seq')
      .execute()
  const files = await reader.selectFrom('files').select('id').where('conversation_id', '=', id).orderBy('id').execute()
  return { row, groups, threads, files, ...hanging }
}

/** The counts of departments as the writes left them, and as they are when counted afresh. */
export async function departmentCounts(desk: TestDesk) {
  const list = () =>
    desk.app.database.reader
      .selectFrom('department_counts')
      .selectAll()
      .where('conversations', '<>', 0)
      .orderBy('department_id')
      .orderBy('status')
      .execute()
  const kept = await list()
  await desk.app.database.write(recountDepartments)
  return { kept, counted: await list() }
}
