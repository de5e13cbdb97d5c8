// Asks a thread, one question after another. It starts with the first question and ends when there is nothing to do; one that
// dies is replaced, and its question asked once more.
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type CarriedError, unpackError } from './carried-errors.ts'
import { Unavailable } from './errors.ts'

export interface Thread<Question, Answer> {
  /** What is no longer wanted when its turn comes is not asked. */
  ask(question: Question, isWanted?: () => boolean): Promise<Answer>
  /** Finishes the question that is being answered, refuses those that wait. */
  close(): Promise<void>
}

export interface ThreadOptions {
  /** A file that calls `answerQuestions`: answering-thread.ts. */
  entry: URL
  /** The entry reads it in `workerData`, beside `givesWay`: whether it may wait for a processor with nothing else to do. */
  data?: object
  /** Milliseconds after which a question is asked again in a thread that does not give way: the machine has no time to spare. */
  patience?: number
  /** Milliseconds for one question. */
  timeLimit?: number
  /** Milliseconds after which a thread without questions ends. */
  idleTime?: number
  /** Megabytes of its heap. */
  heap?: number
  /** How many questions may wait. */
  mostWaiting?: number
  /** Milliseconds that `close` waits for the question that is being answered. */
  closingTime?: number
  /** Is told what a thread has died of. */
  onFault?: (error: Error) => void
}

/** What a thread says: that it listens, an answer, or an error. */
export type Said<Answer> = 'ready' | { answer: Answer } | { error: CarriedError }
/** What it is told. */
export type Told<Question> = 'end' | { question: Question }

interface Waiting<Question, Answer> {
  question: Question
  isWanted: () => boolean
  resolve(answer: Answer): void
  reject(error: Error): void
  /** A thread has died of it, or with it. */
  isSecondTime: boolean
}

interface Running<Question, Answer> {
  worker: Worker
  givesWay: boolean
  isReady: boolean
  current: Waiting<Question, Answer> | undefined
  timer: NodeJS.Timeout | undefined
  patience: NodeJS.Timeout | undefined
  ended: Promise<void>
}

const CLOSED = 'Deskhand is shutting down. Try again in a moment.'
const FULL = 'Too many requests of this kind are waiting. Try again in a moment.'
const TOO_LONG = 'This takes too long to be answered. Ask for less at once.'
const DIED =
  'This could not be answered: it takes more memory than there is, or met a fault. Try again, or ask for less.'
const NOT_STARTED = 'The thread that answers this did not start. Try again in a moment.'
const UNWANTED = 'Nobody waits for this any more.'
/** Young memory of a thread, in megabytes: more would only stay taken. */
const YOUNG = 16

/** A thread does not look for compiled code by itself. Without, it brings a compiler along: more memory, and a late first answer. */
function withCompiledCode(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir()
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) }
}

export function openThread<Question, Answer>({
  entry,
  data,
  patience = 5_000,
  timeLimit = 60_000,
  idleTime = 300_000,
  heap = 256,
  mostWaiting = 1_000,
  closingTime = 5_000,
  onFault = () => {},
}: ThreadOptions): Thread<Question, Answer> {
  type One = Running<Question, Answer>
  const waiting: Waiting<Question, Answer>[] = []
  let running: One | undefined
  let isClosed = false

  const start = (givesWay: boolean): One => {
    const worker = new Worker(entry, {
      workerData: { ...data, givesWay },
      env: withCompiledCode(),
      resourceLimits: { maxOldGenerationSizeMb: heap, maxYoungGenerationSizeMb: YOUNG },
    })
    const one: One = {
      worker,
      givesWay,
      isReady: false,
      current: undefined,
      timer: undefined,
      patience: undefined,
      ended: new Promise((resolve) => worker.once('exit', () => resolve())),
    }
    worker.on('message', (said: Said<Answer>) => {
      if (said === 'ready') one.isReady = true
      else finish(one, said)
    })
    // An end by a fault is an end: 'exit' follows.
    worker.on('error', onFault)
    worker.once('exit', () => lose(one))
    return one
  }

  const stopClocks = ({ timer, patience }: One): void => {
    clearTimeout(timer)
    clearTimeout(patience)
  }

  const finish = (one: One, said: Exclude<Said<Answer>, 'ready'>): void => {
    stopClocks(one)
    const { current } = one
    one.current = undefined
    if ('answer' in said) current?.resolve(said.answer)
    else current?.reject(unpackError(said.error))
    // While it has nothing to do, it keeps neither the process alive nor itself for long.
    one.worker.unref()
    one.timer = setTimeout(() => end(one), idleTime).unref()
    give()
  }

  const end = (one: One): void => {
    if (running === one) running = undefined
    stopClocks(one)
    one.worker.postMessage('end' satisfies Told<Question>)
  }

  const lose = (one: One): void => {
    stopClocks(one)
    if (running === one) running = undefined
    const { current } = one
    one.current = undefined
    if (current && (isClosed || current.isSecondTime)) current.reject(new Unavailable(isClosed ? CLOSED : DIED))
    else if (current && one.isReady) waiting.unshift({ ...current, isSecondTime: true })
    else if (current) for (const { reject } of [current, ...waiting.splice(0)]) reject(new Unavailable(NOT_STARTED))
    give()
  }

  const give = (): void => {
    while (!isClosed && waiting.length > 0 && !running?.current) {
      const next = waiting.shift()
      if (next?.isWanted()) send(next)
      else next?.reject(new Unavailable(UNWANTED))
    }
  }

  const send = (next: Waiting<Question, Answer>): void => {
    running ??= start(true)
    const one = running
    stopClocks(one)
    one.current = next
    one.worker.ref()
    one.worker.postMessage({ question: next.question } satisfies Told<Question>)
    const giveUp = (): void => {
      stopClocks(one)
      one.current = undefined
      running = undefined
      void one.worker.terminate()
    }
    one.timer = setTimeout(() => {
      giveUp()
      next.reject(new Unavailable(TOO_LONG))
      give()
    }, timeLimit)
    if (!one.givesWay) return
    one.patience = setTimeout(() => {
      giveUp()
      running = start(false)
      send(next)
    }, patience)
  }

  return {
    ask: (question, isWanted = () => true) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Unavailable(CLOSED))
        if (waiting.length >= mostWaiting) return reject(new Unavailable(FULL))
        waiting.push({ question, isWanted, resolve, reject, isSecondTime: false })
        give()
      }),
    async close() {
      isClosed = true
      for (const { reject } of waiting.splice(0)) reject(new Unavailable(CLOSED))
      const one = running
      if (!one) return
      one.worker.ref()
      const patience = setTimeout(() => void one.worker.terminate(), closingTime)
      // It reads this after its question.
      one.worker.postMessage('end' satisfies Told<Question>)
      await one.ended
      clearTimeout(patience)
    },
  }
}
