import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deskhand, type Said, settingsOf } from '../../test/cli/terminal.ts'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { aConversation } from '../../test/people.ts'
import { build } from '../app.ts'
import { readConfig } from '../config.ts'

let desk: TestDesk
const folder = mkdtempSync(join(tmpdir(), 'deskhand-backup-'))
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(async () => {
  await desk.close()
  rmSync(folder, { recursive: true, force: true })
})

const backup = (target: string): Promise<Said> => deskhand(['backup', target], { env: settingsOf(desk) })

if (engine === 'postgres')
  describe('deskhand backup', () => {
    test('leaves PostgreSQL to its own tools', async () => {
      expect(await backup(join(folder, 'a'))).toMatchObject({ code: 2, err: expect.stringContaining('pg_dump') })
      expect(existsSync(join(folder, 'a'))).toBe(false)
    })
  })

if (engine === 'sqlite')
  describe('deskhand backup', () => {
    test('overwrites nothing, and copies nothing from nowhere', async () => {
      const taken = join(folder, 'taken')
      await backup(taken)
      writeFileSync(join(taken, 'note'), 'mine')
      const before = readdirSync(taken)
      expect(await backup(taken)).toMatchObject({ code: 2, err: expect.stringContaining('never overwrites') })
      expect(readdirSync(taken)).toEqual(before)
      const nowhere = { env: { DESKHAND_DATA: join(folder, 'nowhere') } }
      expect((await deskhand(['backup', join(folder, 'b')], nowhere)).code).toBe(1)
      expect(existsSync(join(folder, 'b'))).toBe(false)
    })

    test('is a desk of its own, with all that was answered and its files, made while others write', async () => {
      const { body } = await desk.v1('POST', 'files', { name: 'a.txt', type: 'text/plain', data: 'bGV0dGVy' })
      const opened = await aConversation(desk, { attachments: body.fileid, subject: 'Kept' })
      const target = join(folder, 'copy')
      const [made] = await Promise.all([backup(target), ...Array.from({ length: 20 }, () => aConversation(desk))])
      expect(made).toMatchObject({ code: 0, out: `Copied database and files to ${target}.\n` })

      const copy = await build(readConfig({ DESKHAND_DATA: target, DESKHAND_LOG_LEVEL: 'silent' }), { worker: false })
      try {
        expect(copy.firstStart).toBeUndefined()
        const db = copy.database.reader
        const kept = await db
          .selectFrom('conversations')
          .select('subject')
          .where('id', '=', opened.conversationid)
          .execute()
        expect(kept).toEqual([{ subject: 'Kept' }])
        const stream = await copy.files.read(body.fileid)
        let text = ''
        for await (const chunk of stream) text += String(chunk)
        expect(text).toBe(readFileSync(join(desk.dataFolder, 'files', body.fileid.slice(0, 2), body.fileid), 'utf8'))
      } finally {
        await copy.close()
      }
      const health = await deskhand(['doctor'], { env: { DESKHAND_DATA: target, PORT: '0' } })
      expect(health).toMatchObject({ code: 0, out: expect.stringContaining('quick_check finds nothing wrong') })
    })
  })
