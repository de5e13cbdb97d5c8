import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { Invalid } from './errors.ts'
import { CERTIFICATE, PRIVATE_KEY } from './fetch-guard.certificate.ts'
import { type FetchOptions, fetchGuarded } from './fetch-guard.ts'

const LOCAL = ['127.0.0.0/8']
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

const fetched = (address: string, options: Partial<FetchOptions> = {}) =>
  fetchGuarded(address, {
    field: 'downloadUrl',
    allow: [],
    maxBytes: 10_000,
    userAgent: 'test',
    timeoutMs: 5_000,
    ...options,
  })

async function refusal(address: string, options: Partial<FetchOptions> = {}): Promise<string> {
  const error: unknown = await fetched(address, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Invalid)) throw new Error(`not refused: ${address}, ${String(error)}`)
  expect(error.field).toBe('downloadUrl')
  return error.message
}

async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  cleanups.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

/** A web server on this machine; gives its port. */
const web = (listener: RequestListener): Promise<number> => listening(createServer(listener))
/** A server that says what it likes. */
const raw = (talk: (socket: Socket) => void): Promise<number> =>
  listening(
    createSocketServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => talk(socket))
    }),
  )

/** The sentence for names and addresses that are not public: it must not tell which of them exist. */
const NOT_PUBLIC = 'names a host that is unknown or not on the public internet'

describe('addresses inside', () => {
  test('are refused in every spelling, and never connected to', async () => {
    let calls = 0
    const port = await web((_request, response) => response.end(String(++calls)))
    for (const host of [
      '127.0.0.1',
      '127.1',
      '127.0.0.1.',
      '2130706433',
      '0x7f.1',
      '0x7f000001',
      '017700000001',
      '0177.0.0.1',
      '%31%32%37.0.0.1',
      '１２７.0.0.1',
      '127。0。0。1',
      'localhost',
      'LOCALHOST',
      'localhost.',
      '0',
      '0.0.0.0',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:ffff:127.0.0.1]',
      '[::127.0.0.1]',
      '[64:ff9b::127.0.0.1]',
      '[2002:7f00:1::]',
    ])
      expect(await refusal(`http://${host}:${port}/`)).toBe(NOT_PUBLIC)
    for (const host of [
      '169.254.169.254',
      '10.0.0.1',
      '192.168.0.1',
      '100.64.0.1',
      '[fe80::1]',
      '[fd00::1]',
      '255.255.255.255',
    ])
      expect(await refusal(`http://${host}/`)).toBe(NOT_PUBLIC)
    expect(calls).toBe(0)
  })

  test('are refused behind a name, even beside a public one, in the words used for unknown names', async () => {
    const answers: Record<string, string[]> = {
      'internal.test': ['10.0.0.5'],
      'mixed.test': ['93.184.216.34', '127.0.0.1'],
      'mapped.test': ['::ffff:127.0.0.1'],
      'scoped.test': ['fe80::1%eth0'],
      'nothing.test': [],
      'rubbish.test': ['not an address'],
    }
    const resolve = async (host: string) => {
      const found = answers[host]
      if (!found) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
      return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    }
    for (const host of [...Object.keys(answers), 'unknown.test'])
      expect(await refusal(`http://${host}/`, { resolve })).toBe(NOT_PUBLIC)
  })

  test('are refused at the end of a redirect', async () => {
    let calls = 0
    const inside = await listening(
      createServer((_request, response) => response.end(String(++calls))),
      '127.0.0.2',
    )
    for (const target of [
      `http://127.0.0.2:${inside}/`,
      '//[::1]/',
      'http://169.254.169.254/latest/meta-data/',
      'http://internal.test/',
    ]) {
      const port = await web((_request, response) => response.writeHead(302, { location: target }).end())
      const resolve = async () => [{ address: '10.0.0.5', family: 4 }]
      expect(await refusal(`http://127.0.0.1:${port}/`, { allow: ['127.0.0.1/32'], resolve })).toBe(NOT_PUBLIC)
    }
    expect(calls).toBe(0)
  })

  test('are not reached by a name that changes its mind after the check', async () => {
    const port = await web((request, response) => response.end(request.headers.host))
    let asked = 0
    const resolve = async () => [{ address: ++asked === 1 ? '127.0.0.1' : '10.0.0.5', family: 4 }]
    const { contents } = await fetched(`http://rebinding.test:${port}/`, { allow: ['127.0.0.1/32'], resolve })
    expect(contents.toString()).toBe(`rebinding.test:${port}`)
    expect(asked).toBe(1)
  })
})

describe('addresses of other kinds', () => {
  test.each([
    'file:///etc/passwd',
    'gopher://example.com/',
    'ftp://example.com/x',
    'data:text/plain,hello',
    'javascript:alert(1)',
    'blob:http://a/b',
    'ws://example.com/',
    'http://user:pass@example.com/',
    'http://user@example.com/',
    'https://:pass@example.com/',
    'http://',
    'http:///',
    '',
    'example.com/x',
    '//example.com/x',
    'http://exa mple.com/',
    'http://example.com:99999/',
  ])('%j is refused', async (address) => {
    await refusal(address)
  })

  test('are refused in redirects too', async () => {
    for (const location of ['file:///etc/passwd', 'http://u:p@127.0.0.1/', 'http://[', 'gopher://127.0.0.1/']) {
      const port = await web((_request, response) => response.writeHead(301, { location }).end())
      await refusal(`http://127.0.0.1:${port}/`, { allow: LOCAL })
    }
  })

  test('public hosts are asked on web ports only', async () => {
    const resolve = async () => [{ address: '93.184.216.34', family: 4 }]
    for (const port of [22, 25, 587, 993])
      expect(await refusal(`http://public.test:${port}/`, { resolve })).toContain('port')
  })
})

describe('servers that mean harm', () => {
  const from = (port: number, options: Partial<FetchOptions> = {}) =>
    refusal(`http://127.0.0.1:${port}/`, { allow: LOCAL, ...options })

  test('redirect for ever', async () => {
    let calls = 0
    const port = await web((_request, response) => response.writeHead(302, { location: `/${++calls}` }).end())
    expect(await from(port)).toContain('redirects')
    expect(calls).toBe(6)
  })

  test('send without end', async () => {
    const port = await web((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(4_096)));
      }
      response.on('drain', more)
      more()
    })
    expect(await from(port)).toContain('larger')
  })

  test('announce too much', async () => {
    const port = await raw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx'))
    expect(await from(port)).toContain('larger')
  })

  test('send less than they announce', async () => {
    const port = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort'))
    expect(await from(port)).toContain('cannot be downloaded')
  })

  test('break off in the middle of a chunk', async () => {
    const port = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'))
    expect(await from(port)).toContain('cannot be downloaded')
  })

  test.each(['-1', 'abc', '5, 6', '1e9999'])('announce the length %j', async (length) => {
    const port = await raw((socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nhello`))
    await from(port)
  })

  test('drip a body, headers, or nothing at all', async () => {
    const drip = (start: string, more: string) => (socket: Socket) => {
      socket.write(start)
      const timer = setInterval(() => socket.write(more), 20)
      socket.on('close', () => clearInterval(timer))
    }
    for (const talk of [drip('HTTP/1.1 200 OK\r\n\r\n', 'x'), drip('HTTP/1.1 200 OK\r\n', 'X-A: b\r\n'), drip('', '')])
      expect(await from(await raw(talk), { timeoutMs: 200 })).toContain('too long')
  })

  test('are slow to be found', async () => {
    const resolve = () => new Promise<never>(() => {})
    expect(await refusal('http://slow.test/', { resolve, timeoutMs: 100 })).toContain('too long')
  })

  test.each(['content-encoding', 'transfer-encoding'])('send a bomb as %s', async (header) => {
    const bomb = gzipSync(Buffer.alloc(5_000_000))
    const port = await raw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${header}: gzip\r\nConnection: close\r\n\r\n`)
      socket.end(bomb)
    })
    await from(port)
  })

  test('speak no HTTP, or another protocol', async () => {
    expect(await from(await raw((socket) => socket.end('220 mail.test ESMTP\r\n')))).toContain('cannot be downloaded')
    expect(
      await from(
        await raw((socket) =>
          socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
        ),
      ),
    ).toContain('cannot be downloaded')
    expect(await from(await raw((socket) => socket.destroy()))).toContain('cannot be downloaded')
  })

  test('are not there', async () => {
    const server = createServer()
    const port = await listening(server)
    cleanups.pop()?.()
    expect(await from(port)).not.toMatch(/ECONN|127\.|refused/)
  })

  test.each([204, 206, 304, 401, 404, 500])('answer %i', async (status) => {
    expect(await from(await web((_request, response) => response.writeHead(status).end()))).toContain(String(status))
  })
})

describe('what is allowed', () => {
  test('what is posted goes to one host: any status is its answer, and no redirect is followed', async () => {
    const asked: string[] = []
    const port = await web((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`)
        response.writeHead(request.url === '/away' ? 307 : 418, { location: '/other' }).end('no tea')
      })
    })
    const post = { type: 'text/plain', body: 'tea, bitte ☕' }
    for (const [path, status] of [
      ['away', 307],
      ['pot', 418],
    ] as const)
      expect(await fetched(`http://127.0.0.1:${port}/${path}`, { allow: LOCAL, post })).toMatchObject({
        status,
        contents: Buffer.from('no tea'),
      })
    expect(asked).toEqual(['POST /away text/plain tea, bitte ☕', 'POST /pot text/plain tea, bitte ☕'])
    await expect(fetched(`http://127.0.0.1:${port}/pot`, { post })).rejects.toThrow(NOT_PUBLIC)
  })

  test('comes whole, with what the host says of it, across redirects', async () => {
    const port = await web((request, response) => {
      if (request.url === '/old') return void response.writeHead(307, { location: '/new?x=1' }).end()
      response.setHeader('content-type', 'image/png')
      response.setHeader('content-disposition', 'attachment; filename=a.png')
      response.end(Buffer.alloc(10_000, 7))
    })
    const answer = await fetched(`http://127.0.0.1:${port}/old#part`, { allow: LOCAL })
    expect(answer).toEqual({
      status: 200,
      contents: Buffer.alloc(10_000, 7),
      type: 'image/png',
      disposition: 'attachment; filename=a.png',
      url: `http://127.0.0.1:${port}/new?x=1`,
    })
  })

  test('is asked for without compression and without anything that tells who we are', async () => {
    const port = await web((request, response) => response.end(JSON.stringify(request.headers)))
    const { contents } = await fetched(`http://127.0.0.1:${port}/`, { allow: LOCAL })
    expect(JSON.parse(contents.toString())).toEqual({
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': 'test',
      host: `127.0.0.1:${port}`,
      connection: 'close',
    })
  })

  test('an empty file and one without a length are files', async () => {
    const port = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end'))
    expect((await fetched(`http://127.0.0.1:${port}/`, { allow: LOCAL })).contents.toString()).toBe('until the end')
    const empty = await web((_request, response) => response.end())
    expect((await fetched(`http://127.0.0.1:${empty}/`, { allow: LOCAL })).contents).toHaveLength(0)
  })
})

describe('TLS', () => {
  const tls = () =>
    listening(createTlsServer({ key: PRIVATE_KEY, cert: CERTIFICATE }, (_request, response) => response.end('secret')))
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }]

  test('a certificate for another name, or of an unknown authority, is refused', async () => {
    const port = await tls()
    const trusted = { allow: LOCAL, resolve, authorities: CERTIFICATE }
    expect(await refusal(`https://wrong.test:${port}/`, trusted)).toContain('cannot be downloaded')
    expect(await refusal(`https://127.0.0.1:${port}/`, trusted)).toContain('cannot be downloaded')
    expect(await refusal(`https://right.test:${port}/`, { allow: LOCAL, resolve })).toContain('cannot be downloaded')
  })

  test('a certificate for the name in the address is right, whatever the host is called inside', async () => {
    const port = await tls()
    const { contents } = await fetched(`https://right.test:${port}/`, {
      allow: LOCAL,
      resolve,
      authorities: CERTIFICATE,
    })
    expect(contents.toString()).toBe('secret')
  })
})
