import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { AclEntry, Admin } from 'kafkajs'
import { createClient } from '../../services/brokers/kafka/client.ts'
import { javaAvailable, kafkaJars } from '../../services/brokers/local/java.ts'
import { localPaths } from '../../services/brokers/local/paths.ts'
import { servesKafka } from '../../services/brokers/local/probe.ts'
import { freePort } from '../../services/brokers/local/server.ts'
import { certificateAuthority } from './certificates.ts'

const run = promisify(execFile)

/** Where the broker listens: each place wants something else of its clients. */
export type Place = 'open' | 'sasl' | 'saslPlaintext' | 'mutual' | 'otherHost' | 'expired'

/** How a place of the broker is secured: Kafka's name of the protocol, and the certificate that it shows. */
const PLACES: Record<Place, { protocol: string; certificate?: 'good' | 'otherHost' | 'expired' }> = {
  open: { protocol: 'PLAINTEXT' },
  sasl: { protocol: 'SASL_SSL', certificate: 'good' },
  saslPlaintext: { protocol: 'SASL_PLAINTEXT' },
  mutual: { protocol: 'SSL', certificate: 'good' },
  otherHost: { protocol: 'SASL_SSL', certificate: 'otherHost' },
  expired: { protocol: 'SASL_SSL', certificate: 'expired' },
}

/** A right of Kafka's: what may be done, to what. Names that end in `*` are prefixes. */
export interface Right {
  operation: 'Read' | 'Write' | 'Create' | 'Delete' | 'Describe' | 'IdempotentWrite'
  on: 'topic' | 'group' | 'transactional id' | 'cluster'
  name: string
}

/** A real Kafka with TLS, SASL and an authorizer that refuses whatever is not granted. */
export interface SecuredKafka {
  address: Record<Place, string>
  /** PEM files: the authority that signed for the broker, one that did not, and a client's own certificate. */
  files: { ca: string; strangeCa: string; clientCertificate: string; clientKey: string }
  /** Users that exist, with no right at all; the same with every mechanism. */
  users: string[]
  passwordOf(user: string): string
  /** The principal of the client certificate. */
  certificatePrincipal: string
  /** Settings of a client that trusts the broker and is this user. */
  settings(user: string, mechanism?: string): Record<string, string>
  allow(principal: string, rights: Right[]): Promise<void>
  deny(principal: string, rights: Right[]): Promise<void>
  /** Takes back every denial of this principal. */
  forgive(principal: string): Promise<void>
  close(): Promise<void>
}

const START_PATIENCE = 60_000
const USERS = 24
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']

/** Starts such a Kafka on the JVM, for one test file; null where there is no Java 17 with Maven. */
export async function securedKafka(): Promise<SecuredKafka | null> {
  if (!(await javaAvailable())) return null
  const jars = await kafkaJars(localPaths().root, () => undefined)
  const directory = mkdtempSync(join(tmpdir(), 'millrace-secured-'))
  const users = Array.from({ length: USERS }, (_, i) => `user-${i}`)
  const files = writeCertificates(directory)
  const ports = await freePorts([...placeNames(), 'controller'])
  const properties = join(directory, 'server.properties')
  writeFileSync(properties, propertiesOf({ directory, ports, users, files }))
  await format(directory, jars, users)
  const server = start(directory, jars)
  await untilServing(portOf(ports, 'open'), server, directory)
  const address = Object.fromEntries(placeNames().map((place) => [place, `127.0.0.1:${portOf(ports, place)}`]))
  return {
    ...administration(address.open ?? ''),
    address: address as Record<Place, string>,
    files,
    users,
    passwordOf,
    certificatePrincipal: 'User:CN=miller',
    settings: (user, mechanism = 'PLAIN') => ({
      MILLRACE_KAFKA_CA_FILE: files.ca,
      MILLRACE_KAFKA_SASL_MECHANISM: mechanism,
      MILLRACE_KAFKA_SASL_USERNAME: user,
      MILLRACE_KAFKA_SASL_PASSWORD: passwordOf(user),
    }),
    async close() {
      server.kill('SIGKILL')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function placeNames(): Place[] {
  return ['open', 'sasl', 'saslPlaintext', 'mutual', 'otherHost', 'expired']
}

function passwordOf(user: string): string {
  return `canary-of-${user}`
}

function portOf(ports: Map<string, number>, place: string): number {
  const port = ports.get(place)
  if (port === undefined) throw new Error(`no port for ${place}`)
  return port
}

async function freePorts(names: string[]): Promise<Map<string, number>> {
  const ports = new Map<string, number>()
  while (ports.size < names.length) {
    const port = await freePort(0)
    if (![...ports.values()].includes(port)) ports.set(names[ports.size] ?? '', port)
  }
  return ports
}

type Files = SecuredKafka['files'] & { keystores: Record<string, string> }

/** The keystores are PEM: the key, then its certificate. */
function writeCertificates(directory: string): Files {
  const authority = certificateAuthority('Test Authority')
  const write = (name: string, content: string) => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
  const keystore = (name: string, wish: { hosts: string[]; days?: [number, number] }) => {
    const { key, certificate } = authority.issue({ name: 'kafka', ...wish })
    return write(`${name}.pem`, `${key}${certificate}`)
  }
  const hosts = ['localhost', '127.0.0.1']
  const client = authority.issue({ name: 'miller' })
  return {
    ca: write('ca.pem', authority.certificate),
    strangeCa: write('strange-ca.pem', certificateAuthority('Strange Authority').certificate),
    clientCertificate: write('client.pem', client.certificate),
    clientKey: write('client-key.pem', client.key),
    keystores: {
      good: keystore('good', { hosts }),
      otherHost: keystore('other-host', { hosts: ['kafka.example'] }),
      expired: keystore('expired', { hosts, days: [-10, -1] }),
    },
  }
}

interface Installation {
  directory: string
  ports: Map<string, number>
  users: string[]
  files: Files
}

function propertiesOf({ directory, ports, users, files }: Installation): string {
  const address = (name: string) => `${name.toUpperCase()}://127.0.0.1:${portOf(ports, name)}`
  const all = placeNames()
  const controller = `127.0.0.1:${portOf(ports, 'controller')}`
  const protocols = all.map((place) => `${place.toUpperCase()}:${PLACES[place].protocol}`)
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.bootstrap.servers=${controller}`,
    `listeners=${[...all, 'controller'].map(address).join(',')}`,
    `advertised.listeners=${[...all, 'controller'].map(address).join(',')}`,
    'inter.broker.listener.name=OPEN',
    'controller.listener.names=CONTROLLER',
    `listener.security.protocol.map=CONTROLLER:PLAINTEXT,${protocols.join(',')}`,
    `log.dirs=${join(directory, 'data')}`,
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // Without a password one is ANONYMOUS: the broker to itself, and the test that sets the rights.
    'super.users=User:ANONYMOUS',
    `sasl.enabled.mechanisms=${MECHANISMS.join(',')}`,
    'listener.name.mutual.ssl.client.auth=required',
    ...all.flatMap((place) => listenerProperties(place, users, files)),
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=5',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=5',
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=1000',
    'auto.create.topics.enable=false',
    'num.network.threads=2',
    'num.io.threads=4',
    'log.cleaner.dedupe.buffer.size=16777216',
    '',
  ].join('\n')
}

function listenerProperties(place: Place, users: string[], files: Files): string[] {
  const { protocol, certificate } = PLACES[place]
  const prefix = `listener.name.${place.toLowerCase()}`
  const tls = certificate
    ? [
        `${prefix}.ssl.keystore.type=PEM`,
        `${prefix}.ssl.keystore.location=${files.keystores[certificate]}`,
        `${prefix}.ssl.truststore.type=PEM`,
        `${prefix}.ssl.truststore.location=${files.ca}`,
      ]
    : []
  if (!protocol.startsWith('SASL')) return tls
  const plain = users.map((user) => `user_${user}="${passwordOf(user)}"`).join(' ')
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return [
    ...tls,
    `${prefix}.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ${plain};`,
    `${prefix}.scram-sha-256.sasl.jaas.config=${scram}`,
    `${prefix}.scram-sha-512.sasl.jaas.config=${scram}`,
  ]
}

const LOGGING = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']

async function format(directory: string, jars: string, users: string[]): Promise<void> {
  // Two users are enough to see that SCRAM works; each takes the broker thousands of rounds of hashing.
  const scram = users
    .slice(0, 2)
    .flatMap((user) => [
      ...['--add-scram', `SCRAM-SHA-256=[name=${user},password=${passwordOf(user)}]`],
      ...['--add-scram', `SCRAM-SHA-512=[name=${user},password=${passwordOf(user)}]`],
    ])
  const tool = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', 'QmlsbHJhY2VUZXN0U2VjdQ', ...scram]
  await run('java', [
    '-Xmx256m',
    ...LOGGING,
    '-cp',
    join(jars, '*'),
    ...tool,
    '-c',
    join(directory, 'server.properties'),
  ])
}

function start(directory: string, jars: string): ChildProcess {
  mkdirSync(join(directory, 'data'), { recursive: true })
  const log = openSync(join(directory, 'kafka.log'), 'a')
  const server = spawn(
    'java',
    [
      '-Xmx512m',
      '-XX:TieredStopAtLevel=1',
      ...LOGGING,
      '-cp',
      join(jars, '*'),
      'kafka.Kafka',
      join(directory, 'server.properties'),
    ],
    { stdio: ['ignore', log, log], cwd: directory },
  )
  process.once('exit', () => server.kill('SIGKILL'))
  return server
}

async function untilServing(port: number, server: ChildProcess, directory: string): Promise<void> {
  const deadline = Date.now() + START_PATIENCE
  while (!(await servesKafka(port))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      throw new Error(`The secured Kafka does not serve; ${join(directory, 'kafka.log')} says why.`)
    }
    await sleep(100)
  }
}

async function rightsOf(admin: Admin, principal: string): Promise<unknown[]> {
  const any = { resourceType: ANY, resourcePatternType: ANY, permissionType: ANY, operation: ANY }
  const { resources } = await admin.describeAcls({ ...any, principal })
  return resources.flatMap(({ acls }) => acls)
}

/** Numbers of Kafka's protocol: org.apache.kafka.common.acl.AclOperation, AclPermissionType, and of ResourceType, PatternType. */
const OPERATIONS = { Read: 3, Write: 4, Create: 5, Delete: 6, Describe: 8, IdempotentWrite: 12 }
const RESOURCES = { topic: 2, group: 3, cluster: 4, 'transactional id': 5 }
const ANY = 1
const DENY = 2
const ALLOW = 3
const LITERAL = 3
const PREFIXED = 4

function administration(address: string): Pick<SecuredKafka, 'allow' | 'deny' | 'forgive'> {
  const set = async (permissionType: number, principal: string, rights: Right[]) => {
    const admin = createClient({ brokers: [address], env: {} }).kafka.admin()
    await admin.connect()
    const acl = rights.map(
      ({ operation, on, name }): AclEntry => ({
        principal,
        host: '*',
        permissionType,
        operation: OPERATIONS[operation],
        resourceType: RESOURCES[on],
        resourceName: name.replace(/\*$/, ''),
        resourcePatternType: name.endsWith('*') ? PREFIXED : LITERAL,
      }),
    )
    const before = (await rightsOf(admin, principal)).length
    await admin.createAcls({ acl })
    // The broker hears of them a moment after they are stored.
    while ((await rightsOf(admin, principal)).length < before + acl.length) await sleep(20)
    await admin.disconnect()
  }
  return {
    allow: (principal, rights) => set(ALLOW, principal, rights),
    deny: (principal, rights) => set(DENY, principal, rights),
    async forgive(principal) {
      const admin = createClient({ brokers: [address], env: {} }).kafka.admin()
      await admin.connect()
      const before = (await rightsOf(admin, principal)).length
      const denials = { resourceType: ANY, resourcePatternType: ANY, permissionType: DENY, operation: ANY, principal }
      const { filterResponses } = await admin.deleteAcls({ filters: [denials] })
      const gone = filterResponses.flatMap(({ matchingAcls }) => matchingAcls).length
      while ((await rightsOf(admin, principal)).length > before - gone) await sleep(20)
      await admin.disconnect()
    },
  }
}
