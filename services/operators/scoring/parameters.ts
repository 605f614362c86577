import { z } from 'zod'

/** On what a model runs. */
export const acceleratorParameter = z
  .enum(['cpu', 'cuda'])
  .nullish()
  .describe(
    'cuda: a GPU where there is one, else the CPU. MILLRACE_EXECUTION_PROVIDERS, as cuda,cpu, is over it; without cpu in it a GPU must be there',
  )

/** How far into a text a model looks. */
export const mostTokensParameter = z
  .int()
  .min(3)
  .default(512)
  .describe('tokens of a text that the model looks at, those around it included; what is behind them has no say')
