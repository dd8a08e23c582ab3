// The Bicep compiler, from NuGet, where Microsoft publishes it beside the .NET tools; kept in .cache, which git ignores.
//   node test/infra/compiler.mjs build --stdout infra/main.bicep
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const version = '0.49.2';
const root = fileURLToPath(new URL('../..', import.meta.url));
const platforms = { linux: 'linux', darwin: 'osx', win32: 'win' };
const platform = `${platforms[process.platform]}-${process.arch}`;

/** Returns the compiler's file, or `undefined` if there is no .NET SDK to restore it with. */
export function restoreCompiler() {
  const packages = join(root, '.cache', 'nuget');
  const file = join(
    packages,
    `azure.bicep.commandline.${platform}`,
    version,
    'tools',
    process.platform === 'win32' ? 'bicep.exe' : 'bicep',
  );
  if (existsSync(file)) return file;
  const { error, status, stdout, stderr } = spawnSync(
    'dotnet',
    [
      'restore',
      join(root, 'test', 'infra', 'bicep.csproj'),
      ...['--packages', packages, '--nologo', '--verbosity', 'quiet'],
      `-p:Platform=${platform}`,
      `-p:BicepVersion=${version}`,
      `-p:MSBuildProjectExtensionsPath=${join(root, '.cache', 'bicep')}/`,
    ],
    { encoding: 'utf8', env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' } },
  );
  if (error?.code === 'ENOENT') return undefined;
  if (status !== 0) throw new Error(`dotnet restore failed:\n${stdout}${stderr}`);
  return file;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const compiler = restoreCompiler();
  if (!compiler) console.error('skipped: no dotnet');
  else process.exitCode = spawnSync(compiler, process.argv.slice(2), { stdio: 'inherit', cwd: root }).status;
}
