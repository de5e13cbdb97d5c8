// Turns the server's TypeScript into JavaScript once, in a process of its own. The server then starts from what is kept:
// in half the time, and without the 40 MB that the translation would leave behind in it.
import { closeSync, mkdirSync, openSync } from 'node:fs'
import module from 'node:module'

const [folder, marker] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
module.enableCompileCache(folder)
await import('../server/main.ts')
await import('../server/cli/cli.ts')
await Promise.all([
  import('../server/api/v1/register.ts').then(({ loadV1Routes }) => loadV1Routes()),
  import('../server/api/v3/register.ts').then(({ loadV3Routes }) => loadV3Routes()),
])
module.flushCompileCache()
closeSync(openSync(marker, 'w'))
process.exit(0)
