/** Axios in a file of its own once bundled, read with the first request: a start makes none. */
export { default as axios } from 'axios';
