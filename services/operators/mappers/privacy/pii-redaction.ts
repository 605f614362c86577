import { z } from 'zod'
import type { Exact } from '../../../../schemas/json/exact.ts'
import { classify } from '../../../../topologies/failure.ts'
import { type Change, defineSampleMapper, type Subject } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { type Redact, type RedactionPlan, redaction } from '../../privacy/redaction.ts'
import { type Fields, redactMember } from '../../privacy/sample-walk.ts'
import { losesSpelling } from '../../python/values.ts'

const mask = (what: string, byDefault = true) => z.boolean().default(byDefault).describe(`whether ${what} are replaced`)
const replacement = (byDefault: string, what: string) =>
  z.string().default(byDefault).describe(`what stands in place of ${what}, as a template of Python's`)

const own = commonParameters.extend({
  mask_paths: mask('paths of Unix and Windows'),
  mask_emails: mask('e-mail addresses'),
  mask_secrets: mask('values of passwords, tokens and keys'),
  mask_ids: mask('values of session, user, request and trace ids'),
  mask_phones: mask('phone numbers'),
  mask_id_cards: mask('numbers of Chinese identity cards'),
  mask_channel_ids: mask('names of channels'),
  mask_platform_open_ids: mask('open ids of Feishu, DingTalk and WeCom'),
  mask_pem: mask('PEM blocks'),
  mask_jwt: mask('JSON web tokens'),
  mask_urls: mask('addresses of http and https', false),
  mask_ips: mask('IPv4 addresses, and IPv6 addresses in brackets,'),
  mask_macs: mask('MAC addresses'),
  path_replacement: replacement('[PATH_REDACTED]', 'a path'),
  email_replacement: replacement('[EMAIL_REDACTED]', 'an e-mail address'),
  secret_replacement: replacement('[REDACTED]', 'a secret'),
  id_replacement: replacement('[ID_REDACTED]', 'the sign and the value behind the name of an id'),
  phone_replacement: replacement('[PHONE_REDACTED]', 'a phone number'),
  id_card_replacement: replacement('[ID_CARD_REDACTED]', 'the number of an identity card'),
  channel_id_replacement: replacement('[CHANNEL_ID_REDACTED]', 'a channel or an open id'),
  pem_replacement: replacement('[PEM_REDACTED]', 'a PEM block'),
  jwt_replacement: replacement('[JWT_REDACTED]', 'a JSON web token'),
  url_replacement: replacement('[URL_REDACTED]', 'an address'),
  ip_replacement: replacement('[IP_REDACTED]', 'an IP address'),
  mac_replacement: replacement('[MAC_REDACTED]', 'a MAC address'),
  extra_patterns: z
    .array(z.tuple([z.string(), z.string()]))
    .nullable()
    .default(null)
    .describe("more to replace at the end: pairs of a regular expression of Python's module re and a template"),
  redact_keys: z
    .array(z.string())
    .nullable()
    .default(null)
    .describe('fields that are redacted; the text, query, response, dialog_history and messages when not given'),
  messages_key: z.string().nullable().default('messages').describe('the field among them that is a list of messages'),
})
type Parameters = z.infer<typeof own>

const parameters = own.superRefine((given, context) => {
  try {
    redaction(planOf(given))
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: classify(thrown).message.replace(/\.$/, '') })
  }
})

export default defineSampleMapper({
  name: 'pii_redaction_mapper',
  summary: 'Replaces private data: paths, addresses, secrets, ids, phone numbers and more.',
  parameters,
  quirks: [
    'Of an id, the sign and the blanks between name and value go too: "user_id: 7" becomes "user_id[ID_REDACTED]".',
    'Whatever fields are named, every string in a list is redacted, however deep, and every string under file_path, path, file, arguments and file_paths.',
    'A pair in dialog_history loses what stands behind its second item.',
    'Extra patterns that are wrong are passed over.',
  ],
  examples: [
    {
      title: 'replaces addresses, paths and secrets',
      text: 'Write to jane@mail.org, see /home/jane/notes.txt; password: "hunter2", host 10.0.0.7',
      expect: {
        text: 'Write to [EMAIL_REDACTED], see [PATH_REDACTED] password: "[REDACTED]", host [IP_REDACTED]',
      },
    },
    {
      title: 'replaces ids with what stands before them',
      text: 'user_id: 4711 called +49-1511234567',
      expect: { text: 'user_id[ID_REDACTED] called [PHONE_REDACTED]' },
    },
    {
      title: 'leaves addresses of the web alone unless it is asked',
      text: 'https://example.org/a?b=c',
      expect: { text: 'https://example.org/a?b=c' },
    },
    {
      title: 'replaces what a pattern of the user matches',
      parameters: { mask_emails: false, extra_patterns: [['ticket-(\\d+)', 'ticket-[\\1]']] },
      text: 'a@b.org has ticket-12',
      expect: { text: 'a@b.org has ticket-[12]' },
    },
    {
      title: 'looks into messages',
      text: 'hello',
      fields: { messages: [{ role: 'user', content: 'I am at 192.168.1.10' }] },
      expect: {
        documents: [{ text: 'hello', messages: [{ role: 'user', content: 'I am at [IP_REDACTED]' }] }],
      },
    },
  ],
  create(given) {
    const redact = redaction(planOf(given))
    return (subject) => [redacted(subject, redact, fieldsOf(given, subject.textKey))]
  },
})

function planOf(given: Parameters): RedactionPlan {
  const masks = Object.entries(given).flatMap(([key, value]) => (typeof value === 'boolean' ? [[key, value]] : []))
  return {
    masks: Object.fromEntries(masks),
    replacements: {
      pem: given.pem_replacement,
      jwt: given.jwt_replacement,
      url: given.url_replacement,
      ip: given.ip_replacement,
      mac: given.mac_replacement,
      path: given.path_replacement,
      email: given.email_replacement,
      secret: given.secret_replacement,
      id: given.id_replacement,
      channel_id: given.channel_id_replacement,
      phone: given.phone_replacement,
      id_card: given.id_card_replacement,
    },
    extra: given.extra_patterns ?? [],
  }
}

function fieldsOf({ redact_keys: keys, messages_key: messages }: Parameters, textKey: string): Fields {
  return { keys: keys ?? [textKey, 'query', 'response', 'dialog_history', 'messages'], messages }
}

/** What changes in a sample. Values keep the spelling of their numbers. */
function redacted(subject: Subject, redact: Redact, fields: Fields): Change {
  const changes: { [key: string]: Exact } = {}
  for (const key of subject.keys()) {
    const value = subject.field(key) ?? null
    let made = redactMember(key, value, redact, fields)
    if (made === value) continue
    if (losesSpelling(value)) made = redactMember(key, subject.exact(key) ?? null, redact, fields)
    changes[key] = made
  }
  return { fields: changes }
}
