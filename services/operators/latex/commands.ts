import { isOfName, limitGrowth } from './macros.ts'

/** A backslash with the ASCII letters and digits right behind it, and all up to the next backslash. */
interface Command {
  name: string
  tail: string
  /** Null for the first of the chain only. */
  previous: Command | null
  next: Command | null
}

/** A macro's value, taken apart at its backslashes. */
interface Value {
  length: number
  lead: string
  commands: Pick<Command, 'name' | 'tail'>[]
}

/**
 * A LaTeX document as a chain of its commands, so that replacing a macro costs as much as it occurs, whatever the size of
 * the document.
 */
export class Commands {
  /** What stands before the first backslash, as the tail of a command that is none. */
  readonly #first: Command
  /** Commands by the names that are of interest; some may have another name by now. */
  readonly #named: Map<string, Command[]>
  #growth = 0

  constructor(text: string, names: Iterable<string>) {
    this.#named = new Map(Array.from(names, (name) => [name, []]))
    const value = takeApart(text)
    this.#first = { name: '', tail: value.lead, previous: null, next: null }
    this.#insert(this.#first, value)
  }

  /**
   * Puts `value` in place of each command `name` that any character follows. Of commands that follow each other directly only
   * each second one is replaced, starting with the first. Throws Failure `operator_failed` when the text becomes too long.
   */
  replace(name: string, value: string): void {
    const parts = takeApart(value)
    const found = (this.#named.get(name) ?? []).filter((command) => command.name === name)
    const chosen = found
      .filter((command) => !touches(command.previous, name))
      .flatMap((start) => everySecond(start, name))
    for (const command of chosen) this.#expand(command, parts)
  }

  toString(): string {
    const parts = [this.#first.tail]
    for (let command = this.#first.next; command; command = command.next) parts.push(command.name + command.tail)
    return parts.join('\\')
  }

  #expand(command: Command, value: Value): void {
    this.#growth += value.length - command.name.length - 1
    limitGrowth(this.#growth)
    const { previous, next, tail } = command
    if (!previous) return
    previous.next = next
    if (next) next.previous = previous
    this.#append(previous, value.lead)
    this.#append(this.#insert(previous, value), tail)
  }

  /** Puts the commands of a value behind a command; the last of them, or the command itself when there are none. */
  #insert(command: Command, value: Value): Command {
    const { next } = command
    let last = command
    for (const { name, tail } of value.commands) {
      const added: Command = { name, tail, previous: last, next: null }
      last.next = added
      last = added
      this.#named.get(name)?.push(added)
    }
    last.next = next
    if (next) next.previous = last
    return last
  }

  /** Puts text without a backslash behind a command, whose name it may make longer. */
  #append(command: Command, text: string): void {
    const end = command.tail === '' && command !== this.#first ? endOfName(text) : 0
    command.tail += text.slice(end)
    if (end === 0) return
    command.name += text.slice(0, end)
    this.#named.get(command.name)?.push(command)
  }
}

function takeApart(text: string): Value {
  const [lead = '', ...pieces] = text.split('\\')
  const commands = pieces.map((piece) => {
    const end = endOfName(piece)
    return { name: piece.slice(0, end), tail: piece.slice(end) }
  })
  return { length: text.length, lead, commands }
}

function endOfName(text: string): number {
  let end = 0
  while (isOfName(text.charCodeAt(end))) end++
  return end
}

/** The command has the name, and another command follows it directly. */
function touches(command: Command | null, name: string): boolean {
  return command?.name === name && command.tail === ''
}

/** Of commands of one name without anything between them, the first, third and so on, if anything follows. */
function everySecond(start: Command, name: string): Command[] {
  const chosen: Command[] = []
  let odd = true
  for (let command: Command | null = start; command?.name === name; command = command.tail ? null : command.next) {
    if (odd && (command.tail || command.next)) chosen.push(command)
    odd = !odd
  }
  return chosen
}
