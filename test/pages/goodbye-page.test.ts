import { disconnectedPage, type DisconnectedPage } from '../../src/pages/goodbye-page';
import { textOf } from './read-page';
import { frame, render } from './samples';

const ended: DisconnectedPage = {
  provider: 'Fitbit',
  revoked: true,
  erased: true,
  left: 'nothing',
  revokeUrl: 'https://example.org/apps',
};

test.each<[DisconnectedPage, string]>([
  [ended, 'We no longer watch your batteries. What was stored about you is deleted.'],
  [ended, 'Fitbit has confirmed that we no longer have access to your account.'],
  [{ ...ended, revoked: false }, 'To be sure, remove it there: https://example.org/apps'],
  [{ ...ended, revoked: false, erased: false }, 'Fitbit has not yet confirmed that we no longer have access'],
  [
    { ...ended, erased: false },
    'What is stored about you is being deleted, which usually takes some minutes.',
  ],
  [
    { ...ended, left: 'being deleted' },
    'is deleted. The keys to your Fitbit account are deleted too, and their vault removes them permanently within minutes.',
  ],
  [
    { ...ended, left: { goneAt: Date.UTC(2027, 1, 12) } },
    'What was stored about you is deleted. A recoverable encrypted copy of the keys to your Fitbit account is permanently deleted on Feb 12, 2027 at the latest.',
  ],
])('after a disconnect, %j', async (model, sentence) => {
  expect(textOf(await render(disconnectedPage(frame, model)))).toContain(sentence);
});
