// deskhand doctor
import { Command } from 'commander'
import { ConfigError, describeSettings, readConfig, type SettingDescription } from '../config.ts'
import { findInstallation } from '../desk/settings/settings.ts'
import { progressBar } from '../lib/progress.ts'
import { checkDatabase } from './checks/database.ts'
import { type Finding, fail, ok } from './checks/finding.ts'
import { checkFolder, checkNode } from './checks/machine.ts'
import { checkPort } from './checks/port.ts'
import { withDesk } from './desk.ts'
import { Exit, exitCodes, type Io } from './io.ts'
import { withMailDesk } from './mail-desk.ts'
import { examples, json } from './print.ts'

export const doctorCommand = (io: Io): Command =>
  new Command('doctor')
    .summary('check the installation')
    .description(
      'Checks the installation and says what to do about what is wrong. Changes nothing, and may run beside a server. With --mail, each mailbox sends a mail to itself through its own servers; when it is back, it is removed again. On a large database the check of its integrity takes a while. Exit code 1 if something failed.',
    )
    .option('--mail', 'also send a mail through each mailbox to itself, and wait up to 60 s until it is back')
    .option('--json', 'print the findings and settings as JSON')
    .addHelpText('after', examples('npx deskhand doctor', 'npx deskhand doctor --mail'))
    .action(async (options: { mail?: boolean; json?: boolean }) => {
      const findings: Finding[] = []
      const say = (finding: Finding): void => {
        findings.push(finding)
        if (!options.json) io.out(line(finding))
      }
      say(checkNode())
      const settings = describeSettings().map((setting) => ({ ...setting, value: shownValue(setting, io.env) }))
      try {
        const config = readConfig(io.env)
        say(ok('settings', 'all can be used'))
        if (!options.json) for (const setting of settings) io.out(settingLine(setting))
        for (const finding of checkFolder(config)) say(finding)
        const database = await checkDatabase(config)
        for (const finding of database) say(finding)
        say(await checkPort(config))
        if (database.some(({ about, state }) => about === 'database' && state === 'ok'))
          for (const finding of await mailFindings(io, options)) say(finding)
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        for (const fault of error.message.split('\n')) say(fail('settings', fault, 'Correct it: docs/running.md'))
      }
      if (options.json) io.out(json({ findings, settings }))
      if (findings.some(({ state }) => state === 'fail')) throw new Exit(exitCodes.failure)
    })

const PATIENCE_MS = 60_000

async function mailFindings(io: Io, options: { mail?: boolean }): Promise<Finding[]> {
  // A desk that was never started has no mailboxes, nor the secret that their passwords are sealed with.
  const findings: Finding[] = []
  let wasStarted = false
  await withDesk(io, async ({ database }) => {
    wasStarted = (await findInstallation(database.reader)) !== undefined
  })
  if (!wasStarted) return findings
  await withMailDesk(io, async (desk) => {
    const { checkMail } = await import('./checks/mail.ts')
    findings.push(...(await checkMail(desk)))
    if (!options.mail) return
    const { checkRoundTrips } = await import('./checks/round-trip.ts')
    findings.push(...(await checkRoundTrips(desk, { patienceMs: PATIENCE_MS, pauseMs: 500, watch })))
  })
  return findings
}

function watch(about: string, seconds: number) {
  const progress = progressBar(`Seconds, ${about}`, seconds)
  let shown = 0
  return {
    look(waitedMs: number): void {
      const now = Math.min(seconds, Math.floor(waitedMs / 1_000))
      progress.step(now - shown)
      shown = now
    },
    end: () => progress.end(),
  }
}

const line = ({ state, about, says, todo }: Finding): string =>
  `${state.padEnd(4)}  ${about.padEnd(11)}  ${says}\n${todo === undefined ? '' : `${' '.repeat(19)}→ ${todo}\n`}`

/** The value in use, as far as it may be shown; null: not set, and there is no default. */
function shownValue({ name, fallback, isSecret }: SettingDescription, env: Io['env']): string | null {
  const given = env[name]
  if (given === undefined || given === '') return fallback ?? null
  if (!isSecret) return given
  return name === 'DATABASE_URL' && URL.canParse(given) ? withoutPassword(given) : '(hidden)'
}

function withoutPassword(text: string): string {
  const url = new URL(text)
  if (url.password) url.password = '***'
  // Options of the connection can carry one too.
  url.search = ''
  return url.href
}

const settingLine = ({ name, value, meaning }: SettingDescription & { value: string | null }): string =>
  `${' '.repeat(6)}${`${name}=${value ?? '(not set)'}`}\n${' '.repeat(8)}${meaning}\n`
