/** The package has no types of its own. */
declare module 'fitbit-node' {
  class FitbitApiClient {
    constructor(options: { clientId: string; clientSecret: string; apiVersion?: string });
    oauth2: object;
    getUrl(path: string, userId?: string | false): string;
    get(path: string, accessToken: string): Promise<[body: unknown, response: { statusCode: number }]>;
  }
  export = FitbitApiClient;
}
