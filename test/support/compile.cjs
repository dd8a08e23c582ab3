/** Jest's transformer: esbuild, which also builds the service, takes away the types. `npm run check` looks at them. */
const { transformSync } = require('esbuild');

/** Lines that are esbuild's own. Their branches are nobody's to cover. */
const ownLines = /^(?=var __|__export\(|0 && \()/gm;

module.exports = {
  process(source, file) {
    const { code, map } = transformSync(source, {
      sourcefile: file,
      loader: 'ts',
      format: 'cjs',
      target: 'node24',
      // Jest loads what is required, and keeps a second copy of what is imported.
      supported: { 'dynamic-import': false },
      sourcemap: 'external',
      sourcesContent: false,
    });
    return { code: code.replace(ownLines, '/* istanbul ignore next */ '), map };
  },
};
