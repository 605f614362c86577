import { Failure } from '../../topologies/failure.ts'

/** Where models are asked when nobody names another place. */
const OPENAI = 'https://api.openai.com/v1'

export interface Trust {
  /** What the recipe allows: no endpoint of its own, any, or those of these hosts. */
  allowed: boolean | string[]
  /** OPENAI_BASE_URL of whoever runs the recipe, which needs no leave. */
  own: string | undefined
}

/**
 * The address to post to. Throws Failure `endpoints_not_allowed` where the recipe names it and may not, `parameters_invalid` for
 * what is no address.
 */
export function addressOf({ baseUrl, path }: { baseUrl: string | null; path: string }, trust: Trust): URL {
  const own = trust.own || OPENAI
  const isWhole = /^[a-z][a-z\d+.-]*:/i.test(path)
  const written = isWhole ? path : joined(baseUrl ?? own, path)
  const url = URL.canParse(written) ? new URL(written) : null
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Failure(
      'parameters_invalid',
      `${written} is no address of an endpoint: it must begin with https:// or http://.`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new Failure(
      'parameters_invalid',
      `The address of ${url.host} holds a password; name a variable by model_params.api_key.`,
    )
  }
  const isOwn = (!isWhole && baseUrl === null) || isOwnAddress(url, trust.own)
  if (!isOwn && !mayTalkTo(url, trust.allowed)) {
    throw new Failure(
      'endpoints_not_allowed',
      `The recipe sends documents to ${url.host}: set stream.allow_endpoints to [${url.hostname}] if you trust it.`,
    )
  }
  return url
}

/** Whether an address is of the endpoint of whoever runs the recipe. */
export function isOwnAddress(url: URL, own: string | undefined): boolean {
  const written = own || OPENAI
  return URL.canParse(written) && new URL(written).origin === url.origin
}

/** The address behind a base, whether or not slashes stand between them. */
export function joined(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`
}

function mayTalkTo({ host, hostname }: URL, allowed: Trust['allowed']): boolean {
  if (typeof allowed === 'boolean') return allowed
  return allowed.includes(hostname.replace(/^\[|\]$/g, '')) || allowed.includes(host)
}
