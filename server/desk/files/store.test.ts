import { existsSync, readdirSync, statSync } from 'node:fs'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { NotFound } from '../../lib/errors.ts'
import { newFileId } from '../../lib/ids.ts'
import { storeFile } from './upload.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

async function contentsOf(id: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of await desk.app.files.read(id)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

describe('the file store', () => {
  test('knows nothing of contents that were never put, whatever the id looks like', async () => {
    for (const id of [newFileId(), '../../etc/passwd', '', '0'.repeat(31)])
      await expect(desk.app.files.read(id)).rejects.toThrow(NotFound)
  })

  test.each([0, 1, 524_287, 524_288, 524_289, 2_000_000])('gives back %i bytes as they were', async (size) => {
    const id = newFileId()
    const contents = Buffer.alloc(size, 'deskhand')
    await desk.app.files.put(id, contents)
    expect((await contentsOf(id)).equals(contents)).toBe(true)
  })

  test('forgets what is removed; removing twice is no error', async () => {
    const id = newFileId()
    await desk.app.files.put(id, Buffer.from('x'))
    await desk.app.files.remove(id)
    await desk.app.files.remove(id)
    await expect(desk.app.files.read(id)).rejects.toThrow(NotFound)
  })

  if (engine === 'postgres')
    test('breaks off, and does not just end, when contents go while they are read', async () => {
      const id = newFileId()
      await desk.app.files.put(id, Buffer.alloc(3_000_000, 'x'))
      const stream = await desk.app.files.read(id)
      const reading = (async () => {
        for await (const _chunk of stream) await desk.app.files.remove(id)
      })()
      await expect(reading).rejects.toThrow()
    })

  if (engine === 'sqlite')
    test('keeps files to itself and leaves no drafts', async () => {
      const { fileid } = (await desk.v1('POST', 'files', { name: 'a', type: 'text/plain', data: 'aGk=' })).body
      const folder = join(desk.dataFolder, 'files', fileid.slice(0, 2))
      expect(statSync(join(folder, fileid)).mode & 0o077).toBe(0)
      expect(statSync(folder).mode & 0o077).toBe(0)
      expect(
        readdirSync(join(desk.dataFolder, 'files'), { recursive: true }).filter((name) =>
          String(name).endsWith('.part'),
        ),
      ).toEqual([])
    })

  if (engine === 'sqlite')
    test('stores no row when the contents cannot be written', async () => {
      const folder = join(desk.dataFolder, 'files')
      const before = await desk.app.database.reader.selectFrom('files').selectAll().execute()
      await rm(folder, { recursive: true, force: true })
      // A file where the folder should be: nobody, not even root, can write below it.
      await writeFile(folder, '')
      await chmod(folder, 0o400)
      await expect(storeFile(desk.app, { name: 'a', type: 'text/plain', contents: Buffer.from('x') })).rejects.toThrow()
      expect(await desk.app.database.reader.selectFrom('files').selectAll().execute()).toEqual(before)
      await rm(folder, { force: true })
      expect(existsSync(folder)).toBe(false)
    })
})
