import { findEmail, findIpv4, findIpv6, findMac, findUrl } from './addresses.ts'
import { findChannel, findId, findSecret } from './assignments.ts'
import { findJwt, findPem } from './keys.ts'
import type { Find } from './matches.ts'
import { findChineseCard, findChinesePhone, findFeishuId, findInternationalPhone, findPlatformId } from './numbers.ts'
import { findSharePath, findUnixPath, findWindowsPath } from './paths.ts'

/** The kinds of private data, each with a switch and a replacement of its own. */
export type Kind =
  | 'pem'
  | 'jwt'
  | 'url'
  | 'ip'
  | 'mac'
  | 'path'
  | 'email'
  | 'secret'
  | 'id'
  | 'channel_id'
  | 'phone'
  | 'id_card'

/** One thing that is looked for. */
export interface Rule {
  /** The parameter that switches it on. */
  mask: string
  /** Whose replacement it takes. */
  kind: Kind
  /** How many groups its match has. */
  groups: number
  /** The first group stays before the replacement. */
  keepsFirst: boolean
  find: Find
}

function rule(mask: string, kind: Kind, find: Find): Rule {
  return { mask, kind, find, groups: 0, keepsFirst: false }
}

/** All that is looked for, in Data-Juicer's order: what is found by one is replaced before the next looks. */
export const RULES: readonly Rule[] = [
  rule('mask_pem', 'pem', findPem),
  rule('mask_jwt', 'jwt', findJwt),
  rule('mask_urls', 'url', findUrl),
  rule('mask_ips', 'ip', findIpv4),
  rule('mask_ips', 'ip', findIpv6),
  rule('mask_macs', 'mac', findMac),
  { ...rule('mask_paths', 'path', findUnixPath), groups: 2, keepsFirst: true },
  { ...rule('mask_paths', 'path', findWindowsPath), groups: 2, keepsFirst: true },
  { ...rule('mask_paths', 'path', findSharePath), groups: 2, keepsFirst: true },
  rule('mask_emails', 'email', findEmail),
  { ...rule('mask_secrets', 'secret', findSecret), groups: 2, keepsFirst: true },
  { ...rule('mask_ids', 'id', findId), groups: 1, keepsFirst: true },
  { ...rule('mask_channel_ids', 'channel_id', findChannel), groups: 2, keepsFirst: true },
  rule('mask_platform_open_ids', 'channel_id', findFeishuId),
  { ...rule('mask_platform_open_ids', 'channel_id', findPlatformId), groups: 1 },
  rule('mask_phones', 'phone', findChinesePhone),
  rule('mask_phones', 'phone', findInternationalPhone),
  rule('mask_id_cards', 'id_card', findChineseCard),
]
