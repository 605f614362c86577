import { z } from 'zod'
import type { Exact } from '../../../schemas/json/exact.ts'
import type { ChatMessage } from '../../../topologies/effects.ts'
import type { BatchMapper, Subject } from '../../../topologies/operator.ts'
import { commonParameters } from '../../../topologies/parameters.ts'
import { type Asking, askingMapper, askUntilUsable } from './asking.ts'
import { hasTags, required, tagged } from './fields.ts'
import { askingParameters, modelName } from './parameters.ts'

/** The parameters of mappers that tag a text with what a model finds in it, but for their own. */
export const extractingParameters = commonParameters.extend({
  api_model: modelName('gpt-4o'),
  drop_text: z.boolean().default(false).describe('whether the text is taken out of the sample'),
  ...askingParameters,
})

/** What all of them say of themselves. */
export const EXTRACTION_QUIRKS = [
  'A sample that has the tags already is not looked at.',
  'With drop_text the text goes; Data-Juicer leaves it, unless it makes several samples of one.',
  'Where the endpoint fails, the document fails and is tried again; Data-Juicer takes that for an answer of no use.',
]

export interface Extraction<T> {
  asking: Asking
  /** Tags that are written; a sample that has them all is left as it is. */
  tags: string[]
  dropText: boolean
  messages(text: Exact, subject: Subject): ChatMessage[]
  read(answer: string): T | null
  isUsable(found: T): boolean
  /** The tags' values, where nothing of use was found for null. */
  tagsOf(found: T | null): { [name: string]: Exact }
}

/** A mapper that tags a text with what the model finds in it. */
export function extracting<T>(extraction: Extraction<T>): BatchMapper {
  const { asking, tags, dropText, messages, read, isUsable, tagsOf } = extraction
  return askingMapper(asking, async (subject) => {
    if (hasTags(subject, tags)) return [{}]
    const found = await askUntilUsable(asking, messages(required(subject, subject.textKey), subject), {
      read,
      isUsable,
    })
    const usable = found !== null && isUsable(found) ? found : null
    return [tagged(subject, tagsOf(usable), dropText)]
  })
}

/** A text as it stands in most questions. */
export const TEXT_TEMPLATE = '# 文本\n```\n{text}\n```\n'
