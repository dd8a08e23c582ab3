/** E-mail addresses as people type them: what can be one, how two spellings are the same one, how it is shown. */
import { domainToASCII, domainToUnicode } from 'node:url';
import type { EmailAddresses } from '../ports';
import { Secret } from '../secret';

/** What is copied from elsewhere can carry marks of its direction of writing. */
const invisible = /\p{Cf}/gu;

/** One @ and a dot behind it, and nothing that could be a second address or a name. Whether a mailbox is there, only a mail can tell. */
const pattern = /^[^\s@<>()[\]\\,;:"\p{C}]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u;
/**
 * Before the @, letters such as ü need servers that all speak SMTPUTF8 (RFC 6531). Microsoft does not say that Communication Services do, so
 * such an address is refused while its wearer can enter another one.
 */
const ascii = /^[\x21-\x7e]+$/;
const longest = 254;

export const emailAddresses: EmailAddresses = {
  read(text) {
    const typed = text.replace(invisible, '').trim();
    const [local = '', domain = ''] = typed.split('@');
    const known = domainToASCII(domain);
    const address = `${local}@${known}`;
    // The reader of domains makes an address of the network of a name that ends in a number.
    const isDomain = known !== '' && !/\.\d+$/.test(known);
    if (!pattern.test(typed) || !isDomain || address.length > longest)
      return { ok: false, why: 'no address' };
    return ascii.test(local) ? { ok: true, email: new Secret(address) } : { ok: false, why: 'other letters' };
  },
  show(email) {
    const [local, domain] = readable(email);
    return `${local}@${domain}`;
  },
  mask(email) {
    const [local, domain] = readable(email);
    return `${[...local][0] ?? ''}…@${domain}`;
  },
};

function readable(email: Secret): readonly [local: string, domain: string] {
  const [local = '', domain = ''] = email.reveal().split('@');
  return [local, domainToUnicode(domain)];
}
