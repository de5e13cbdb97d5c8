// Where reports are counted. The embedded database is read in the thread that asks: a report over a year, with its thousand
// rows, would keep everybody waiting. So reports have a thread of their own beside it, with a connection of its own.
// PostgreSQL is a process of its own; what is left is done a few milliseconds at a time (lib/turns.ts).
import type { Writable } from 'node:stream'
import { type Database, sqliteFile } from '../../db/open.ts'
import { openThread, type ThreadOptions } from '../../lib/thread.ts'
import { answerReport, type ReportQuestion } from './question.ts'

export interface Reports {
  /** The finished text in UTF-8. `listener` is where it goes: a report for nobody is not counted. */
  answer(question: ReportQuestion, listener?: Pick<Writable, 'destroyed'>): Promise<Buffer>
  close(): Promise<void>
}

export interface ThreadData {
  file: string
}

export function openReports(
  { engine, reader }: Pick<Database, 'engine' | 'reader'>,
  dataFolder: string,
  options: Omit<ThreadOptions, 'entry' | 'data'> = {},
): Reports {
  if (engine === 'postgres')
    return {
      answer: async (question) => Buffer.from(await answerReport(reader, question)),
      close: () => Promise.resolve(),
    }
  const data: ThreadData = { file: sqliteFile(dataFolder) }
  const thread = openThread<ReportQuestion, Uint8Array<ArrayBuffer>>({
    entry: new URL('./report-thread.ts', import.meta.url),
    data,
    ...options,
  })
  return {
    answer: async (question, listener) => Buffer.from((await thread.ask(question, () => !listener?.destroyed)).buffer),
    close: thread.close,
  }
}
