// Asking for a password: on a terminal without showing it, or from standard input. Never as an argument: every user of
// the machine can read those.
import { Exit, exitCodes, type Input, type Io, UsageError } from './io.ts'

const MIN_LENGTH = 8
const MAX_LENGTH = 1_000

/** The new password. Throws UsageError when there is nobody to ask, or when what was given cannot be one. */
export async function newPassword(io: Io, options: { passwordStdin?: boolean | undefined }): Promise<string> {
  if (options.passwordStdin) return checked(withoutLineEnd(await readAll(io.stdin)))
  if (!io.stdin.isTTY)
    throw new UsageError(
      'There is no terminal to ask for the password: give it on standard input with --password-stdin.',
    )
  const password = checked(await askHidden(io, 'Password: '))
  if ((await askHidden(io, 'Once more: ')) !== password) throw new UsageError('The two passwords differ.')
  return password
}

/** A password that somebody else has given out. */
export async function knownPassword(io: Io, options: { passwordStdin?: boolean | undefined }): Promise<string> {
  if (options.passwordStdin) return withoutLineEnd(await readAll(io.stdin))
  if (!io.stdin.isTTY)
    throw new UsageError(
      'There is no terminal to ask for the password: give it on standard input with --password-stdin.',
    )
  return askHidden(io, 'Password: ')
}

function checked(password: string): string {
  if (password.length < MIN_LENGTH) throw new UsageError(`A password must have at least ${MIN_LENGTH} characters.`)
  if (password.length > MAX_LENGTH) throw new UsageError(`A password may have at most ${MAX_LENGTH} characters.`)
  return password
}

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '')

async function readAll(stdin: Input): Promise<string> {
  const chunks: Buffer[] = []
  await new Promise<void>((resolve) => {
    stdin.on('data', (chunk) => chunks.push(Buffer.from(chunk)))
    stdin.on('end', resolve)
    stdin.resume()
  })
  return Buffer.concat(chunks).toString('utf8')
}

/** One line from the terminal, typed unseen. */
function askHidden(io: Io, question: string): Promise<string> {
  const { stdin } = io
  io.err(question)
  stdin.setRawMode?.(true)
  return new Promise((resolve, reject) => {
    let line = ''
    const finish = (end: () => void): void => {
      stdin.off('data', onData)
      stdin.off('end', onEnd)
      stdin.setRawMode?.(false)
      stdin.pause()
      io.err('\n')
      end()
    }
    const onData = (chunk: Buffer): void => {
      for (const key of chunk.toString('utf8')) {
        if (key === '\r' || key === '\n') {
          finish(() => resolve(line))
          return
        }
        if (key === '\u0003' || key === '\u0004') {
          finish(() => reject(new Exit(exitCodes.interrupted)))
          return
        }
        if (key === '\u007f' || key === '\b') line = [...line].slice(0, -1).join('')
        else line += key
      }
    }
    const onEnd = (): void => finish(() => resolve(line))
    stdin.on('data', onData)
    stdin.on('end', onEnd)
    stdin.resume()
  })
}
