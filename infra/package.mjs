// Writes what is deployed to build/package: the bundle with its source maps, host.json and a package.json that names its first file. The Functions
// worker brings `@azure/functions-core`, the one module that stays outside the bundle, so no node_modules are needed.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export async function layOutPackage(project) {
  const target = join(project, 'build', 'package');
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await cp(join(project, 'dist'), join(target, 'dist'), { recursive: true });
  for (const file of ['host.json', 'LICENSE']) await cp(join(project, file), join(target, file));
  const { name, version, license, main, engines } = JSON.parse(
    await readFile(join(project, 'package.json'), 'utf8'),
  );
  const manifest = { name, version, private: true, license, main, engines };
  await writeFile(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return target;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(`Ready to deploy: ${await layOutPackage(process.cwd())}`);
}
