import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const BLOCK = 512

/** Archives of one LaTeX file each, in a folder of the machine's temporary ones; gives their paths. */
export function archivesOf(sources: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-archives-'))
  return sources.map((source, i) => {
    const path = join(folder, `${i}.tar.gz`)
    writeFileSync(path, gzipSync(tarOf('paper.tex', Buffer.from(source))))
    return path
  })
}

function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write(name)
  header.write('0000644\0', 100)
  header.write('0000000\0'.repeat(2), 108)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write(`${'0'.repeat(11)}\0        0`, 136)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)])
}
