// Mailing lists (RFC 2919, RFC 2369) and newsletters.
import { headerOf } from './header-lookup.ts'
import { given, type Known, type Verdict } from './known-mail.ts'

export function list(known: Known): Verdict | undefined {
  const said =
    given(known, 'list-post', /^(?!\s*no\b)./i) ??
    given(known, 'mailing-list', /./) ??
    given(known, 'x-mailing-list', /./) ??
    given(known, 'x-beenthere', /./) ??
    given(known, 'x-mailman-version', /./) ??
    given(known, 'x-list-id', /./) ??
    given(known, 'x-listname', /./) ??
    given(known, 'precedence', /^list\b/i)
  if (said !== undefined) return { kind: 'list', reason: said }
  // Majordomo and its kind.
  const owner = /bulk/i.test(headerOf(known, 'precedence') ?? '')
    ? given(known, 'sender', /\bowner-|-(owner|admin|bounces?|request)@/i)
    : undefined
  if (owner !== undefined) return { kind: 'list', reason: owner }
  // Newsletters have a List-Id as well; what they are is said beside it.
  const id = given(known, 'list-id', /./)
  return id !== undefined && bulk(known) === undefined ? { kind: 'list', reason: id } : undefined
}

export function bulk(known: Known): Verdict | undefined {
  const said =
    given(known, 'precedence', /^(bulk|junk|mass)/i) ??
    given(known, 'list-unsubscribe', /./) ??
    given(known, 'list-unsubscribe-post', /./) ??
    given(known, 'x-campaign', /./) ??
    given(known, 'x-campaignid', /./) ??
    given(known, 'x-mailchimp-id', /./) ??
    given(known, 'x-mc-user', /./) ??
    given(known, 'feedback-id', /./) ??
    given(known, 'x-csa-complaints', /./)
  return said === undefined ? undefined : { kind: 'bulk', reason: said }
}
