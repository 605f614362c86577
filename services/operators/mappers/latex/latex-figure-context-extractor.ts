import { z } from 'zod'
import { type Change, defineSampleMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { citingParagraphs } from '../../latex/citations.ts'
import { withoutDisplays } from '../../latex/environments.ts'
import { type Figure, figuresOf } from '../../latex/figures.ts'
import { strip } from '../../text/python-strings.ts'

const CITATION_COMMANDS = ['\\ref', '\\cref', '\\Cref', '\\autoref']

const parameters = commonParameters.extend({
  citation_commands: z
    .array(z.string())
    .nullish()
    .describe('commands that cite a label; \\ref, \\cref, \\Cref and \\autoref when not given'),
  paragraph_separator: z.string().min(1).default('\n\n').describe('what stands between two paragraphs'),
  caption_key: z.string().default('caption').describe("field for a figure's caption"),
  label_key: z.string().default('label').describe("field for a figure's label"),
  context_key: z.string().default('citing_paragraphs').describe('field for the list of paragraphs that cite it'),
  parent_caption_key: z
    .string()
    .default('parent_caption')
    .describe('field for the caption of the figure that it is a part of'),
  parent_label_key: z
    .string()
    .default('parent_label')
    .describe('field for the label of the figure that it is a part of'),
  image_key: z.string().nullish().describe('field for the paths of its images; images when not given'),
})

export default defineSampleMapper({
  name: 'latex_figure_context_extractor_mapper',
  summary:
    'Makes a document of each figure in a LaTeX source, with its caption, its images and the paragraphs that cite it.',
  parameters,
  quirks: [
    'A document without a figure that has an image goes.',
    'Comments are read like the rest: a figure that is commented out counts.',
    'Parts of a figure come as environments first, then commands with a caption, then commands without one, whatever their order.',
    'White space before the first label of a citation hides it: \\ref{ a} does not cite a.',
  ],
  examples: [
    {
      title: 'finds the paragraphs that cite a figure',
      text: 'As \\ref{fig:a} shows.\n\n\\begin{figure}\\includegraphics{a.png}\\caption{A {big} mill}\\label{fig:a}\\end{figure}\n\nNot \\ref{fig:ab}.',
      expect: {
        documents: [
          {
            text: 'As \\ref{fig:a} shows.\n\n\\begin{figure}\\includegraphics{a.png}\\caption{A {big} mill}\\label{fig:a}\\end{figure}\n\nNot \\ref{fig:ab}.',
            images: ['a.png'],
            caption: 'A {big} mill',
            label: 'fig:a',
            citing_paragraphs: ['As \\ref{fig:a} shows.'],
            parent_caption: '',
            parent_label: '',
          },
        ],
      },
    },
    {
      title: 'makes a document of each part of a figure',
      text: '\\begin{figure}\\subfloat[L]{\\includegraphics{l.png}}\\subfloat{\\includegraphics{r.png}\\label{r}}\\caption{Both}\\label{f}\\end{figure}\n\nSee \\cref{f, r}.',
      expect: {
        documents: [
          { caption: 'L', images: ['l.png'], label: '', citing_paragraphs: ['See \\cref{f, r}.'], parent_label: 'f' },
          {
            caption: '',
            images: ['r.png'],
            label: 'r',
            citing_paragraphs: ['See \\cref{f, r}.'],
            parent_caption: 'Both',
          },
        ],
      },
    },
    {
      title: 'drops a text without figures',
      text: 'Only words, and \\includegraphics{logo.png} outside of a figure.',
      expect: { drop: 'nothing_left' },
    },
    {
      title: 'takes minipages side by side for figures, but not those with tables',
      text: '\\begin{figure*}\\begin{minipage}{5cm}\\includegraphics{a}\\caption{A}\\end{minipage}\\begin{minipage}{5cm}\\captionof{table}{T}\\includegraphics{b}\\end{minipage}\\end{figure*}',
      expect: { documents: [{ caption: 'A', images: ['a'], citing_paragraphs: [] }] },
    },
  ],
  create(given) {
    const commands = given.citation_commands ?? CITATION_COMMANDS
    return (subject) => {
      const source = subject.text().value
      const figures = figuresOf(source)
      if (figures.length === 0) return []
      const paragraphs = paragraphsOf(source, given.paragraph_separator)
      const citing = citingParagraphs(paragraphs, commands, labelsOf(figures))
      const cited = ({ label }: Figure) => (citing.get(label) ?? []).map((number) => paragraphs[number] ?? '')
      return figures.flatMap((figure): Change[] => {
        if (figure.parts.length === 0) return [{ fields: fieldsOf(figure, cited(figure), null, given) }]
        const whole = cited(figure)
        return figure.parts.map((part) => ({
          fields: fieldsOf(part, [...new Set([...whole, ...cited(part)])], figure, given),
        }))
      })
    }
  },
})

function paragraphsOf(source: string, separator: string): string[] {
  return withoutDisplays(source)
    .split(separator)
    .map(strip)
    .filter((paragraph) => paragraph !== '')
}

function labelsOf(figures: Figure[]): string[] {
  return figures.flatMap(({ label, parts }) => [label, ...parts.map((part) => part.label)])
}

type Parameters = z.infer<typeof parameters>

function fieldsOf(
  figure: Figure,
  paragraphs: string[],
  whole: Figure | null,
  keys: Parameters,
): NonNullable<Change['fields']> {
  return {
    [keys.caption_key]: figure.caption,
    [keys.image_key ?? 'images']: figure.images,
    [keys.label_key]: figure.label,
    [keys.context_key]: paragraphs,
    [keys.parent_caption_key]: whole?.caption ?? '',
    [keys.parent_label_key]: whole?.label ?? '',
  }
}
