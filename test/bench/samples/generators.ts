/** A paper in LaTeX around these texts, with macros, comments, citations, figures and a list of references. */
export function latexSource(texts: string[]): string {
  const sections = texts.map(section).join('\n\n')
  const header = '\\documentclass[11pt]{article}\n\\usepackage{graphicx,amsmath}\n% Written for a measurement.\n'
  const macros =
    '\\newcommand{\\eg}{for example}\n\\def\\R{\\mathbb{R}}\n\\newcommand{\\vect}[1]{\\mathbf{#1}}\n\\newcommand{\\mill}{Mill}\n'
  const items = texts
    .map((_, i) => `\\bibitem{ref${i}} A. Author, \\emph{A title of work ${i}}, 19${10 + i}.`)
    .join('\n')
  return `${header}${macros}\\begin{document}\n\\title{On mills}\\maketitle\n${sections}\n\\begin{thebibliography}{9}\n${items}\n\\end{thebibliography}\n\\end{document}\n`
}

function section(text: string, number: number): string {
  const sentences = text.split('. ')
  const third = Math.ceil(sentences.length / 3)
  const [first = '', second = '', last = ''] = [0, 1, 2].map((part) =>
    sentences.slice(part * third, (part + 1) * third).join('. '),
  )
  const figure = `\\begin{figure}[t]\n  \\centering % wide\n  \\includegraphics[width=0.8\\linewidth]{figures/mill${number}.pdf}\n  \\caption{The mill, \\emph{seen} from side ${number}.}\n  \\label{fig:mill${number}}\n\\end{figure}`
  const equation = `\\begin{equation}\n  \\vect{x}_${number} \\in \\R^{${number}} \\quad 100\\% of it\n\\end{equation}`
  return `\\section{Part ${number}}\\label{sec:${number}}\n\n${first}, \\eg as in Figure~\\ref{fig:mill${number}}.\n% a remark: ${number}\n\n${figure}\n\n${second} \\cite{ref${number}}, $a_${number} < b$.\n\n${equation}\n\n${last}`
}

/** A web page around these texts: navigation, headings, lists, a table, links, a script. */
export function webPage(texts: string[]): string {
  const items = texts
    .map((_, i) => `<li class="entry"><a href="/page/${i}?a=1&amp;b=2">Page ${i}</a></li>`)
    .join('\n      ')
  const body = texts.map(article).join('\n')
  const head =
    '<meta charset="utf-8">\n  <title>On mills &mdash; all of it</title>\n  <style>body { margin: 0 }</style>\n  <script>var a = 1 < 2 && "x";</script>'
  return `<!DOCTYPE html>\n<html lang="en">\n<head>\n  ${head}\n</head>\n<body class="page">\n  <nav><ol>\n      ${items}\n    </ol></nav>\n${body}\n<footer>&copy; 2024 <b>Mill</b></footer>\n</body>\n</html>\n`
}

function article(text: string, number: number): string {
  const paragraphs = text
    .split('. ')
    .map((sentence, i) => (i % 4 === 0 ? `</p>\n  <p id="p${i}">${marked(sentence)}.` : ` ${sentence}.`))
  const rows = [1, 2, 3]
    .map((row) => `<tr><th>${row}</th><td>value ${row * number}</td><td>&nbsp;</td></tr>`)
    .join('\n    ')
  return `<div class="article">\n  <h2>Part ${number}</h2>\n  <p>${paragraphs.join('')}</p>\n  <table border="1">\n    ${rows}\n  </table>\n  <!-- end of part ${number} -->\n</div>`
}

function marked(sentence: string): string {
  const [first = '', ...rest] = sentence.split(' ')
  return `<b>${first}</b> <a href="https://example.org/${rest.length}">${rest[0] ?? ''}</a> ${rest.slice(1).join(' ')}`
}

/** A transcript of an agent: messages with calls and results of tools, choices, usage, and the tags of earlier operators. */
export function dialog(texts: string[], number: number) {
  const messages = texts.flatMap((text, i) => turn(text, i))
  const answer = texts.at(-1) ?? ''
  return {
    messages: [{ role: 'system', content: 'You are a helpful agent. Skills: ## grinding\n' }, ...messages],
    response_choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer } }],
    response_usage: { prompt_tokens: 1200 + number, completion_tokens: 340, total_tokens: 1540 + number },
    request_model: 'model-1',
    request_id: `request-${number}`,
    total_cost_time: 1234.5,
    query: texts[0] ?? '',
    response: answer,
    __dj__meta__: {
      agent_tool_types: ['read_file', 'bash', 'read_file', 'search'],
      tool_success_count: 3,
      tool_fail_count: 1,
      tool_unknown_count: 0,
      tool_success_ratio: 0.75,
      total_tokens: 1540,
      agent_total_cost_time_ms: 1234,
    },
  }
}

function turn(text: string, number: number) {
  const third = Math.ceil(text.length / 3)
  const call = {
    id: `call-${number}`,
    type: 'function',
    function: {
      name: number % 2 === 0 ? 'read_file' : 'bash',
      arguments: `{"path": "/skills/mill/SKILL.md", "n": ${number}}`,
    },
  }
  const result = number % 3 === 0 ? 'Error: file not found\n' : 'exit code 0\n'
  return [
    { role: 'user', content: [{ type: 'text', text: text.slice(0, third) }] },
    { role: 'assistant', content: text.slice(third, 2 * third), tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: result + text.slice(2 * third) },
  ]
}
