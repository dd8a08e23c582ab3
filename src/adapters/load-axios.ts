/** Axios at its first use: a start does not read it. */
import { lazy } from './lazy';
import { loadInTurn } from './load-in-turn';

export const loadAxios = lazy(async () => (await loadInTurn(() => import('axios'))).default);
