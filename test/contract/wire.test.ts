// The checks that the other tests of this folder stand on must themselves be able to fail.
import { describe, expect, test } from 'vitest'
import { calls } from '../../contract/v1/calls.ts'
import { emptyLists, faults, readAnswer } from './wire.ts'

const tags = calls.find(({ method, path }) => method === 'GET' && path === '/api/tags')
const tag = calls.find(({ method, path }) => method === 'POST' && path === '/api/tags')
const messages = calls.find(
  ({ method, path }) => method === 'GET' && path === '/api/conversations/[conversationid]/messages',
)
if (!tags || !tag || !messages) throw new Error('calls.json has lost a call')

const created = { status: 'OK', statuscode: 0, id: 'a', name: 'b', color: 'c', bg_color: 'd' }

describe('the check of answers', () => {
  test('calls.json has the 72 calls, each once', () => {
    expect(new Set(calls.map(({ method, path }) => `${method} ${path}`)).size).toBe(72)
  })

  test('a field that is missing is named, in a list too', () => {
    expect(faults(tag, 'json', { ...created, name: undefined, color: null })).toEqual(['name is not a text: undefined'])
    expect(faults(tags, 'json', { tags: [{ id: 'a' }] })).toEqual(['tags[0].name is missing'])
    expect(faults(tags, 'json', {})).toEqual(['tags is missing'])
  })

  test('a number that is none of the documented ones is named', () => {
    expect(faults(tag, 'json', { ...created, id: 7 })).toContain('id is not a text: 7')
    expect(faults(tag, 'json', { ...created, more: 7 })).toEqual(['more is not a text'])
    expect(faults(tag, 'json', { ...created, statuscode: '0' })).toEqual(['statuscode is not the number 0'])
    expect(faults(tag, 'xml', { ...created, statuscode: '0' })).toEqual([])
  })

  test('a letter that is not documented and a date of another form are named', () => {
    const group = { messagegroupid: 'a', userid: 'b', rtype: '?', rstatus: 'V', datefinished: null, messages: [] }
    expect(faults(messages, 'json', { groups: [{ ...group, datecreated: '08/26/2014' }] })).toEqual([
      "groups[0].rtype has an undocumented value: '?'",
      "groups[0].datecreated is no datetime: '08/26/2014'",
    ])
  })

  test('XML lists are read by the name of their items, and the inner list is found', () => {
    const text = `<?xml version='1.0' encoding='utf-8'?>
<response>
 <groups>
  <group>
   <messagegroupid>a</messagegroupid>
   <messages>
    <message>
     <message> two  words </message>
    </message>
   </messages>
  </group>
 </groups>
</response>`
    expect(readAnswer(messages, 'xml', text)).toEqual({
      groups: [{ messagegroupid: 'a', messages: [{ message: ' two  words ' }] }],
    })
    expect(emptyLists(messages, { groups: [{ messages: [] }] })).toEqual(['messages'])
    expect(emptyLists(messages, { groups: [] })).toEqual(['groups', 'messages'])
  })
})
