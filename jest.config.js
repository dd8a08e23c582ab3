/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // zod loads its own messages in fifty languages; jest would read those files again for each test file, for a tenth of all its time.
  moduleNameMapper: { '^../locales/index.cjs$': '<rootDir>/node_modules/zod/v4/locales/en.cjs' },
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
  collectCoverageFrom: ['src/domain/**/*.ts', 'src/providers/**/*.ts'],
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'lcov'],
  coverageThreshold: {
    './src/domain/': { lines: 95, branches: 95 },
    './src/providers/': { lines: 95, branches: 95 },
  },
  globalSetup: '<rootDir>/test/support/begin-run.ts',
  globalTeardown: '<rootDir>/test/support/end-run.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/check-every-answer.ts'],
  restoreMocks: true,
  testTimeout: 30_000,
};
