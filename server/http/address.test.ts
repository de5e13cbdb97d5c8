import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isV1, normalise } from './address.ts'

describe('the address forms of API v1', () => {
  test.each([
    ['/api/tags', '/api/tags', 'json'],
    ['/api/tags/', '/api/tags', 'json'],
    ['/api/tags.xml', '/api/tags', 'xml'],
    ['/api/tags/.yaml?apikey=k', '/api/tags?apikey=k', 'yaml'],
    ['/api/tags.json?&apikey=k', '/api/tags?&apikey=k', 'json'],
    ['/api//conversations//a1/messages', '/api/conversations/a1/messages', 'json'],
    ['//api/tags?apikey=k', '/api/tags?apikey=k', 'json'],
    ['///api//tags.xml', '/api/tags', 'xml'],
    ['//api/index.php?handler=tags', '/api/tags?handler=tags', 'json'],
    ['//api/v3/tags', '/api/v3/tags', 'json'],
    ['/api/agents/john@agent.com', '/api/agents/john@agent.com', 'json'],
    ['/api/agents/john@agent.com.xml', '/api/agents/john@agent.com', 'xml'],
    ['/api/index.php?handler=tags%2F&apikey=k', '/api/tags?handler=tags%2F&apikey=k', 'json'],
    [
      '/api/index.php?handler=conversations%2Fcid1%2Fmessages',
      '/api/conversations/cid1/messages?handler=conversations%2Fcid1%2Fmessages',
      'json',
    ],
    ['/api/index.php?&apikey=k&handler=tags.xml', '/api/tags?&apikey=k&handler=tags.xml', 'xml'],
    [
      '/api/index.php?handler=customers%2Fa%252Bb%40x.com',
      '/api/customers/a%2Bb%40x.com?handler=customers%2Fa%252Bb%40x.com',
      'json',
    ],
    ['/api/index.php?handler=tags%3Fx%23y', '/api/tags%3Fx%23y?handler=tags%3Fx%23y', 'json'],
  ])('%s is %s in %s', (url, expected, format) => {
    expect(normalise(url)).toEqual({ url: expected, format })
  })

  test('end where our own API begins', () => {
    for (const url of ['/api/v3/openapi.json', '/api/docs', '/api/docs/', '/scripts/file.php?file=1', '/']) {
      expect(isV1(url)).toBe(false)
      expect(normalise(url)).toEqual({ url, format: 'json' })
    }
  })

  test('are one call, whatever resource and format', () => {
    const segment = fc.stringMatching(/^[a-zA-Z0-9@_-]{1,12}$/)
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('json', 'xml', 'yaml'),
        (segments, format) => {
          const resource = segments.join('/')
          const path = segments.map(encodeURIComponent).join('/')
          const handler = `/api/index.php?handler=${encodeURIComponent(`${resource}.${format}`)}`
          const forms = [`/api/${path}.${format}`, `/api/${path}/.${format}`, `/api/${path}.${format}/`, handler]
          const results = forms.map((form) => normalise(form))
          expect(new Set(results.map(({ url }) => decodeURIComponent(url.split('?')[0] ?? '')))).toEqual(
            new Set([`/api/${resource}`]),
          )
          expect(new Set(results.map((result) => result.format))).toEqual(new Set([format]))
        },
      ),
    )
  })

  test('never throw, and never leave /api, whatever comes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const url of [`/api/${text}`, `/api/index.php?handler=${text}`]) {
          if (isV1(url)) expect(normalise(url).url.startsWith('/api/')).toBe(true)
        }
      }),
    )
  })
})
