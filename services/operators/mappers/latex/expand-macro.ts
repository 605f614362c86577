import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { Commands } from '../../latex/commands.ts'
import { isOfName, limitGrowth, macrosOf } from '../../latex/macros.ts'

/** So many macros are looked for in the text one by one; for more of them it is taken apart, which costs as much as ten. */
const FEW = 10

export default defineTextMapper({
  name: 'expand_macro_mapper',
  summary: 'Puts the values of LaTeX macros without arguments in the place of their names.',
  parameters: commonParameters,
  quirks: [
    'The name in the definition itself is replaced too.',
    'A name at the very end of the text stays, and so does the second of two that follow each other directly.',
    'A definition counts only when the closing brace of its value ends the line.',
    'A text that its macros make 16 Mi characters longer fails; Data-Juicer runs on until memory ends.',
  ],
  examples: [
    {
      title: 'expands a new command, in its definition too',
      text: '\\newcommand{\\eg}{e.g.}\nx, \\eg y',
      expect: { text: '\\newcommand{e.g.}{e.g.}\nx, e.g. y' },
    },
    {
      title: 'expands a definition, and leaves longer names',
      text: '\\def\\R{\\mathbb{R}}\n$\\R$ \\Re',
      expect: { text: '\\def\\mathbb{R}{\\mathbb{R}}\n$\\mathbb{R}$ \\Re' },
    },
    {
      title: 'misses the second of two in a row, and one at the end',
      text: '\\def\\a{b}\n\\a\\a \\a',
      expect: { text: '\\defb{b}\nb\\a \\a' },
    },
    {
      title: 'leaves macros with arguments',
      text: '\\newcommand{\\v}[1]{x#1}\n\\v{1}',
      expect: { text: '\\newcommand{\\v}[1]{x#1}\n\\v{1}' },
    },
    {
      title: 'needs the definition to end its line',
      text: '\\def\\a{b} % c\n\\a.',
      expect: { text: '\\def\\a{b} % c\n\\a.' },
    },
  ],
  create:
    () =>
    ({ value }) => {
      const macros = macrosOf(value)
      return macros.size > FEW ? expandAtOnce(value, macros) : expandOneByOne(value, macros)
    },
})

function expandAtOnce(text: string, macros: Map<string, string>): string {
  const commands = new Commands(text, macros.keys())
  for (const [name, value] of macros) commands.replace(name, value)
  return commands.toString()
}

function expandOneByOne(text: string, macros: Map<string, string>): string {
  let expanded = text
  for (const [name, value] of macros) expanded = expand(expanded, `\\${name}`, value)
  return expanded
}

/** The value in place of the command wherever a character follows that is of no name; that character is passed over. */
function expand(text: string, command: string, value: string): string {
  let made = ''
  let from = 0
  for (let at = text.indexOf(command); at >= 0; at = text.indexOf(command, at + 1)) {
    const end = at + command.length
    if (end >= text.length || isOfName(text.charCodeAt(end))) continue
    made += text.slice(from, at) + value
    limitGrowth(made.length - end)
    from = end
    at = end
  }
  return from === 0 ? text : made + text.slice(from)
}
