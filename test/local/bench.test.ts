/** That the figures are figures of what they say; how large they are is for nobody to assert. */
import { compare, quantile } from '../../local/bench/compare';

test.each([
  [[3, 1, 2], 0.5, 2],
  [[4, 1, 2, 3], 0.5, 2.5],
  [[0, 10], 0.1, 1],
  [[7], 0.9, 7],
])('quantile(%j, %d) is %d', (values, part, expected) => {
  expect(quantile(values, part)).toBeCloseTo(expected);
});

test('contenders take turns, each as often as the others, and nobody always comes first', async () => {
  const order: string[] = [];
  const contender = (name: string) => () => Promise.resolve(void order.push(name));
  const contenders = { a: contender('a'), b: contender('b'), c: contender('c') };
  const results = await compare(contenders, { base: 'a', rounds: 8, repetitions: 1 });
  const rounds = Array.from({ length: order.length / 3 }, (_, round) =>
    order.slice(round * 3, round * 3 + 3),
  );
  expect(rounds.map((round) => [...round].sort())).toEqual(rounds.map(() => ['a', 'b', 'c']));
  expect(new Set(rounds.map(([first]) => first)).size).toBe(3);
  expect(results.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(results[0]!.ratio).toBe(1);
});
