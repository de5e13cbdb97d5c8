// Our pages in a real browser, which sends headers and obeys policies that no request of ours shows.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../desk.ts'
import { TEST_KEY } from '../first-start.ts'
import { aConversation, anAgent } from '../people.ts'
import { anAnswer, storedRatings } from '../ratings.ts'
import { missingChromium, openBrowser } from './chromium.ts'

describe.skipIf(missingChromium())('a browser', () => {
  let desk: TestDesk
  let browser: Browser
  let page: Page
  let base: string
  beforeAll(async () => {
    desk = await newDesk()
    await desk.app.http.listen({ host: '127.0.0.1', port: 0 })
    base = desk.app.publicUrl()
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await desk.close()
  })

  /** A page of its own, with all the addresses that it asks for. */
  async function newPage(): Promise<string[]> {
    page = await browser.newPage()
    const asked: string[] = []
    page.on('request', (request) => void asked.push(request.url()))
    return asked
  }

  // With "no-referrer" browsers send our own forms from the origin "null", and we would refuse them.
  test('may ask for a link to a new password', async () => {
    await newPage()
    await page.goto(`${base}/password`)
    await page.getByLabel(/mail/i).fill('nobody@example.com')
    const sent = page.waitForResponse((answer) => answer.request().method() === 'POST')
    await page.keyboard.press('Enter')
    expect((await sent).status()).toBe(200)
    await page.waitForLoadState()
    expect(await page.locator('body').innerText()).not.toContain('Not allowed')
    const jobs = await desk.app.database.reader.selectFrom('jobs').select('name').execute()
    expect(jobs.map(({ name }) => name)).toContain('send-password-link')
  })

  test('rates an answer without a mouse', async () => {
    const ada = await anAgent(desk)
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    await newPage()
    await page.goto(`${base}${path}/good`)
    await page.getByRole('textbox').focus()
    await page.keyboard.type('Quick and kind')
    await page.keyboard.press('Tab')
    const sent = page.waitForResponse((answer) => answer.request().method() === 'POST')
    await page.keyboard.press('Enter')
    expect((await sent).status()).toBeLessThan(400)
    await expect.poll(async () => (await storedRatings(desk, conversationid)).rows.length).toBe(1)
  })

  test('runs nothing of a message, and loads nothing from elsewhere', async () => {
    const { conversationid } = await aConversation(desk)
    const { body } = await desk.v3('POST', `conversations/${conversationid}/messages`, {
      message:
        '<p>Hello</p><img src="http://tracker.test/a.gif" onerror="document.title=1"><script>document.title=2</script>',
      is_html: true,
      useridentifier: 'owner@example.com',
    })
    const asked = await newPage()
    await page.setExtraHTTPHeaders({ apikey: TEST_KEY })
    await page.goto(`${base}/api/v3/conversations/${conversationid}/messages/${body.messageid}/html`)
    expect(await page.locator('body').innerText()).toContain('Hello')
    expect(await page.title()).toBe('Message')
    expect(asked.filter((url) => !url.startsWith(base))).toEqual([])
    // The box has no origin: what ran in it could reach nothing of ours.
    expect(await page.evaluate('window.origin')).toBe('null')
  })
})
