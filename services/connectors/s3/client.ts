import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { Failure } from '../../../topologies/failure.ts'
import type { StoreAccess } from '../object-address.ts'

const clients = new Map<string, Promise<S3Client>>()

/** The client for a way of access; one for each, loaded when the first object is asked for. */
export function clientFor(access: StoreAccess = {}): Promise<S3Client> {
  const settings = withEnvironment(access)
  const key = JSON.stringify(settings)
  const known = clients.get(key) ?? open(settings)
  clients.set(key, known)
  return known
}

/** The environment comes before the recipe, as in Data-Juicer. */
function withEnvironment(access: StoreAccess): StoreAccess {
  const { env } = process
  return {
    ...access,
    endpoint: env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL ?? access.endpoint,
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? access.region ?? 'us-east-1',
    accessKeyId: env.AWS_ACCESS_KEY_ID || access.accessKeyId,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY || access.secretAccessKey,
    sessionToken: env.AWS_SESSION_TOKEN || access.sessionToken,
  }
}

async function open(access: StoreAccess): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3')
  const { endpoint, region = 'us-east-1', accessKeyId, secretAccessKey, sessionToken } = access
  const settings: S3ClientConfig = {
    region,
    // Stores other than AWS's own do not all know the newer checksums, nor buckets as host names.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  }
  if (access.anonymous) {
    return new S3Client({ ...settings, signer: { sign: async (request) => request }, credentials: NOBODY })
  }
  if (accessKeyId === undefined || secretAccessKey === undefined) return new S3Client(settings)
  const token = sessionToken === undefined ? {} : { sessionToken }
  return new S3Client({ ...settings, credentials: { accessKeyId, secretAccessKey, ...token } })
}

const NOBODY = { accessKeyId: '', secretAccessKey: '' }
const ABSENT = new Set(['NoSuchKey', 'NotFound', 'NoSuchBucket'])

/** An error of the store as a Failure: `input_missing` where asking again is of no use, else `store_unreachable`. */
export function storeFailure(address: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause
  const { name, status } = nameOf(cause)
  if (ABSENT.has(name) || status === 404)
    return new Failure('input_missing', `There is no object ${address}.`, { cause })
  if (status === 412) {
    return new Failure('input_corrupt', `${address} was replaced while it was read; run again.`, { cause })
  }
  if (status === 401 || status === 403 || name === 'CredentialsProviderError') {
    return new Failure('input_missing', `${address} may not be read; look at the AWS credentials (${name}).`, { cause })
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return new Failure('input_missing', `${address} cannot be read: the store answers ${status} (${name}).`, { cause })
  }
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure('store_unreachable', `${address} cannot be read: ${why}`, { cause })
}

function nameOf(cause: unknown): { name: string; status: number | undefined } {
  if (!(cause instanceof Error)) return { name: '', status: undefined }
  const metadata = '$metadata' in cause ? cause.$metadata : undefined
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined
  return { name: cause.name, status: typeof status === 'number' ? status : undefined }
}
