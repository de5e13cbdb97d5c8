// The thread that counts reports, with a connection of its own that can only read.
import { getPriority, setPriority } from 'node:os'
import { workerData } from 'node:worker_threads'
import { z } from 'zod'
import { openReader } from '../../db/open-reader.ts'
import { asRefusal } from '../../db/write.ts'
import { answerQuestions } from '../../lib/answering-thread.ts'
import { answerReport, type ReportQuestion } from './question.ts'

/** Who shares a core with it goes first. */
const GIVES_WAY = 10
const LOWEST = 19

const { file } = z.object({ file: z.string() }).parse(workerData)
// Only on Linux has each thread a priority of its own.
if (process.platform === 'linux') setPriority(Math.min(LOWEST, getPriority() + GIVES_WAY))
const { reader, close } = openReader(file)

answerQuestions(
  (question: ReportQuestion) =>
    answerReport(reader, question).catch((error: unknown) => {
      throw asRefusal(error)
    }),
  close,
)
