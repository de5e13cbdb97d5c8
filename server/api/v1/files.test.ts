import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { TEST_KEY } from '../../../test/first-start.ts'
import { aConversation } from '../../../test/people.ts'
import { systemActor } from '../../desk/actor.ts'
import { addApiKey } from '../../desk/keys/keys.ts'

let desk: TestDesk
let elsewhere: Server
let port: number
beforeAll(async () => {
  desk = await newDesk({
    DESKHAND_FILE_LIMIT: '100kB',
    DESKHAND_FETCH_ALLOW: '127.0.0.1/32',
    DESKHAND_URL: 'https://help.test/',
  })
  elsewhere = createServer((request, response) => {
    if (request.url === '/named')
      response.setHeader('content-disposition', 'attachment; filename="x.txt"; filename*=UTF-8\'\'na%C3%AFve.txt')
    if (request.url === '/missing') response.statusCode = 404
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    response.end(request.url === '/huge' ? Buffer.alloc(200_000) : 'from elsewhere')
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  port = (elsewhere.address() as AddressInfo).port
})
afterAll(async () => {
  elsewhere.close()
  await desk.close()
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const rows = () => desk.app.database.reader.selectFrom('files').selectAll().execute()
const upload = (fields: Record<string, unknown> = {}) =>
  desk.v1('POST', 'files', { name: 'note.txt', type: 'text/plain', data: base64('hello'), ...fields })

async function contentsOf(id: string): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of await desk.app.files.read(id)) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

describe('uploading files on API v1', () => {
  test('without a key nothing is stored', async () => {
    expect(
      (await desk.v1('POST', 'files', { name: 'a', type: 'text/plain', data: 'aGk=' }, { key: null })).status,
    ).toBe(400)
    expect(await rows()).toEqual([])
  })

  test.each([
    ['data', { name: 'a.txt', type: 'text/plain' }],
    ['data', { name: 'a.txt', type: 'text/plain', data: 'no base64!' }],
    ['data', { name: 'a.txt', type: 'text/plain', data: base64('x'.repeat(102_401)) }],
    ['name', { type: 'text/plain', data: 'aGk=' }],
    ['type', { name: 'a.txt', data: 'aGk=' }],
    ['type', { name: 'a.txt', type: 'rubbish', data: 'aGk=' }],
    ['type', { name: 'a.txt', type: 'text/plain\r\nX-Evil: 1', data: 'aGk=' }],
    ['downloadUrl', { downloadUrl: 'file:///etc/passwd' }],
    ['downloadUrl', { downloadUrl: 'http://[::1]/' }],
  ])('a fault in %s is named and nothing is stored', async (parameter, fields) => {
    const reply = await desk.v1('POST', 'files', fields)
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain(`'${parameter}'`)
    expect(await rows()).toEqual([])
  })

  test('contents whose row cannot be written are removed again', async () => {
    const { write } = desk.app.database
    const stored: string[] = []
    const { put } = desk.app.files
    desk.app.files.put = async (id, contents) => {
      await put.call(desk.app.files, id, contents)
      stored.push(id)
      desk.app.database.write = async () => {
        desk.app.database.write = write
        throw new Error('the power is out')
      }
    }
    try {
      expect((await upload()).status).toBe(500)
    } finally {
      desk.app.files.put = put
      desk.app.database.write = write
    }
    expect(stored).toHaveLength(1)
    await expect(desk.app.files.read(stored[0] ?? '')).rejects.toThrow('missing')
    expect(await rows()).toEqual([])
  })

  test('the answer describes the file, and so does reading it', async () => {
    const clean = await upload({ name: '..\\..\\evil/na\u0007me.txt', type: 'Text/Plain; charset=x' })
    const { fileid } = clean.body
    expect(clean.body).toEqual({
      fileid: expect.stringMatching(/^[0-9a-f]{32}$/),
      created: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      filename: 'name.txt',
      filesize: '5',
      filetype: 'text/plain',
      downloads: '0',
      downloadUrl: `//help.test/scripts/file.php?view=Y&file=${fileid}`,
    })
    expect((await desk.v1('GET', `files/${fileid}`)).body).toEqual(clean.body)
    expect(await contentsOf(fileid)).toBe('hello')
  })

  test('base64 in lines and data addresses are understood', async () => {
    const lines = base64('x'.repeat(500)).replace(/.{76}/g, '$&\r\n')
    expect((await upload({ data: lines })).body.filesize).toBe('500')
    const { body } = await desk.v1('POST', 'files', { name: 'a', data: 'data:image/gif;base64,aGVsbG8=' })
    expect(body).toMatchObject({ filesize: '5', filetype: 'image/gif' })
  })

  test('data wins over downloadUrl, which is not even looked at', async () => {
    expect((await upload({ downloadUrl: 'http://[::1]/' })).body.filesize).toBe('5')
  })

  test('a multipart file part is taken as it is, with its name and type', async () => {
    const form = new FormData()
    form.set('apikey', TEST_KEY)
    form.set('data', new File([Buffer.from([0, 255, 10])], 'photo.png', { type: 'image/png' }))
    const request = new Request('http://x', { method: 'POST', body: form })
    const reply = await desk.app.http.inject({
      method: 'POST',
      url: '/api/files',
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
      payload: Buffer.from(await request.arrayBuffer()),
    })
    expect(reply.json().response).toMatchObject({ filename: 'photo.png', filetype: 'image/png', filesize: '3' })
  })

  test('an empty multipart file is a file', async () => {
    const form = new FormData()
    form.set('data', new File([], 'empty.txt', { type: 'text/plain' }))
    const request = new Request('http://x', { method: 'POST', body: form })
    const reply = await desk.app.http.inject({
      method: 'POST',
      url: '/api/files',
      headers: { apikey: TEST_KEY, 'content-type': request.headers.get('content-type') ?? '' },
      payload: Buffer.from(await request.arrayBuffer()),
    })
    const { fileid, filesize } = reply.json().response
    expect(filesize).toBe('0')
    expect(await contentsOf(fileid)).toBe('')
  })

  test('an address is fetched, with name and type from there or from the caller', async () => {
    const from = (path: string, fields = {}) =>
      desk.v1('POST', 'files', { downloadUrl: `http://127.0.0.1:${port}${path}`, ...fields })
    expect((await from('/some/re%20port.txt?x=1')).body).toMatchObject({
      filename: 're port.txt',
      filetype: 'text/plain',
      filesize: '14',
    })
    expect((await from('/named')).body.filename).toBe('naïve.txt')
    expect((await from('/')).body.filename).toBe('file')
    expect((await from('/x', { name: 'mine.csv', type: 'text/csv' })).body).toMatchObject({
      filename: 'mine.csv',
      filetype: 'text/csv',
    })
    for (const path of ['/missing', '/huge']) {
      const refused = await from(path)
      expect(refused.status).toBe(500)
      expect(refused.body.errormessage).toContain("'downloadUrl'")
    }
  })
})

describe('reading and deleting files on API v1', () => {
  test('what does not exist is not found', async () => {
    for (const id of ['0'.repeat(32), 'x', '..%2f..%2fetc%2fpasswd']) {
      expect((await desk.v1('GET', `files/${id}`)).status).toBe(404)
      expect((await desk.v1('DELETE', `files/${id}`)).status).toBe(404)
    }
  })

  test('a deleted file is gone with its contents, and gone twice is not found', async () => {
    const { fileid } = (await upload()).body
    expect((await desk.v1('DELETE', `files/${fileid}`)).body).toEqual({ status: 'OK', statuscode: 0 })
    expect((await desk.v1('GET', `files/${fileid}`)).status).toBe(404)
    expect((await desk.v1('DELETE', `files/${fileid}`)).status).toBe(404)
    await desk.drain()
    await expect(desk.app.files.read(fileid)).rejects.toThrow('missing')
  })

  test('a deleted file leaves the conversation that it was attached to, and nothing else does', async () => {
    const { conversationid } = await aConversation(desk)
    const [gone, kept] = [(await upload()).body.fileid, (await upload()).body.fileid]
    await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'See here',
      type: 'N',
      attachments: `${gone}, ${kept}`,
    })
    const before = await desk.v1('GET', `conversations/${conversationid}/messages`)
    expect(before.text).toContain(gone)
    await desk.v1('DELETE', `files/${gone}`)
    const after = await desk.v1('GET', `conversations/${conversationid}/messages`)
    expect(after.text).not.toContain(gone)
    expect(after.text).toContain(kept)
    expect(after.text).toContain('See here')
    const events = await desk.app.database.reader
      .selectFrom('events')
      .select('type')
      .where('conversation_id', '=', conversationid)
      .execute()
    expect(events.map(({ type }) => type)).toContain('attachment.removed')
  })

  test('a file of one conversation cannot be attached to another', async () => {
    const [one, two] = [await aConversation(desk), await aConversation(desk)]
    const { fileid } = (await upload()).body
    const attach = (id: string) =>
      desk.v1('POST', `conversations/${id}/messages`, { message: 'x', attachments: fileid })
    expect((await attach(one.conversationid)).status).toBe(200)
    expect((await attach(two.conversationid)).status).toBe(500)
  })

  test('a key that only reads deletes nothing', async () => {
    const { key } = await desk.app.database.write((tx) =>
      addApiKey(tx, systemActor, { name: 'reader', rights: 'read' }),
    )
    const { fileid } = (await upload()).body
    expect((await desk.v1('DELETE', `files/${fileid}`, {}, { key })).status).toBe(401)
    expect((await desk.v1('GET', `files/${fileid}`, {}, { key })).status).toBe(200)
  })
})
