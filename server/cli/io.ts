// What a command may touch of the process that runs it, and how it ends. Tests bring their own.

export interface Input {
  isTTY?: boolean | undefined
  setRawMode?(mode: boolean): unknown
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Buffer) => void): unknown
  off(event: 'end', listener: () => void): unknown
  resume(): unknown
  pause(): unknown
}

export interface Io {
  env: Record<string, string | undefined>
  stdin: Input
  /** Standard output: what was asked for, and nothing else. */
  out(text: string | Uint8Array): void
  /** Standard error: everything that is said beside it. */
  err(text: string): void
}

export const processIo: Io = {
  env: process.env,
  stdin: process.stdin,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
}

export const exitCodes = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const

/** The command was called in a way that makes no sense: exit code 2. */
export class UsageError extends Error {}

/** Ends a command that has said what there is to say. */
export class Exit extends Error {
  readonly exitCode: number
  constructor(exitCode: number) {
    super(`exit ${exitCode}`)
    this.exitCode = exitCode
  }
}
