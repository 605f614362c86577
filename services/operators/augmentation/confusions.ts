/** What a character may be taken or mistyped for. */
export type Confusions = ReadonlyMap<string, readonly string[]>

/**
 * Keys of an English keyboard, each with its neighbours, as nlpaug 1.1.11 knows them: most signs have none, a is a neighbour of
 * its own (with the shift key), and one of u is a blank with a t.
 */
const NEIGHBOURS = `
1!2@qw 2@1!3#qwe 3#2@4$we 4$3#5%er 5%4$6^rty 6^5%7&tyu 7&6^8*yui 8*7&9(uio 9(8*0)iop
!@q @!#qw #@$we $#%er %$
q1!2@was w1!2@3#qeasd e2@3#4$wrsdf r3#4$5%etdfg t4$5%6^ryfgh y5%6^7&tughj u6^7&8*ihjk i7&8*9(uojkl o8*9(0)ipkl p9(0)ol
aqwaszx sqweadzxc dwersfxcv fertdgcvb grtyfhvbn htyugjbnm jyuihknm,< kuiojlm,<.> liopk;:,<.>/?
zasx xasdzc csdfxv vdfgcb bfghvn nghjbm mhjkn,<`
const LEFT_OF_U = [' t', ' T']

/** Characters, each with what a reader of print takes it for, as nlpaug 1.1.11 knows them. */
const LOOKALIKES = '089oOD 147lI 2zZ 58 6b 8sS@& 9gq ou rk CG ODU EB'

/** What a slip of the finger makes of a character: a neighbouring key, with or without the shift key. */
export const KEYBOARD: Confusions = keyboard()

/** What a reader of print makes of a character. Every confusion goes both ways. */
export const PRINT: Confusions = print()

function keyboard(): Confusions {
  const slips = new Map<string, string[]>()
  for (const [key = '', ...neighbours] of rows(NEIGHBOURS)) {
    if (key === 'u') neighbours.push(...LEFT_OF_U)
    const choices = [...new Set([...neighbours, ...neighbours.map((one) => one.toUpperCase())])].sort()
    for (const pressed of [key, key.toUpperCase()]) {
      slips.set(
        pressed,
        choices.filter((one) => one !== pressed),
      )
    }
  }
  return slips
}

function print(): Confusions {
  const taken = new Map(rows(LOOKALIKES).map(([shown = '', ...lookalikes]) => [shown, lookalikes]))
  for (const [shown = '', ...lookalikes] of rows(LOOKALIKES)) {
    for (const lookalike of lookalikes) taken.set(lookalike, [...(taken.get(lookalike) ?? []), shown])
  }
  return taken
}

/** The characters of every row; rows stand between blanks. */
function rows(table: string): string[][] {
  return table
    .trim()
    .split(/\s+/)
    .map((row) => [...row])
}
