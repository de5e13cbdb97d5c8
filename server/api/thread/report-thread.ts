// The thread that counts reports, with a connection of its own that can only read.
import { execFile } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { basename } from 'node:path'
import { workerData } from 'node:worker_threads'
import { z } from 'zod'
import { openReader } from '../../db/open-reader.ts'
import { asRefusal } from '../../db/write.ts'
import { answerQuestions } from '../../lib/answering-thread.ts'
import { answerReport, type ReportQuestion } from './question.ts'

/** Where there is no better way: who shares a core with it goes first, but not at once. */
const GIVES_WAY = 10
const LOWEST = 19

const { file } = z.object({ file: z.string() }).parse(workerData)
giveWay()
const { reader, close } = openReader(file)

const encoder = new TextEncoder()
answerQuestions(
  (question: ReportQuestion) =>
    answerReport(reader, question).then(
      // Bytes change hands at no cost; a text would be copied and encoded while everybody waits.
      (text) => encoder.encode(text),
      (error: unknown) => {
        throw asRefusal(error)
      },
    ),
  close,
)

/**
 * It works while its core has nothing else to do. A low priority alone would let it finish its turn of some milliseconds first,
 * while those wait who are answered in a fraction of one. Only on Linux has each thread a priority of its own.
 */
function giveWay(): void {
  if (process.platform !== 'linux') return
  setPriority(Math.min(LOWEST, getPriority() + GIVES_WAY))
  // "<process>/task/<thread>"
  const thread = basename(readlinkSync('/proc/thread-self'))
  execFile('chrt', ['--idle', '--pid', '0', thread], () => {
    // Without chrt (util-linux) the low priority has to do.
  })
}
