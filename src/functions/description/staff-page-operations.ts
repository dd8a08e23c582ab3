/** Describes the pages for staff: the board. */
import * as z from 'zod';
import { boardQuery } from '../board/show-board';
import { badForm, broken, form, html, redirect } from './describe-page';
import { boardForm } from './page-forms';
import type { Descriptions } from './plain-operation';

const tag = 'Staff';
const staffOnly =
  'Only staff who have signed in see it, and a coordinator of a site only the connections of that site.';
const noConnection = { 404: html('There is no such connection, or it is not for whoever asks.') };
const staffAnswers = {
  303: redirect('The sign-in, or the same page without the one-time link.'),
  401: html('Nobody has signed in, or the sign-in is not set up; the page says what to do.'),
  403: html('The app role for this is missing.'),
  ...broken,
};

export const staffPageFunctions: Descriptions = {
  board: {
    tag,
    methods: {
      get: {
        summary: 'Show who needs attention',
        description: `Whoever needs attention comes first. ${staffOnly}`,
        query: boardQuery,
        answers: {
          200: {
            description: 'The page, or the whole list for a spreadsheet.',
            content: { 'text/html': z.string(), 'text/csv': z.string() },
          },
          ...staffAnswers,
        },
      },
    },
  },
  boardConnection: {
    tag,
    parts: { id: 'The id of the connection.' },
    methods: {
      get: {
        summary: 'Show one connection to staff',
        description: `Batteries, texts, checks, tokens and notes. ${staffOnly}`,
        answers: { 200: html('The page.'), ...noConnection, ...staffAnswers },
      },
      post: {
        summary: 'Note something about a connection, or act on it',
        description:
          '`action` says what to do, and which of the other fields count. A coordinator can note and mark; the rest needs an operator.',
        body: form(boardForm),
        answers: {
          303: redirect('The page that follows, or the sign-in.'),
          ...badForm,
          ...noConnection,
          401: html('The sign-in has ended; nothing was changed.'),
          403: html('The app role for this is missing.'),
          ...broken,
        },
      },
    },
  },
};
