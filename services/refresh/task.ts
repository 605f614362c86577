import type { Document } from '../../schemas/document.ts'
import type { FeedLine } from '../pipeline/feed.ts'
import type { RunParts } from '../pipeline/run.ts'
import type { Subject } from './manifest.ts'
import type { Rendered } from './parts.ts'

/** All that a refresh is made with. */
export interface RefreshTask extends Pick<RunParts, 'broker' | 'topology' | 'codec' | 'launch' | 'log' | 'signal'> {
  name: string
  /** What it is to be made of. Assets are read only when it is not done yet. */
  subject(options: { assets: boolean }): Promise<Subject>
  /** The samples of all sources, in the same order whenever they are read. */
  lines(): Promise<AsyncIterable<FeedLine[]>>
  /** The source of what comes from this place; null for a place of none. */
  sourceOf(place: string): string | null
  /** Where the files and the manifest go. */
  directory: string
  render(document: Document): Rendered
  now(): number
  onProgress: RunParts['onProgress']
}
