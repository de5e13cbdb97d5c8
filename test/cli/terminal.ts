// A terminal for commands under test: what is typed, and what they say.
import { PassThrough } from 'node:stream'
import { runCli } from '../../server/cli/cli.ts'
import type { Io } from '../../server/cli/io.ts'
import type { TestDesk } from '../desk.ts'

export interface Said {
  code: number
  out: string
  err: string
}

export interface Given {
  env?: Record<string, string>
  /** What comes on standard input. */
  stdin?: string
  /** Standard input is a terminal: keys come one by one, as fast as they are asked for. */
  keys?: string
}

/** The settings that make a command work on the desk's data. */
export const settingsOf = ({ dataFolder, app }: TestDesk): Record<string, string> => ({
  DESKHAND_DATA: dataFolder,
  ...(app.config.databaseUrl && { DATABASE_URL: app.config.databaseUrl }),
})

/** Runs a command line as `deskhand …` would. */
export async function deskhand(args: readonly string[], { env = {}, stdin = '', keys }: Given = {}): Promise<Said> {
  const said = { out: '', err: '' }
  const input = Object.assign(new PassThrough(), { isTTY: keys !== undefined, setRawMode: () => {} })
  if (keys === undefined) input.end(stdin)
  const io: Io = {
    env,
    stdin: input,
    out: (text) => {
      // Bytes as they are, one character each.
      said.out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1')
    },
    err: (text) => {
      said.err += text
      // A question ends with a colon and a space: whoever is asked types up to the end of a line.
      if (keys !== undefined && text.endsWith(': ')) input.write(nextLine())
    },
  }
  let left = keys ?? ''
  const nextLine = (): string => {
    const end = [...left].findIndex((key) => '\r\n\u0003'.includes(key))
    const line = left.slice(0, end + 1)
    left = left.slice(end + 1)
    return line
  }
  const code = await runCli(args, io)
  return { code, ...said }
}
