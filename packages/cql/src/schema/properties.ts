import { ConfigurationError, CqlSyntaxError, pointedAt } from '../errors.ts';
import type { Property } from '../language/ast/index.ts';
import { literalText } from '../language/ast/literal-text.ts';

/**
 * The `name = value` pairs of a WITH, read by type. Every complaint points at the property in `source`. All throw CqlSyntaxError for
 * a value that is not what is asked for, as Cassandra does. Cassandra: cql3.statements.PropertyDefinitions.
 */
export class Properties {
  private readonly byName: ReadonlyMap<string, Property>;
  private readonly source: string;
  /** What is pointed at where a property is not given. */
  private readonly fallback: number;

  /** Refuses names that are not in `known`. */
  constructor(properties: readonly Property[], known: readonly string[], source: string) {
    this.source = source;
    this.fallback = properties[0]?.pos ?? 0;
    this.byName = new Map(properties.map((property) => [property.name, property]));
    for (const property of properties) {
      if (!known.includes(property.name)) throw this.wrong(property, `Unknown property '${property.name}'`);
    }
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** The text of a constant; undefined where the property is not given. */
  string(name: string): string | undefined {
    const property = this.byName.get(name);
    if (property === undefined) return undefined;
    if (property.value.kind === 'map') throw this.wrong(property, `Invalid value for property '${name}'. It should be a string`);
    return literalText(property.value);
  }

  map(name: string): Record<string, string> | undefined {
    const property = this.byName.get(name);
    if (property === undefined) return undefined;
    if (property.value.kind !== 'map') throw this.wrong(property, `Invalid value for property '${name}'. It should be a map.`);
    return Object.fromEntries(property.value.entries.map(({ key, value }) => [literalText(key), literalText(value)]));
  }

  boolean(name: string): boolean | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    if (/^(1|true|yes)$/i.test(text)) return true;
    if (/^(0|false|no)$/i.test(text)) return false;
    throw this.refuse(
      name,
      `Invalid boolean value ${text} for '${name}'. Positive values can be '1', 'true' or 'yes'. Negative values can be '0', 'false' or 'no'.`,
    );
  }

  /** An int32. */
  int(name: string): number | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if ((value | 0) !== value) throw this.refuse(name, `Invalid integer value ${text} for '${name}'`);
    return value;
  }

  double(name: string): number | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value)) throw this.refuse(name, `Invalid double value ${text} for '${name}'`);
    return value;
  }

  /** An error that points at a property. */
  refuse(name: string, message: string): CqlSyntaxError {
    const property = this.byName.get(name);
    return new CqlSyntaxError(message, this.source, property?.pos ?? 0);
  }

  /** An error of a property whose value is of the right kind, but can't be. */
  invalid(name: string, message: string): ConfigurationError {
    return new ConfigurationError(message, { source: this.source, position: this.positionOf(name, undefined) });
  }

  /** What `read` gives; what it throws without a place points at the property, or at the entry of its map that `data.option` names. */
  reading<T>(name: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw pointedAt(error, { source: this.source, position: this.positionOf(name, optionOf(error)) });
    }
  }

  private positionOf(name: string, option: string | undefined): number {
    const property = this.byName.get(name);
    if (property?.value.kind === 'map') {
      const entry = property.value.entries.find(({ key }) => literalText(key) === option);
      if (entry !== undefined) return entry.key.pos;
    }
    return property?.pos ?? this.fallback;
  }

  private wrong(property: Property, message: string): CqlSyntaxError {
    return new CqlSyntaxError(message, this.source, property.pos);
  }
}

function optionOf(error: unknown): string | undefined {
  const option = error instanceof ConfigurationError ? error.data['option'] : undefined;
  return typeof option === 'string' ? option : undefined;
}
