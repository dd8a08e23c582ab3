/** A stranger can send the name of a property that every object has: only those that we have written count. */
export function ownOf<T>(
  named: Readonly<Record<string, T | undefined>>,
  name: string | null | undefined,
): T | undefined {
  return typeof name === 'string' && Object.hasOwn(named, name) ? named[name] : undefined;
}

export function keyIn<T extends object>(named: T, name: string | undefined): keyof T | undefined {
  return name !== undefined && Object.hasOwn(named, name) ? (name as keyof T) : undefined;
}
