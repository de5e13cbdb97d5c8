// `deskhand serve`: opens, listens, says what a newcomer needs, and closes cleanly.
import { build } from './app.ts'
import type { Config } from './config.ts'
import { welcome } from './welcome.ts'

/** Serves until SIGTERM or SIGINT, then finishes what is in flight. */
export async function serve(config: Config): Promise<void> {
  const app = await build(config, { worker: true })
  let stopping: Promise<void> | undefined
  const stop = (): void => {
    stopping ??= app.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  await app.http.listen({ port: config.port, host: config.host })
  process.stdout.write(welcome(app))
}
