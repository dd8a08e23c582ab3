import { together } from '../../../src/domain/store/together';

/** Serves when it is told to, and notes how many asked. */
function createServer() {
  const served: number[] = [];
  const ends: (() => void)[] = [];
  const serve = async (askers: number): Promise<string[]> => {
    served.push(askers);
    const nth = served.length;
    await new Promise<void>((resolve) => ends.push(resolve));
    return Array.from({ length: askers }, (_, asker) => `${nth}.${asker + 1}`);
  };
  const end = async (): Promise<void> => {
    ends.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { served, serve, end };
}

test('those who come while one is served are served together by the next', async () => {
  const { served, serve, end } = createServer();
  const owner = {};
  const asked = Array.from({ length: 4 }, () => together(owner, 'a', serve));
  expect(served).toEqual([1]);
  await end();
  expect(served).toEqual([1, 3]);
  const late = together(owner, 'a', serve);
  await end();
  expect(served).toEqual([1, 3, 1]);
  await end();
  await expect(Promise.all([...asked, late])).resolves.toEqual(['1.1', '2.1', '2.2', '2.3', '3.1']);
  const alone = together(owner, 'a', serve);
  await end();
  await expect(alone).resolves.toBe('4.1');
});

test('another name and another owner wait for nobody', async () => {
  const { served, serve } = createServer();
  const owner = {};
  void together(owner, 'a', serve);
  void together(owner, 'b', serve);
  void together({}, 'a', serve);
  expect(served).toEqual([1, 1, 1]);
  await Promise.resolve();
});

test('a failure is told to all whom it concerns, and to nobody after them', async () => {
  const owner = {};
  let calls = 0;
  const serve = (askers: number): Promise<string[]> => {
    calls += 1;
    return calls === 2
      ? Promise.reject(new Error('down'))
      : Promise.resolve(Array<string>(askers).fill(`call ${calls}`));
  };
  const ask = () => together(owner, 'a', serve).catch((error: Error) => error.message);
  const first = [ask(), ask(), ask()];
  await expect(Promise.all(first)).resolves.toEqual(['call 1', 'down', 'down']);
  await expect(ask()).resolves.toBe('call 3');
});
