import { type MaskingPlan, masking } from '../../../../services/operators/masking/masking.ts'

/** What stands for each kind by default. */
export const replacements: MaskingPlan['replacements'] = {
  email: '[EMAIL]',
  ip: '[IP]',
  id_card: '[IDNUM]',
  bank_card: '[BANKCARD]',
  mobile_phone: '[MOBILEPHONE]',
  telephone: '[TELEPHONE]',
  international_phone: '[TELEPHONE]',
}
/** All kinds, as by default. */
export const plan: MaskingPlan = { replacements, oldIdCards: false, fullWidth: true }
export const mask = masking(plan)
