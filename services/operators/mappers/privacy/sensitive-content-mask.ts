import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { type MaskingPlan, masking } from '../../masking/masking.ts'

const mask = (what: string) => z.boolean().default(true).describe(`whether ${what} are masked`)
const replacement = (byDefault: string, what: string) =>
  z.string().default(byDefault).describe(`what stands in place of ${what}`)

const parameters = commonParameters.extend({
  mask_mobile_phones: mask('Chinese mobile numbers, with or without +86,'),
  mask_telephones: mask('Chinese landline numbers with their area code'),
  mask_international_phones: mask('numbers with + and a country code, and North American ones in groups,'),
  mask_emails: mask('e-mail addresses'),
  mask_id_cards: mask('numbers of Chinese identity cards, 18 characters with a valid date and check character,'),
  mask_old_id_cards: z
    .boolean()
    .default(false)
    .describe('whether identity cards of 15 digits are masked too, which have no check digit'),
  mask_bank_cards: mask('numbers of bank cards, 13 to 19 digits with a valid check digit,'),
  mask_ips: mask('IPv4 and IPv6 addresses'),
  full_width: z
    .boolean()
    .default(true)
    .describe('whether fullwidth digits, letters and signs are read as the usual ones'),
  mobile_phone_replacement: replacement('[MOBILEPHONE]', 'a mobile number'),
  telephone_replacement: replacement('[TELEPHONE]', 'a landline number'),
  international_phone_replacement: replacement('[TELEPHONE]', 'a number of another country'),
  email_replacement: replacement('[EMAIL]', 'an e-mail address'),
  id_card_replacement: replacement('[IDNUM]', 'the number of an identity card'),
  bank_card_replacement: replacement('[BANKCARD]', 'the number of a bank card'),
  ip_replacement: replacement('[IP]', 'an IP address'),
})
type Parameters = z.infer<typeof parameters>

export default defineTextMapper({
  name: 'sensitive_content_mask_mapper',
  summary: 'Masks phone numbers, e-mail and IP addresses, and the numbers of identity and bank cards.',
  origin: 'LLM-Sensitive Content Mask of PAI-Designer',
  parameters,
  quirks: [
    'Where kinds overlap the first counts: e-mail, IP, identity card, bank card, mobile number, landline, other countries.',
    "Stricter than PAI's patterns: check digits and dates count, a neighbouring character is never swallowed, an e-mail address needs its dot.",
    'A number right beside a letter, digit or low line stays, and so does one that a dot or hyphen joins to other digits, or a sign of currency to money.',
    'Ten digits without signs are no North American number, and 00 is no country code but 0086.',
    'IPv4 addresses behind a word such as version, and IPv6 addresses of a prefix that is not in use, stay.',
  ],
  examples: [
    {
      title: 'masks phone numbers and e-mail addresses',
      text: 'Contact zhang.wei@company.com or call 13812345678, 010-62345678',
      expect: { text: 'Contact [EMAIL] or call [MOBILEPHONE], [TELEPHONE]' },
    },
    {
      title: 'masks cards with valid check digits',
      text: '身份证11010519491231002X，卡号6222 0202 0011 2233 446，编号6222020200112233447',
      expect: { text: '身份证[IDNUM]，卡号[BANKCARD]，编号6222020200112233447' },
    },
    {
      title: 'masks numbers of other countries',
      text: '+44 20 7946 0958, (212) 555-1234',
      expect: { text: '[TELEPHONE], [TELEPHONE]' },
    },
    {
      title: 'masks IP addresses, but no versions',
      text: '192.168.0.1 and fe80::1, version 1.2.3.4, 1.2.3.4.5',
      expect: { text: '[IP] and [IP], version 1.2.3.4, 1.2.3.4.5' },
    },
    {
      title: 'leaves other numbers alone',
      text: 'ISBN 978-7-111-12345-6, 2023-12-25, 3.13812345678, 913812345678',
      expect: { text: 'ISBN 978-7-111-12345-6, 2023-12-25, 3.13812345678, 913812345678' },
    },
    {
      title: 'reads fullwidth digits',
      text: '电话：１３８１２３４５６７８',
      expect: { text: '电话：[MOBILEPHONE]' },
    },
    {
      title: 'leaves out what is switched off, and takes other replacements',
      parameters: { mask_emails: false, mobile_phone_replacement: '<phone>' },
      text: 'a@b.org 13812345678',
      expect: { text: 'a@b.org <phone>' },
    },
  ],
  create(given) {
    const replace = masking({
      replacements: replacementsOf(given),
      oldIdCards: given.mask_old_id_cards,
      fullWidth: given.full_width,
    })
    return ({ value }) => replace(value)
  },
})

function replacementsOf(given: Parameters): MaskingPlan['replacements'] {
  return {
    ...(given.mask_emails ? { email: given.email_replacement } : {}),
    ...(given.mask_ips ? { ip: given.ip_replacement } : {}),
    ...(given.mask_id_cards ? { id_card: given.id_card_replacement } : {}),
    ...(given.mask_bank_cards ? { bank_card: given.bank_card_replacement } : {}),
    ...(given.mask_mobile_phones ? { mobile_phone: given.mobile_phone_replacement } : {}),
    ...(given.mask_telephones ? { telephone: given.telephone_replacement } : {}),
    ...(given.mask_international_phones ? { international_phone: given.international_phone_replacement } : {}),
  }
}
