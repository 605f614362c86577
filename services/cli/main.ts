import { enableCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'

/**
 * A regular expression that backtracks so often, about half a second's worth, goes on in V8's linear engine, where it can: not with
 * look-around, back-references, the flag u or large counted repeats. V8's own 50,000 is what a harmless pattern comes to on a
 * text of 100 KB, and the linear engine is ten times slower there.
 */
const BACKTRACKS = 5_000_000

setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
setFlagsFromString(`--regexp-backtracks-before-fallback=${BACKTRACKS}`)
enableCompileCache()

const { runCommandLine } = await import('./command-line.ts')
process.exitCode = await runCommandLine(process.argv.slice(2))
