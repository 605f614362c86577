import { z } from 'zod'

/** Parameters that every augmentation takes. */
export const augmentationParameters = {
  sequential: z
    .boolean()
    .default(false)
    .describe('whether all methods are used on a copy, one after another; otherwise each makes copies of its own'),
  aug_num: z.int().positive().default(1).describe('number of copies, of each method unless they are in sequence'),
  keep_original_sample: z.boolean().default(true).describe('whether the text itself stays, before its copies'),
  seed: z
    .int()
    .default(1)
    .describe('draws at random follow from this number and the text; another number gives other copies'),
}
