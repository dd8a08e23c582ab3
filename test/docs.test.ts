/** What the documents say is so: links lead somewhere, commands exist, tables name everything that there is. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { register, withoutServices } from '../src/functions/register';
import type { App } from '../src/functions/routes';
import { alarmNames, providerIds } from '../src/model';
import { scripts } from '../package.json';
import { documents } from './support/documents';
import { documentedFaults } from '../local/simulators/documented-faults';

const read = (path: string): string => readFileSync(path, 'utf8');

/** As GitHub makes an anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/[`*]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

describe.each(documents)('%s', (path) => {
  const text = read(path).replace(/```[\s\S]*?```/g, '');

  test('links only to what is there', () => {
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^(https?:|mailto:)/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const linked = file === '' ? path : join(dirname(path), file);
        if (!existsSync(linked)) return true;
        if (anchor === undefined || !linked.endsWith('.md')) return false;
        const headings = [...read(linked).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
          anchorOf(heading),
        );
        return !headings.includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  test('names only functions that the linked file has', () => {
    const wrong = [...text.matchAll(/\]\(([^)\s]+\.ts)\) \(`(\w+)`\)/g)].filter(
      ([, file = '', name = '']) => {
        return !new RegExp(`\\b${name}\\(`).test(read(join(dirname(path), file)));
      },
    );
    expect(wrong.map(([all]) => all)).toEqual([]);
  });

  test('names only npm scripts that there are', () => {
    const named = [...read(path).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('names only files of ours that there are', () => {
    const named = [...text.matchAll(/`((?:src|test|local|infra|docs)\/[\w./-]+\.\w+)`/g)].map(
      ([, file = '']) => file,
    );
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});

test('operations.md stops only functions that there are', () => {
  const names: string[] = [];
  const note = (name: string): void => void names.push(name);
  register({ http: note, timer: note, storageQueue: note } as App, withoutServices);
  const text = read('docs/operations.md');
  const section = text.slice(text.indexOf('## How to stop what'), text.indexOf('## Moving wearers'));
  const named = [...section.matchAll(/\b[a-z]+[A-Z]\w*/g)].map(([name]) => name);
  expect(named).toEqual(expect.arrayContaining(['rotateTokens', 'rotateToken', 'checkBattery']));
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});

test('operations.md explains every alarm', () => {
  const text = read('docs/operations.md');
  expect(alarmNames.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test('adding-a-provider.md explains every code, and every word of a provider that has a code of its own', () => {
  const text = read('docs/adding-a-provider.md');
  const words = [...providerIds, 'read-answer'].flatMap((name) =>
    [
      ...read(`src/providers/${name}.ts`).matchAll(/(?:case |includes\()'(\w+)'|^ {2}(\w+): '[A-Z_]+',$/gm),
    ].map(([, word = '', reason = word]) => reason),
  );
  expect(words).toEqual(expect.arrayContaining(['invalid_grant', 'SERVICE_DISABLED']));
  const codes = documentedFaults.map(({ means }) => means).filter((code) => code !== 'revoked');
  expect([...new Set([...codes, ...words])].filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
});

test('a name behind a script of tests chooses files: jest takes what follows a pattern for another pattern', () => {
  const ends = Object.values(scripts).filter((script) => /--testMatch \S+$/.test(script));
  expect(ends).toEqual([]);
});
