import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'

const APPENDIX = '\\appendix'
const FILE = '\\bibliography{'
const COMMAND = /\\(?:appendix|begin\{(?:references|REFERENCES|thebibliography)\}|bibliography\{)/

export default defineTextMapper({
  name: 'remove_bibliography_mapper',
  summary: 'Cuts a LaTeX document from its bibliography or appendix on.',
  parameters: commonParameters,
  quirks: [
    'All that follows goes, further sections too.',
    'A command that only begins like one of these cuts as well, such as \\appendixname; \\bibliographystyle does not.',
  ],
  examples: [
    {
      title: 'cuts at the bibliography',
      text: 'End.\n\\bibliography{refs}\n\\end{document}',
      expect: { text: 'End.\n' },
    },
    { title: 'cuts at the appendix', text: 'End. \\appendix\n\\section{Proofs}', expect: { text: 'End. ' } },
    {
      title: 'cuts at a list of references',
      text: 'End.\\begin{thebibliography}{9}\\bibitem{a}',
      expect: { text: 'End.' },
    },
    {
      title: 'keeps the choice of a style',
      text: '\\bibliographystyle{plain} Text',
      expect: { text: '\\bibliographystyle{plain} Text' },
    },
    { title: 'needs the brace to close', text: 'a \\bibliography{refs', expect: { text: 'a \\bibliography{refs' } },
  ],
  create: () => (text) => {
    const end = startOfBibliography(text.value)
    return end < 0 ? text.value : text.value.slice(0, end)
  },
})

/** Where the first of the commands stands; -1 when there is none. A file must be closed; when none is, no environment can be. */
function startOfBibliography(text: string): number {
  const start = text.search(COMMAND)
  if (start < 0 || !text.startsWith(FILE, start)) return start
  return text.includes('}', start) ? start : text.indexOf(APPENDIX, start)
}
