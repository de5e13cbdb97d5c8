#!/usr/bin/env node
// Plain JavaScript without imports of ours: it must run on any Node, to say which one is needed. Native modules crash on
// an older one, so nothing may be loaded before this check.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  const { runCli } = await import('../server/cli/cli.ts')
  await runCli(process.argv)
} else {
  const pinned = pinnedNode()
  if (!pinned) {
    console.error(
      `Deskhand needs Node 22.18 or newer; this is ${process.versions.node}. Install a newer Node, or run 'npm ci' (which brings one) and try again.`,
    )
    process.exit(1)
  }
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

/** The Node that comes as a package with the development dependencies. */
function pinnedNode() {
  const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))
  if (!existsSync(modules)) return undefined
  return readdirSync(modules)
    .filter((name) => /^node-(linux|darwin|win)-/.test(name))
    .map((name) => `${modules}${name}/bin/${process.platform === 'win32' ? 'node.exe' : 'node'}`)
    .find((path) => existsSync(path))
}
