import { fitbitOptionalScopes, googleHealthOptionalScopes } from '../../src/providers/scopes';

const google = (name: string) => `https://www.googleapis.com/auth/googlehealth.${name}`;

test.each<[string, string[]]>([
  [google('sleep.readonly'), [google('sleep.readonly')]],
  ['googlehealth.sleep.readonly', [google('sleep.readonly')]],
  ['sleep.readonly', [google('sleep.readonly')]],
  ['"openid", "email"', ['openid', 'email']],
  ["'sleep.readonly','nutrition.readonly'", [google('sleep.readonly'), google('nutrition.readonly')]],
  ['["openid","sleep.readonly"]', ['openid', google('sleep.readonly')]],
  ['sleep.readonly googlehealth.sleep.readonly', [google('sleep.readonly')]],
  ['userinfo.email', ['https://www.googleapis.com/auth/userinfo.email']],
  [' , ', []],
])('optional scopes of Google Health written as %s are read', (text, scopes) => {
  expect(googleHealthOptionalScopes.parse(text)).toEqual(scopes);
});

test.each([
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/calendar',
  'https://www.googleapis.com/auth/fitness.body.read',
  'https://example.com/auth/googlehealth.sleep.readonly',
  'sleep',
  'profile settings.readonly.all',
])('the scope %s would have Google Health refuse every call, so it is refused at load', (text) => {
  expect(googleHealthOptionalScopes.safeParse(text).success).toBe(false);
});

test.each<[string, string[]]>([
  ['profile, sleep', ['profile', 'sleep']],
  ['"Profile"', ['profile']],
  ['profile profile', ['profile']],
])('optional scopes of Fitbit written as %s are read', (text, scopes) => {
  expect(fitbitOptionalScopes.parse(text)).toEqual(scopes);
});

test.each(['openid', 'profiles', google('sleep.readonly')])('Fitbit knows no scope %s', (text) => {
  expect(fitbitOptionalScopes.safeParse(text).success).toBe(false);
});
