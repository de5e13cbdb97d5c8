// A client of SMTP that says exactly what a test tells it to, however wrong that is.
import { connect, type Socket } from 'node:net'

export interface SmtpTalk {
  socket: Socket
  /** Sends bytes as they are. */
  say(text: string | Uint8Array): void
  /** The next whole reply, lines joined; `closed` when the server has hung up. */
  reply(): Promise<string>
  /** Says a line and gives the reply. */
  ask(line: string): Promise<string>
  /** Everything that comes until the server hangs up. */
  rest(): Promise<string[]>
  end(): void
}

/** Connects and reads the greeting. */
export async function talkTo(port: number): Promise<SmtpTalk & { greeting: string }> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let closed = false
  let wake = (): void => {}
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
    wake()
  })
  const nextReply = (): string | undefined => {
    const match = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(text)
    if (!match) return undefined
    text = text.slice(match[0].length)
    return match[0].trimEnd()
  }
  const reply = async (): Promise<string> => {
    for (;;) {
      const found = nextReply()
      if (found !== undefined) return found
      if (closed) return 'closed'
      await new Promise<void>((resume) => {
        wake = resume
      })
    }
  }
  const talk: SmtpTalk = {
    socket,
    say: (bytes) => void socket.write(bytes),
    reply,
    ask(line) {
      socket.write(`${line}\r\n`)
      return reply()
    },
    async rest() {
      const all: string[] = []
      for (;;) {
        const one = await reply()
        if (one === 'closed') return all
        all.push(one)
      }
    },
    end: () => void socket.destroy(),
  }
  return { ...talk, greeting: await reply() }
}
