#!/usr/bin/env -S node --max-semi-space-size=8 --no-parallel-scavenge
// Plain JavaScript without imports of ours: it must run on any Node, to say which one is needed. Native modules crash on
// an older one, so nothing may be loaded before this check.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

// Also in the first line and in `npm start`: what is new is collected in 8 MB, which holds idle memory below 150 MB, and each
// thread collects its own: helpers of the thread that counts reports would have the priority of the one that answers.
const FLAGS = ['--max-semi-space-size=8', '--no-parallel-scavenge']

const [major, minor] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  useCompiled()
  const { runCli } = await import('../server/cli/cli.ts')
  process.exitCode = await runCli(process.argv.slice(2))
} else {
  const pinned = pinnedNode()
  if (pinned) runWith(pinned)
  else {
    console.error(
      `Deskhand needs Node 22.18 or newer; this is ${process.versions.node}. Install a newer Node, or run 'npm ci' (which brings one) and try again.`,
    )
    process.exitCode = 1
  }
}

/**
 * Starts from compiled code, which is made at the very first run. In a folder of ours, not in the common one for temporary
 * files: what lies there is run.
 */
function useCompiled() {
  const folder = fileURLToPath(new URL('../node_modules/.cache/deskhand/', import.meta.url))
  const marker = `${folder}made-by-${process.versions.node}`
  if (!existsSync(marker)) {
    const compile = fileURLToPath(new URL('compile.js', import.meta.url))
    // Without it (a folder that may not be written to) everything works, a little slower.
    spawnSync(process.execPath, [...process.execArgv, compile, folder, marker], { stdio: 'ignore' })
  }
  module.enableCompileCache(folder)
}

/** Runs the same command with another Node, as if it had been started with it. */
function runWith(node) {
  const child = spawn(node, [...FLAGS, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`Node at ${node} cannot be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1)
    // The same end as the child's, so that who waits for this process sees what happened.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
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
