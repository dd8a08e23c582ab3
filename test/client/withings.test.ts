/** What is different at Withings for a program that keeps the tokens itself: errors under HTTP 200, reads by POST, revocation by user. */
import type { ClientError, Tokens } from '../../src/client';
import { faultThatMeans } from '../../local/simulators/documented-faults';
import { withingsUserId } from '../../local/simulators/withings-grants';
import { openStage, type Stage } from './stage';

let stage: Stage;
let tokens: Tokens;
let kept: Tokens[];
beforeEach(async () => {
  stage = await openStage('withings');
  tokens = await stage.connect();
  kept = [];
});
afterEach(() => stage.close());

const user = () =>
  stage.client.forUser(tokens, {
    onTokens: (next) => {
      kept.push(next);
    },
  });
const getDevices = () => user().post('/v2/user', { body: new URLSearchParams({ action: 'getdevice' }) });

test('a consent gives tokens with the id of the user and the scopes', () => {
  expect(tokens).toMatchObject({ userId: `${withingsUserId('ada')}`, scopes: ['user.info'] });
});

test('a call is answered with the envelope as it came', async () => {
  const { status, body } = await getDevices();
  expect([status, body]).toEqual([
    200,
    { status: 0, body: { devices: [expect.objectContaining({ battery: 'high', model: 'Charge 6' })] } },
  ]);
});

test('an access token that is refused under HTTP 200 is replaced once, and the call is made once more', async () => {
  stage.simulator.faults.add('ada', faultThatMeans('withings', 'ACCESS_TOKEN_REFUSED'));
  expect((await getDevices()).body).toMatchObject({ status: 0 });
  expect(kept.map(({ refreshToken }) => refreshToken)).toEqual([stage.simulator.currentRefreshToken('ada')]);
});

test('any other error under HTTP 200 rejects with its code and the answer', async () => {
  stage.simulator.faults.add('ada', faultThatMeans('withings', 'RATE_LIMITED'));
  const error = (await getDevices().catch((thrown: unknown) => thrown)) as ClientError;
  expect([error.code, error.status, error.answer?.body]).toEqual([
    'RATE_LIMITED',
    200,
    { status: 601, body: {}, error: 'Too Many Requests' },
  ]);
});

test('a revocation names the user and ends every token', async () => {
  await stage.client.revoke(tokens);
  expect(stage.simulator.currentRefreshToken('ada')).toBeUndefined();
  await expect(stage.client.refresh(tokens)).rejects.toMatchObject({ code: 'GRANT_REFUSED' });
});

test('a revocation of tokens that do not name the user is refused before anything is sent', async () => {
  await expect(stage.client.revoke({ ...tokens, userId: undefined })).rejects.toMatchObject({
    code: 'REQUEST_REFUSED',
  });
  expect(stage.simulator.currentRefreshToken('ada')).toBe(tokens.refreshToken);
});

test('nothing says what an access token is good for', async () => {
  await expect(stage.client.introspect(tokens)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
