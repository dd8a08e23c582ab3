/** What the simulator of every provider does: codes, faults and secrets are the same, whatever the provider's words for them. */
import { asSwitch, type DocumentedFault } from '../../local/simulators/fault-table';
import { everyone, retired, type Fault } from '../../local/simulators/faults';
import type { Simulator } from '../../local/simulators/simulator';

/** The newly started simulator, and how a client calls it for the wearer "ada". */
export interface SimulatorCalls {
  readonly simulator: () => Simulator;
  readonly documented: readonly DocumentedFault[];
  advance(ms: number): void;
  authorizeUrl(): URL;
  consent(): Promise<string>;
  exchange(code: string): Promise<Response>;
  refresh(refreshToken: string | undefined): Promise<Response>;
  revoke(token: string): Promise<Response>;
  devices(accessToken: string): Promise<Response>;
  /** What else there is to call with an access token. */
  others(accessToken: string): readonly Promise<Response>[];
  /** @returns status and code of a refusal at the token endpoint */
  refusal(response: Response): Promise<[number, string]>;
  readonly secretsOfClient: readonly string[];
}

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
}

export function describeSimulator(calls: SimulatorCalls): void {
  const { simulator, consent, exchange, refresh, revoke, devices, refusal } = calls;
  const tokensIn = async (response: Response): Promise<Pair> => {
    expect(response.status).toBe(200);
    return (await response.json()) as Pair;
  };
  const connect = async (): Promise<Pair> => tokensIn(await exchange(await consent()));
  const breakOnce = (kind: 'lost' | 'dropped' | 'garbled', endpoint: Fault['endpoint']): void =>
    simulator().faults.add('ada', { kind, endpoint, times: 1 });

  describe('as at every provider', () => {
    test('a code works once', async () => {
      const code = await consent();
      expect((await exchange(code)).status).toBe(200);
      expect(await refusal(await exchange(code))).toEqual([400, 'invalid_grant']);
    });

    test('a code lives ten minutes', async () => {
      const [inTime, late] = [await consent(), await consent()];
      calls.advance(599_999);
      expect((await exchange(inTime)).status).toBe(200);
      calls.advance(1);
      expect(await refusal(await exchange(late))).toEqual([400, 'invalid_grant']);
    });

    test('a wearer who takes the access away ends everything, and may consent again', async () => {
      const { access_token, refresh_token } = await connect();
      simulator().revokeGrant('ada');
      expect((await devices(access_token)).status).toBe(401);
      expect(await refusal(await refresh(refresh_token))).toEqual([400, 'invalid_grant']);
      expect(simulator().currentRefreshToken('ada')).toBeUndefined();
      expect((await refresh((await connect()).refresh_token)).status).toBe(200);
    });

    test('a lost answer was applied, a dropped request was not', async () => {
      const { refresh_token } = await connect();
      breakOnce('dropped', 'any');
      await expect(refresh(refresh_token)).rejects.toThrow('fetch failed');
      expect(simulator().refreshCount('ada')).toBe(0);
      expect(simulator().currentRefreshToken('ada')).toBe(refresh_token);
      breakOnce('lost', 'token');
      await expect(refresh(refresh_token)).rejects.toThrow('fetch failed');
      expect(simulator().refreshCount('ada')).toBe(1);
      expect((await refresh(refresh_token)).status).toBe(200);
    });

    test('a lost revocation has ended the grant', async () => {
      const { access_token } = await connect();
      breakOnce('lost', 'revoke');
      await expect(revoke(access_token)).rejects.toThrow('fetch failed');
      expect(simulator().liveAccessTokens('ada')).toEqual([]);
    });

    test('a garbled answer is 200, applied, and no JSON; its tokens stay whole', async () => {
      const { refresh_token } = await connect();
      breakOnce('garbled', 'token');
      const response = await refresh(refresh_token);
      const text = await response.text();
      expect(response.status).toBe(200);
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
      const tokens = [simulator().liveAccessTokens('ada').at(-1), simulator().currentRefreshToken('ada')];
      for (const token of tokens.filter((each) => each !== refresh_token)) expect(text).toContain(token);
      expect(simulator().refreshCount('ada')).toBe(1);
    });

    test.each(calls.documented.map((fault) => [fault.name, fault] as const))(
      '%s answers as documented and changes nothing',
      async (_, fault) => {
        const { endpoint, status, body, headers } = fault;
        const { access_token, refresh_token } = await connect();
        simulator().faults.add('ada', asSwitch(fault, 1));
        const response = await (endpoint === 'token'
          ? refresh(refresh_token)
          : endpoint === 'revoke'
            ? revoke(access_token)
            : devices(access_token));
        const sent = endpoint === 'token' ? refresh_token : access_token;
        expect(response.status).toBe(status);
        expect(await response.text()).toBe(body.replaceAll('{token}', sent));
        expect(Object.fromEntries(response.headers)).toMatchObject(headers);
        expect(simulator().refreshCount('ada')).toBe(0);
        expect(simulator().currentRefreshToken('ada')).toBe(refresh_token);
        expect(simulator().liveAccessTokens('ada')).toEqual([access_token]);
        expect((await devices(access_token)).status).toBe(200);
      },
    );

    test('a provider that is retired answers 410 to everything and everyone, until that is cleared', async () => {
      const { access_token, refresh_token } = await connect();
      simulator().faults.add(everyone, retired());
      const answers = [
        await fetch(calls.authorizeUrl()),
        await refresh(refresh_token),
        await refresh('f'.repeat(64)),
        await revoke(access_token),
        await devices(access_token),
        await fetch(`${simulator().url}/anything`),
        ...(await Promise.all(calls.others(access_token))),
      ];
      expect(answers.length).toBeGreaterThan(6);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 410));
      simulator().faults.clear(everyone);
      expect((await refresh(refresh_token)).status).toBe(200);
    });

    test('every secret that was issued or received is remembered, and the page shows none of them', async () => {
      const code = await consent();
      const tokens = await tokensIn(await exchange(code));
      const next: Partial<Pair> = await tokensIn(await refresh(tokens.refresh_token));
      await devices('a-token-nobody-issued');
      const remembered = simulator().issuedSecrets();
      const { access_token, refresh_token = tokens.refresh_token } = next;
      const issued = [code, tokens.access_token, tokens.refresh_token, access_token, refresh_token];
      expect(remembered).toEqual(
        expect.arrayContaining([...issued, ...calls.secretsOfClient, 'a-token-nobody-issued']),
      );
      const page = await (await fetch(simulator().url)).text();
      expect(page).toContain('refreshes: 1');
      for (const secret of remembered) expect(page).not.toContain(secret);
    });
  });
}
