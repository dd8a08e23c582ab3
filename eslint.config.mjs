// ESLint for what tsc cannot see: lost promises, switches that miss a case, files that are too long. Which way imports may point is for
// dependency-cruiser.
import tseslint from 'typescript-eslint';

const revealing = {
  selector: 'CallExpression[callee.property.name="reveal"]',
  message:
    'Only adapters reveal secrets, the client to the program that owns them, and the shape of a secret that is stored.',
};

/** A record that is encoded shows its secrets. */
const encoding = {
  selector: 'CallExpression[callee.object.name="z"][callee.property.name=/encode/i]',
  message: 'Only adapters bring records into their stored form.',
};

const takingAll = {
  selector:
    ':matches(TSTypeAnnotation, TSIntersectionType, TSTypeAliasDeclaration) > TSTypeReference[typeName.name=/^(Ports|Settings)$/]',
  message: 'A function names the ports and settings that it needs: Pick<Ports, …> & Pick<Settings, …>.',
};

export default tseslint.config(
  { ignores: ['dist', 'build', 'coverage', 'node_modules'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  { files: ['src/**/*.ts'], rules: { 'max-params': ['error', 4] } },
  // A longer file holds more than one idea. A test is as long as what it mirrors asks for.
  { files: ['{src,local,infra}/**/*.{ts,mjs,cjs}'], rules: { 'max-lines': ['error', 300] } },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Only main.ts reads the environment.' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/adapters/**', 'src/client/tokens.ts', 'src/model/stored-fields.ts'],
    rules: { 'no-restricted-syntax': ['error', revealing, encoding] },
  },
  // The domain decides. It performs no I/O, and knows neither the clock nor chance.
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes from the clock port.' },
        { object: 'Math', property: 'random', message: 'Chance comes from the random port.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'Time comes from the clock port.',
        },
        revealing,
        encoding,
        takingAll,
      ],
    },
  },
);
