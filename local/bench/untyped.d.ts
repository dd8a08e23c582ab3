/** Packages that have no types of their own. */
declare module 'fitbit-node' {
  class FitbitApiClient {
    constructor(options: { clientId: string; clientSecret: string; apiVersion?: string });
    oauth2: object;
    getUrl(path: string, userId?: string | false): string;
    get(path: string, accessToken: string): Promise<[body: unknown, response: { statusCode: number }]>;
  }
  export = FitbitApiClient;
}

declare module 'simple-oauth2' {
  export class AuthorizationCode {
    constructor(options: object);
    createToken(token: object): {
      readonly token: { access_token: string };
      expired(marginSeconds: number): boolean;
    };
  }
}
