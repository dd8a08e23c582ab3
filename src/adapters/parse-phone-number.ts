/** What this project uses of libphonenumber, in a file that is loaded by itself. */
export { parsePhoneNumberFromString as parsePhoneNumber } from 'libphonenumber-js/max';
