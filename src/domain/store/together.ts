/**
 * Serves together those who ask this process for the same at the same time. Each of them alone would find that the others have changed the
 * record meanwhile, and would begin again and again: a hundred of them made nearly fifty calls each.
 */
interface Follower<Answer> {
  resolve(turn: { readonly answer: Answer } | { readonly followers: Follower<Answer>[] }): void;
  reject(error: unknown): void;
}

const lines = new WeakMap<object, Map<string, Follower<unknown>[]>>();

/**
 * One call for a name is under way at any time. Those who come meanwhile are served by the next, which the first of them makes.
 *
 * @param owner of the names: mostly a table
 * @param serve is told how many ask, and returns an answer for each
 * @throws what `serve` threw, to everybody whom it served
 */
export async function together<Answer>(
  owner: object,
  name: string,
  serve: (askers: number) => Promise<readonly Answer[]>,
): Promise<Answer> {
  const own = (lines.get(owner) ?? new Map()) as Map<string, Follower<Answer>[]>;
  lines.set(owner, own as Map<string, Follower<unknown>[]>);
  const line = own.get(name);
  let followers: Follower<Answer>[] = [];
  if (line) {
    const turn = await new Promise<Parameters<Follower<Answer>['resolve']>[0]>((resolve, reject) =>
      line.push({ resolve, reject }),
    );
    if ('answer' in turn) return turn.answer;
    ({ followers } = turn);
  } else own.set(name, []);
  try {
    const [mine, ...others] = await serve(followers.length + 1);
    followers.forEach(({ resolve }, nth) => resolve({ answer: others[nth]! }));
    return mine!;
  } catch (error) {
    for (const { reject } of followers) reject(error);
    throw error;
  } finally {
    const [next, ...following] = own.get(name)!.splice(0);
    if (next) next.resolve({ followers: following });
    else own.delete(name);
  }
}
