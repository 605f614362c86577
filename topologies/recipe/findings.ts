import type { Mistake } from './mistakes.ts'
import { type Fault, type Note, type Path, pathText, type Remark } from './problem.ts'
import { keyPlaceOf, nodeAt, placeOf, type YamlNode } from './yaml/node.ts'

/** A recipe's tree and what its readers find in it, each finding with its place. */
export interface Findings {
  readonly root: YamlNode
  readonly faults: Fault[]
  readonly remarks: Remark[]
  /** The value under a path; undefined when the recipe has none there. */
  value(path: Path): unknown
  /** Something is wrong with the value under a path. */
  fault(path: Path, message: string, hint?: { hint?: string }): void
  /** What a schema has against the value under a path. */
  mistake(path: Path, mistake: Mistake): void
  /** What is made of a key that is in order. */
  remark(path: Path, treatment: Note['treatment'], reason: string): void
}

/** Collects findings on a recipe. */
export function findingsOn(root: YamlNode): Findings {
  const faults: Fault[] = []
  const remarks: Remark[] = []
  return {
    root,
    faults,
    remarks,
    value: (path) => nodeAt(root, path)?.value,
    fault: (path, message, hint = {}) =>
      void faults.push({ ...placeOf(root, path), path: pathText(path), message, ...hint }),
    mistake: (path, { path: below, message, key, hint }) => {
      const whole = [...path, ...below]
      const place = key ? keyPlaceOf(root, whole) : placeOf(root, whole)
      faults.push({ ...place, path: pathText(whole), message, ...(hint === undefined ? {} : { hint }) })
    },
    remark: (path, treatment, reason) =>
      void remarks.push({ ...keyPlaceOf(root, path), path: pathText(path), treatment, reason }),
  }
}
