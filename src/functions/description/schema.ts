/** Zod shapes as the JSON Schema of OpenAPI 3.1. Shapes with an id become components, and are referred to. */
import * as z from 'zod';

export type Schema = Record<string, unknown>;

export interface Schemas {
  /** The schema of what is sent: objects are open unless the shape is strict, so that a client can bear a new field. */
  of(shape: z.ZodType): Schema;
  /** Those that were referred to so far, by id. */
  readonly components: Record<string, Schema>;
}

export function createSchemas(): Schemas {
  const components: Record<string, Schema> = {};
  return {
    components,
    of(shape) {
      const {
        $schema: _,
        $defs = {},
        ...schema
      } = toReferences(convert(shape)) as Schema & { $defs?: object };
      Object.assign(components, $defs);
      return schema;
    },
  };
}

function convert(shape: z.ZodType): unknown {
  return z.toJSONSchema(shape, {
    io: 'input',
    override({ jsonSchema }) {
      // The format says it in one word.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.id;
    },
  });
}

function toReferences(schema: unknown): unknown {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as unknown;
}
