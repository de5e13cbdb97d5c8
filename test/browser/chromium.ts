// A real browser for tests: Debian's Chromium, driven by Playwright.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PROGRAM = process.env.DESKHAND_TEST_CHROMIUM ?? '/usr/bin/chromium'

/** What keeps the browser from running here, in one line; undefined: nothing. CI must have it. */
export function missingChromium(): string | undefined {
  if (existsSync(PROGRAM)) return undefined
  const reason = `not installed: ${PROGRAM} (apt-get install chromium, or set DESKHAND_TEST_CHROMIUM)`
  if (process.env.CI) throw new Error(`CI must run the tests in a browser: ${reason}`)
  process.stderr.write(`skipped: tests in a browser (${reason})\n`)
  return reason
}

/** It talks to nobody but the pages under test. Its own sandbox does not work for root. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: PROGRAM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Pages that a test makes up count as from the internet, which must not reach this machine.
      '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
    ],
  })
