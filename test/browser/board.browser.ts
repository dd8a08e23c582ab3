/** The board in a real Chromium, with 200 wearers and with 10,000: found, read, noted and acted on without a script. */
import type { Page } from 'playwright-core';
import { seedStudy } from '../../local/study/seed-study';
import type { Participant } from '../../local/study/participants';
import { paths } from '../../src/paths';
import { audit, openForAudit, readAxe, rulesIn } from './audit';
import { findChromium } from './chromium';
import { sizes, startStage, type SeenPage, type Stage } from './stage';

const chromium = findChromium(process.env);

jest.setTimeout(120_000);

let stage: Stage;
let participants: Participant[];
/** What the tests have looked at, for axe. */
const seen = new Map<string, SeenPage>();

async function openBoard(size: keyof typeof sizes): Promise<Page> {
  const page = await stage.open({ viewport: sizes[size] });
  const link = stage.service.services.localLinks!.create();
  await page.goto(`${stage.service.url}${paths.board}?link=${link}`);
  return page;
}

async function note(page: Page, title: string): Promise<void> {
  seen.set(title, { title, from: 'service', html: await page.content() });
}

const labelsOn = (page: Page): Promise<string[]> =>
  page.getByRole('rowheader').getByRole('link').allInnerTexts();

describe.each([
  [200, 200],
  [10_000, 20],
])('with %d wearers', (count, complete) => {
  beforeAll(async () => {
    stage = await startStage(chromium);
    participants = await seedStudy(stage.world, stage.service, count, complete);
  }, 600_000);
  afterAll(() => stage.close(), 60_000);
  afterEach(async () => {
    await stage.closeBrowsers();
    expect(stage.takeComplaints()).toEqual([]);
  });

  test.each(['phone', 'desktop'] as const)(
    'somebody finds who is silent, opens one of them and marks the contact, on a %s',
    async (size) => {
      const page = await openBoard(size);
      expect(await page.title()).toContain('Who needs attention');
      expect(new URL(page.url()).search).toBe('');
      const silent = participants.filter(({ story }) => story === 'silent');
      await note(page, `the board with ${count}`);
      await page.getByRole('link', { name: `${silent.length} Silent` }).click();
      const listed = await labelsOn(page);
      expect(listed).toHaveLength(Math.min(50, silent.length));
      const label = listed.find((each) => participants.slice(0, complete).some((one) => one.label === each));
      const wanted = label ?? participants[0]!.label;
      await page.getByLabel('Label or outside id').fill(wanted.toLowerCase());
      await page.getByRole('button', { name: 'Show' }).click();
      if (label === undefined) {
        expect(await page.getByText('Nobody fits.').isVisible()).toBe(true);
        await page.goto(`${stage.service.url}${paths.board}?search=${wanted}`);
      }
      expect(await labelsOn(page)).toEqual([wanted]);
      await page.getByRole('link', { name: wanted }).click();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(wanted);
      await page.getByRole('button', { name: 'Mark as contacted now' }).click();
      expect(await page.getByRole('status').innerText()).toBe('The contact was marked.');
      await page.getByLabel(/a note|the note/).fill('Will sync tonight.');
      await page.getByRole('button', { name: 'Save note' }).click();
      expect(await page.getByText('Will sync tonight.').first().isVisible()).toBe(true);
      expect(await page.getByRole('status').innerText()).toBe('The note was saved.');
      await note(page, `one connection of ${count}`);
      await page.getByRole('link', { name: 'Who needs attention' }).click();
      expect(await page.title()).toContain('Who needs attention');
    },
  );

  test('pages follow one another, and nobody stands on two of them', async () => {
    const page = await openBoard('desktop');
    const first = await labelsOn(page);
    await page.getByRole('link', { name: 'Next page' }).click();
    const second = await labelsOn(page);
    expect([first.length, second.length, new Set([...first, ...second]).size]).toEqual([50, 50, 100]);
    await note(page, `the second page of ${count}`);
    await page.getByRole('link', { name: 'First page' }).click();
    expect(await labelsOn(page)).toEqual(first);
  });

  test('an operator reads batteries and ends a connection after a second thought', async () => {
    const page = await openBoard('desktop');
    const { label, id } = participants.slice(0, complete).findLast(({ story }) => story === 'fine')!;
    await page.goto(`${stage.service.url}${paths.board}/${id}`);
    await page.getByRole('button', { name: 'Read batteries now' }).click();
    expect(await page.getByRole('status').innerText()).toBe('The batteries were read.');
    await page.getByText('End this connection').click();
    await page.getByLabel('Yes, end it and delete everything').check();
    await page.getByRole('button', { name: 'End the connection' }).click();
    expect(await page.getByRole('status').innerText()).toContain('The connection was ended.');
    await page.goto(`${stage.service.url}${paths.board}?search=${label}`);
    expect(await labelsOn(page)).toEqual([]);
    await note(page, 'the board without anybody');
  });

  test('on paper the table stands without forms and buttons', async () => {
    const page = await openBoard('desktop');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('button', { name: 'Show' }).isVisible()).toBe(false);
    expect(await page.getByRole('rowheader').first().isVisible()).toBe(true);
  });

  test.each(['light', 'dark'] as const)(
    'axe-core objects to nothing, and every page fits 320 px, in %s',
    async (colorScheme) => {
      const axe = await readAxe();
      const page = await openForAudit(stage, colorScheme);
      const objections: string[] = [];
      for (const each of seen.values())
        objections.push(...(await audit(page, { axe, rules: rulesIn[colorScheme] }, each)));
      expect(objections).toEqual([]);
    },
    300_000,
  );
});
