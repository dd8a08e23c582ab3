/**
 * `GET openapi.json`: the description of everything that answers HTTP, in OpenAPI 3.1. It is for everybody, because it holds no secret: it
 * says what the source says. It is made when somebody asks for it first, so that a start does not read it.
 */
import type { Services } from '../../services';
import { jsonError, jsonTextAnswer } from '../http/answers';
import { onHttp } from '../invocation';
import type { Route } from '../routes';

export function openapi(services: Services, routes: readonly Route[]) {
  const { publicUrl, callers } = services;
  let made: string | undefined;
  const make = async (): Promise<string> => {
    const { describeApi } = await import('../description/document');
    return JSON.stringify(describeApi({ routes, publicUrl, callers }));
  };
  return onHttp(services, jsonError, async () => {
    made ??= await make();
    return jsonTextAnswer(made);
  });
}
