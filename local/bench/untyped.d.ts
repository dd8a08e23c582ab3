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

declare module 'autocannon' {
  namespace autocannon {
    interface Request {
      readonly method?: string;
      readonly path: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
    interface Client {
      setRequests(requests: readonly Request[]): void;
    }
    interface Options {
      readonly url: string;
      readonly connections: number;
      /** Seconds. */
      readonly duration?: number;
      /** So many requests instead. */
      readonly amount?: number;
      /** How often it looks whether it is over, in milliseconds. */
      readonly sampleInt?: number;
      /** Seconds. */
      readonly timeout?: number;
      readonly requests: readonly Request[];
      readonly setupClient?: (client: Client) => void;
    }
    interface Result {
      /** Connections that broke, and answers that did not come in time. */
      readonly errors: number;
      /** Also those that were never answered. */
      readonly requests: { readonly sent: number };
    }
    interface Instance {
      on(
        event: 'response',
        hear: (client: Client, status: number, bytes: number, ms: number) => void,
      ): Instance;
      on(event: 'reqError', hear: (error: Error) => void): Instance;
      stop(): void;
    }
  }
  function autocannon(
    options: autocannon.Options,
    done: (error: Error | null, result: autocannon.Result) => void,
  ): autocannon.Instance;
  export = autocannon;
}
