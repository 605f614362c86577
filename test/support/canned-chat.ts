import type { ChatMessage, ChatModels } from '../../topologies/effects.ts'

/** A model that answers what it is told to, in turn, and remembers what it was asked. Without further answers it says nothing. */
export class CannedChat {
  asked: ChatMessage[][] = []
  #answers: string[] = []

  /** Forgets what was, and answers this from now on. */
  answer(answers: readonly string[]): void {
    this.#answers = [...answers]
    this.asked = []
  }

  readonly models: ChatModels = () => ({
    ready: async () => undefined,
    ask: async (messages) => {
      this.asked.push(messages)
      return this.#answers.shift() ?? ''
    },
  })
}
