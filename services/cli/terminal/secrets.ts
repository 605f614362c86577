import { readFileSync } from 'node:fs'

type Environment = Record<string, string | undefined>

/** Names of settings that hold a secret; with _FILE behind them, the path of a file that does. */
const SECRET = /^MILLRACE_.*(PASSWORD|SECRET|TOKEN)$|^(?:OPENAI_API_KEY|MILLRACE_ENDPOINT_[A-Z0-9_]*KEY)$/
/** Holds a password when it is of the form `http://user:password@host`. */
const REGISTRY = 'MILLRACE_REGISTRY'
const MASK = '***'
/** Shorter ones are no secrets, and masking them would tear words apart. Characters. */
const SHORTEST = 4

let own: string[] | null = null

/** A text with *** wherever a secret of this process' environment stands, plain or in a form in which it travels. */
export function withoutSecrets(text: string, env?: Environment): string {
  const forms = env ? secretForms(env) : ownForms()
  return forms.reduce((masked, form) => (masked.includes(form) ? masked.replaceAll(form, MASK) : masked), text)
}

/** The environment for code that is not ours: all but the secrets. */
export function openEnvironment(env: Environment = process.env): Environment {
  const open = Object.entries(env).filter(([name]) => !SECRET.test(name.replace(/_FILE$/, '')))
  return Object.fromEntries(open.filter(([name, value]) => name !== REGISTRY || registryOf(value)?.password === ''))
}

function ownForms(): string[] {
  own ??= secretForms(process.env)
  return own
}

/** Longest first, so that no shorter one takes a longer one apart. */
function secretForms(env: Environment): string[] {
  const found = Object.entries(env).flatMap(([name, value]) => (value ? secretsIn(name, value) : []))
  const forms = found.filter((secret) => secret.length >= SHORTEST).flatMap(formsOf)
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

function secretsIn(name: string, value: string): string[] {
  if (SECRET.test(name)) return [value]
  if (SECRET.test(name.replace(/_FILE$/, ''))) return [contentOf(value), contentOf(value).trim()]
  if (name !== REGISTRY) return []
  const { username, password } = registryOf(value) ?? { username: '', password: '' }
  return password === '' ? [] : [password, Buffer.from(`${username}:${password}`).toString('base64')]
}

function registryOf(value = ''): { username: string; password: string } | null {
  if (!URL.canParse(value)) return null
  const { username, password } = new URL(value)
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) }
}

/** A file that cannot be read holds no secret that could leak; whoever needs it says so. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch {
    return ''
  }
}

/** As it is, within JSON, within a URL, and in Base64. */
function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]
}
