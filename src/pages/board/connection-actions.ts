/** What staff can do on the page of a connection: note something, mark a contact, act. */
import { html } from 'hono/html';
import { longestNote, type BoardEntry } from '../../model';
import { paths } from '../../paths';
import { field } from '../fields';
import type { Html } from '../layout';
import { when } from './board-words';
import type { ConnectionPage } from './connection-view';

export function staffNotes({ entry, now }: ConnectionPage): Html {
  const { note, contacted } = entry;
  return html`<section>
    <h2>Notes</h2>
    ${note ? html`<p>${note.text}<br /><span class="quiet">${note.by}, ${when(note.at, now)}</span></p>` : ''}
    <p>
      ${contacted ? html`Last contacted ${when(contacted.at, now)} by ${contacted.by}.` : 'Nobody has marked a contact yet.'}
    </p>
    <div class="writing">
      ${form(entry, 'contacted', html`<button class="second">Mark as contacted now</button>`)}
      ${form(
        entry,
        'note',
        html`${field(
            {
              id: 'note',
              label: note ? 'Change the note' : 'Write a note',
              hint: 'The wearer can read it in their export.',
            },
            (attributes) =>
              html`<textarea ${attributes} maxlength="${longestNote}">${note?.text ?? ''}</textarea>`,
          )} <button>Save note</button>`,
      )}
    </div>
  </section>`;
}

export function actions({ entry, isPaused, mayReceiveLink, typed }: ConnectionPage): Html {
  const button = (action: string, label: string) =>
    form(entry, action, html`<button class="second">${label}</button>`);
  return html`<section class="writing">
    <h2>Actions</h2>
    <div class="acts">
      ${button('check', 'Read batteries now')} ${button('rotate', 'Refresh tokens now')}
      ${mayReceiveLink ? button('link', 'Send the link to reconnect') : ''}
      ${isPaused ? button('resume', 'Send texts again') : button('pause', 'Pause texts')}
    </div>
    <details>
      <summary>Move to another site</summary>
      ${form(
        entry,
        'site',
        html`${field(
            { id: 'site', label: 'Site', hint: 'Leave it empty for none.' },
            (attributes) =>
              html`<input
                type="text"
                ${attributes}
                maxlength="60"
                value="${typed?.site ?? entry.site ?? ''}"
              />`,
          )} <button class="second">Save site</button>`,
      )}
    </details>
    <details>
      <summary>End this connection</summary>
      ${form(
        entry,
        'end',
        html`<p>
            The access is revoked, the wearer is told, and everything about them is deleted. This cannot be
            undone.
          </p>
          <label class="check"
            ><input type="checkbox" id="sure" name="sure" value="yes" required /><span
              >Yes, end it and delete everything</span
            ></label
          >
          <button class="danger">End the connection</button>`,
      )}
    </details>
  </section>`;
}

function form({ connection }: BoardEntry, action: string, content: Html): Html {
  return html`<form method="post" action="${paths.board}/${encodeURIComponent(connection)}">
    <input type="hidden" name="action" value="${action}" />
    ${content}
  </form>`;
}
