// The floor of the live stream: a bare WebSocket server that sends what it is given to everybody of a group. No rights, no
// numbers, no database: what the stack can do at best.
//
//   node bench/live-floor.ts <port>
import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

const groups = new Map<string, Set<WebSocket>>()
const groupOf = (name: string): Set<WebSocket> => {
  const group = groups.get(name) ?? new Set()
  groups.set(name, group)
  return group
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://floor')
  const bytes = Number(searchParams.get('bytes'))
  const at = new Date().toISOString()
  const message = Buffer.from(JSON.stringify({ type: 'floor.sent', at, data: 'x'.repeat(Math.max(0, bytes - 72)) }))
  for (const socket of groupOf(searchParams.get('group') ?? '')) socket.send(message, { binary: false })
  response.end()
})
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false })
sockets.on('connection', (socket, request) => {
  const group = groupOf(new URL(request.url ?? '/', 'http://floor').searchParams.get('group') ?? '')
  group.add(socket)
  socket.on('close', () => group.delete(socket))
  socket.send(JSON.stringify({ type: 'hello' }))
})
server.listen(Number(process.argv[2]), '127.0.0.1')
