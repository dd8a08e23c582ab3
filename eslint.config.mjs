// ESLint for what tsc cannot see: lost promises, switches that miss a case, and the directions of imports.
import tseslint from 'typescript-eslint';

/** Forbids imports from `folder` that would turn an arrow of the house (docs/architecture.md) around. */
const mayNotImport = (folder, patterns, rules = {}) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: patterns,
            message: `${folder} may not import this: see "The house" in docs/architecture.md`,
          },
        ],
      },
    ],
    ...rules,
  },
});

const outside = ['axios', 'pino', '@azure/*', 'hono', 'hono/*', '**/local/**', '**/test/**'];
const sdkFree = [...outside, 'node:*', '!node:crypto'];

const revealing = {
  selector: 'CallExpression[callee.property.name="reveal"]',
  message: 'Only adapters reveal secrets.',
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
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Only main.ts reads the environment.' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/adapters/**'],
    rules: { 'no-restricted-syntax': ['error', revealing] },
  },
  // The domain decides. It performs no I/O and knows neither SDKs, settings, the clock nor chance.
  mayNotImport(
    'src/domain',
    [
      ...sdkFree,
      '**/adapters/**',
      '**/providers/**',
      '**/functions/**',
      '**/pages/**',
      '**/config*',
      '**/main*',
    ],
    {
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
      ],
    },
  ),
  mayNotImport('src/providers', [
    ...sdkFree,
    '**/adapters/**',
    '**/domain/**',
    '**/functions/**',
    '**/pages/**',
    '**/config*',
  ]),
  mayNotImport('src/adapters', [
    '**/domain/**',
    '**/functions/**',
    '**/pages/**',
    '**/providers/**',
    '**/main*',
  ]),
  mayNotImport('src/pages', [
    '**/domain/**',
    '**/adapters/**',
    '**/functions/**',
    '**/providers/**',
    '**/ports*',
  ]),
  mayNotImport('src/functions', [
    '**/adapters/**',
    '**/main*',
    '@azure/keyvault-secrets',
    '@azure/data-tables',
  ]),
);
