import { z } from 'zod'
import { defineTextMapper } from '../../../../topologies/operator.ts'
import { commonParameters } from '../../../../topologies/parameters.ts'
import { CONVERSION_MODES, converterFor } from '../../chinese/conversion.ts'

export default defineTextMapper({
  name: 'chinese_convert_mapper',
  summary:
    'Converts Chinese texts between simplified, traditional and Japanese characters with the dictionaries of OpenCC.',
  parameters: commonParameters.extend({
    mode: z
      .enum(CONVERSION_MODES)
      .default('s2t')
      .describe(
        'what is converted to what: s simplified, t traditional, tw Taiwan, hk Hong Kong, jp Japan; a p behind it for phrases too',
      ),
  }),
  quirks: [
    'The text ends at its first NUL; what is behind it is lost.',
    'A text with half of a surrogate pair fails.',
    'Phrases decide over characters, and what no dictionary has stays.',
  ],
  examples: [
    { title: 'converts to traditional characters', text: '头发发展，干杯', expect: { text: '頭髮發展，乾杯' } },
    {
      title: 'converts to simplified characters',
      parameters: { mode: 't2s' },
      text: '乾坤一擲，乾杯',
      expect: { text: '乾坤一掷，干杯' },
    },
    {
      title: "converts to Taiwan's words",
      parameters: { mode: 's2twp' },
      text: '鼠标里的软件',
      expect: { text: '滑鼠裡的軟體' },
    },
    { title: "converts to Japan's characters", parameters: { mode: 't2jp' }, text: '廣國', expect: { text: '広国' } },
    { title: 'leaves other scripts alone', text: 'Hello かな 한글', expect: { text: 'Hello かな 한글' } },
  ],
  create({ mode }) {
    const convert = converterFor(mode)
    return ({ value }) => convert(value)
  },
})
