// The other side of thread.ts: answers questions in the thread that it is called in.
import { parentPort } from 'node:worker_threads'
import { packError } from './carried-errors.ts'
import type { Said, Told } from './thread.ts'

/**
 * `end` closes what the thread holds; it ends by itself then. An answer in bytes is handed over, not copied: it must not be part
 * of other memory, as small Buffers are.
 */
export function answerQuestions<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
  end: () => void = () => {},
): void {
  const port = parentPort
  if (!port) return
  const say = (said: Said<Answer>, handedOver: ArrayBuffer[] = []): void => port.postMessage(said, handedOver)
  let answering = Promise.resolve()
  port.on('message', (told: Told<Question>) => {
    answering = answering.then(async () => {
      if (told !== 'end')
        return answer(told.question).then(
          (given) => say({ answer: given }, bytesOf(given)),
          (error: unknown) => say({ error: packError(error) }),
        )
      end()
      port.close()
    })
  })
  say('ready')
}

const bytesOf = (answer: unknown): ArrayBuffer[] =>
  answer instanceof Uint8Array && answer.buffer instanceof ArrayBuffer ? [answer.buffer] : []
