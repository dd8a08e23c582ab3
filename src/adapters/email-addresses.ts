/** E-mail addresses as people type them: what can be one, how two spellings are the same one, how it is shown. */
import type { EmailAddresses } from '../ports';
import { Secret } from '../secret';

/** What is copied from elsewhere can carry marks of its direction of writing. */
const invisible = /\p{Cf}/gu;

/** One @ and a dot behind it, and nothing that could be a second address or a name. Whether a mailbox is there, only a mail can tell. */
const pattern = /^[^\s@<>()[\]\\,;:"\p{C}]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u;
const longest = 254;

export const emailAddresses: EmailAddresses = {
  read(text) {
    const [local = '', domain] = text.replace(invisible, '').trim().split('@', 2);
    const address = `${local}@${domain?.toLowerCase() ?? ''}`;
    const isOne = text.split('@').length === 2 && address.length <= longest && pattern.test(address);
    return isOne ? new Secret(address) : undefined;
  },
  show: (email) => email.reveal(),
  mask(email) {
    const [local = '', domain = ''] = email.reveal().split('@');
    return `${[...local][0] ?? ''}…@${domain}`;
  },
};
