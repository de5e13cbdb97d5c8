// A thread that asks for one report after another until it is told to stop, and says how many it got.
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'

const { port, addresses } = z.object({ port: z.number(), addresses: z.array(z.string()).min(1) }).parse(workerData)
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let isStopped = false
parentPort?.once('message', () => {
  isStopped = true
})

const get = (path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, agent }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path} was answered with ${answer.statusCode}`))
      answer.resume().on('end', resolve)
    })
    asked.on('error', reject).end()
  })

let count = 0
for (; !isStopped; count++) await get(addresses[count % addresses.length] ?? '')
agent.destroy()
parentPort?.postMessage(count)
