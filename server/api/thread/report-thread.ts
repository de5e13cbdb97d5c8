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

/** Only on Linux has each thread a priority of its own. */
const isLinux = process.platform === 'linux'
const LOW = 10
const LOWEST = 19

const { file, givesWay } = z.object({ file: z.string(), givesWay: z.boolean() }).parse(workerData)
if (isLinux) setPriority(Math.min(LOWEST, getPriority() + LOW))
const { reader, close } = openReader(file)

const encoder = new TextEncoder()
let isWarm = false
answerQuestions(async (question: ReportQuestion) => {
  try {
    // Bytes change hands at no cost; a text would be copied and encoded while everybody waits.
    return encoder.encode(await answerReport(reader, question))
  } catch (error) {
    throw asRefusal(error)
  } finally {
    if (!isWarm && givesWay && isLinux) workWhenIdle()
    isWarm = true
  }
}, close)

/**
 * From now on it works while its core has nothing else to do. With a low priority alone it would finish its turn of some
 * milliseconds first, while those wait who are answered in a fraction of one. The first report, which loads the code, is over.
 */
function workWhenIdle(): void {
  // "<process>/task/<thread>"
  const thread = basename(readlinkSync('/proc/thread-self'))
  execFile('chrt', ['--idle', '--pid', '0', thread], () => {
    // Without chrt (util-linux) the low priority has to do.
  })
}
