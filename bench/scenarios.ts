// The measured requests, and what they are made of.
import { requestBytes } from './load.ts'

/** What a scenario needs to know of the data it runs on. */
export interface Sample {
  apiKey: string
  conversationIds: string[]
  customerEmails: string[]
  departmentId: string
  searches: string[]
}

export interface Scenario {
  name: string
  isWrite: boolean
  /** Least ratio to the floor that is aimed at, by number of connections. */
  aim: Record<number, number>
  /** Makes the requests of a run, one after the other. */
  requests(sample: Sample): () => Buffer
}

/** Draws from a list in a fixed pseudo-random order, so that all servers get the same. */
function drawer<T>(items: readonly T[], seed: number): () => T {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const item = items[state % items.length]
    if (item === undefined) throw new Error('nothing to draw from')
    return item
  }
}

const get = (sample: Sample, path: string): Buffer =>
  requestBytes('GET', `/api/${path}${path.includes('?') ? '&' : '?'}apikey=${sample.apiKey}`)
const TEXT =
  'Since the update this morning the printer on the second floor prints every page twice, and then burns. '.repeat(4)
let fresh = Date.now()

export const scenarios: Scenario[] = [
  {
    name: 'GET conversations/{id}',
    isWrite: false,
    aim: { 1: 0.5, 16: 0.5 },
    requests(sample) {
      const id = drawer(sample.conversationIds, 1)
      return () => get(sample, `conversations/${id()}`)
    },
  },
  {
    name: 'GET conversations/{id}/messages',
    isWrite: false,
    aim: { 1: 0.5, 16: 0.5 },
    requests(sample) {
      const id = drawer(sample.conversationIds, 2)
      return () => get(sample, `conversations/${id()}/messages`)
    },
  },
  {
    name: 'GET conversations (100 rows, 2 filters)',
    isWrite: false,
    aim: { 1: 0.5, 16: 0.5 },
    requests: (sample) => () => get(sample, `conversations?department=${sample.departmentId}&status=R`),
  },
  {
    name: 'GET knowledgebase/search',
    isWrite: false,
    aim: { 1: 0.5, 16: 0.5 },
    requests(sample) {
      const words = drawer(sample.searches, 3)
      return () => get(sample, `knowledgebase/search?query=${encodeURIComponent(words())}`)
    },
  },
  {
    name: 'POST conversations',
    isWrite: true,
    aim: { 1: 0.5, 16: 1 },
    requests(sample) {
      const email = drawer(sample.customerEmails, 4)
      let n = 0
      return () =>
        requestBytes('POST', '/api/conversations', {
          apikey: sample.apiKey,
          message: TEXT,
          // One in five writes for the first time.
          useridentifier: n++ % 5 === 0 ? `new-${fresh++}@example.com` : email(),
          department: sample.departmentId,
          subject: `The printer burns (${n})`,
          recipient: 'support@example.com',
        })
    },
  },
  {
    name: 'POST conversations/{id}/messages',
    isWrite: true,
    aim: { 1: 0.5, 16: 1 },
    requests(sample) {
      const id = drawer(sample.conversationIds, 5)
      const email = drawer(sample.customerEmails, 6)
      return () =>
        requestBytes('POST', `/api/conversations/${id()}/messages`, {
          apikey: sample.apiKey,
          message: TEXT,
          useridentifier: email(),
        })
    },
  },
]
