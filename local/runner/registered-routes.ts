/** What `register` gives a route to, without a service behind it: handlers are made, not called. */
import { register, withoutServices } from '../../src/functions/register';
import { createRecordingApp, type RecordedHttp } from './recording-app';

export function registeredHttp(): readonly RecordedHttp[] {
  const { app, functions } = createRecordingApp();
  register(app, withoutServices);
  return functions.filter((each): each is RecordedHttp => each.kind === 'http');
}

/** Such as `POST m/{link}`, without the slash before it. */
export function registeredRoutes(): readonly string[] {
  return registeredHttp().flatMap(({ options: { methods = [], route } }) =>
    methods.map((method) => `${method} ${route}`),
  );
}
