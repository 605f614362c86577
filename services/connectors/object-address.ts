/** How an object store is spoken to; what is not given comes from the environment, as for every tool of AWS. */
export interface StoreAccess {
  /** Address of a store that is not AWS's own, such as `http://localhost:9000`. */
  endpoint?: string | undefined
  region?: string | undefined
  accessKeyId?: string | undefined
  secretAccessKey?: string | undefined
  sessionToken?: string | undefined
  /** Requests are not signed: for public buckets. */
  anonymous?: boolean | undefined
}

const OBJECT = /^s3:\/\/([^/]+)\/?(.*)$/is

/** Whether a path is the address of an object: `s3://BUCKET/KEY`. */
export function isObject(path: string): boolean {
  return /^s3:\/\//i.test(path)
}

/** Bucket and key of an address; both empty where it is none. */
export function objectAddress(address: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = OBJECT.exec(address) ?? []
  return { bucket, key }
}
