/** The JSON answers of pages, by status. The functions take only their types from here. */
import { exported } from '../../model/answers/export';

export const exportAnswers = { 200: exported };
