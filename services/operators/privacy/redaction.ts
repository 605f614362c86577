import { classify, Failure } from '../../../topologies/failure.ts'
import { isWrong } from '../text/python-atoms.ts'
import { expand, parseTemplate, substitution, unnamedGroups } from '../text/python-template.ts'
import { replaceMatches } from './matches.ts'
import { type Kind, RULES } from './rules.ts'

/** What is masked, and with what. */
export interface RedactionPlan {
  /** By the rules' `mask`. */
  masks: { [mask: string]: boolean }
  /** Templates of Python's, in which groups of the rule may be named. */
  replacements: Record<Kind, string>
  /** Patterns of Python's module re with their templates. */
  extra: [pattern: string, template: string][]
}

/** A text with its private data replaced; the same string when it holds none. */
export type Redact = (text: string) => string

/**
 * Builds the redaction of texts. A pattern that is wrong in Python too is passed over, as Data-Juicer does; one that cannot be
 * translated, and a template that is wrong, throw Failure `parameters_invalid`.
 */
export function redaction({ masks, replacements, extra }: RedactionPlan): Redact {
  const steps: Redact[] = RULES.filter(({ mask }) => masks[mask]).map(({ kind, groups, keepsFirst, find }) => {
    const written = (keepsFirst ? '\\1' : '') + replacements[kind]
    const template = parseTemplate(written, unnamedGroups(groups), 're')
    return (text) => replaceMatches(text, find, (match) => expand(template, match))
  })
  for (const [pattern, template] of extra) steps.push(...extraStep(pattern, template))
  return (text) => {
    if (text === '') return text
    let made = text
    for (const step of steps) made = step(made)
    return made
  }
}

function extraStep(pattern: string, template: string): Redact[] {
  try {
    return [substitution(pattern, template, 're')]
  } catch (thrown) {
    const failure = classify(thrown)
    if (isWrong(failure)) return []
    throw new Failure(failure.code, failure.message, { cause: thrown })
  }
}
