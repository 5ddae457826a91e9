import { fromHex } from '@cassette/bytes';
import { ConfigurationError } from '../errors.ts';
import type { CqlType } from './cql-type.ts';
import { ListType, SetType } from './list-type.ts';
import { MapType } from './map-type.ts';
import { nativeTypes } from './native-types.ts';
import { CompositeType, CustomType, ReversedType } from './other-types.ts';
import { marshalPackage } from './scalar-type.ts';
import { TupleType, UserType, type UserTypeField } from './tuple-type.ts';
import { VectorType } from './vector-type.ts';

/** More nesting than any table has; names come from files that may be hostile. */
const depthMax = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const scalars = new Map<string, CqlType>(Object.values(nativeTypes).map((type) => [type.marshalName(), type]));

/**
 * The type of a name as Statistics.db and Cassandra's schema tables write it, e.g.
 * `org.apache.cassandra.db.marshal.MapType(…UTF8Type,…Int32Type)`; the package may be left out, blanks are passed over. Names of key
 * columns may be a {@link ReversedType}, those of partition keys a {@link CompositeType}; unknown classes become a {@link CustomType}.
 * Throws ConfigurationError for text that is no type. Cassandra: TypeParser#parse.
 */
export function parseMarshalType(text: string): CqlType {
  const parser = new MarshalParser(text);
  const type = parser.type(0);
  parser.end();
  return type;
}

class MarshalParser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  type(depth: number): CqlType {
    if (depth > depthMax) throw this.wrong('types are nested too deep');
    const start = this.at;
    const name = this.identifier();
    const className = name.includes('.') ? name : marshalPackage + name;
    const scalar = scalars.get(className);
    if (scalar !== undefined && !this.peek('(')) return scalar;
    switch (className.startsWith(marshalPackage) ? className.slice(marshalPackage.length) : '') {
      case 'FrozenType':
        return this.types(depth, 1)[0].freeze();
      case 'ReversedType':
        return new ReversedType(this.types(depth, 1)[0]);
      case 'ListType':
        return new ListType(this.types(depth, 1)[0].freeze(), false);
      case 'SetType':
        return new SetType(this.types(depth, 1)[0].freeze(), false);
      case 'MapType': {
        const [key, value] = this.types(depth, 2);
        return new MapType(key.freeze(), value.freeze(), false);
      }
      case 'TupleType':
        return new TupleType(this.types(depth));
      case 'CompositeType':
        return new CompositeType(this.types(depth));
      case 'UserType':
        return this.userType(depth);
      case 'VectorType':
        return this.vector(depth);
    }
    if (this.peek('(')) this.skipParameters();
    return new CustomType(this.text.slice(start, this.at).trim());
  }

  end(): void {
    this.blanks();
    if (this.at < this.text.length) throw this.wrong('unexpected text after the type');
  }

  private types(depth: number, count = -1): CqlType[] {
    this.expect('(');
    const types: CqlType[] = [];
    while (!this.peek(')')) {
      if (types.length > 0) this.expect(',');
      types.push(this.type(depth + 1));
    }
    this.at++;
    if (count >= 0 && types.length !== count) throw this.wrong(`expected ${count} type parameters, got ${types.length}`);
    return types;
  }

  private userType(depth: number): UserType {
    this.expect('(');
    const keyspace = this.identifier();
    this.expect(',');
    const name = this.hexName();
    const fields: UserTypeField[] = [];
    while (!this.peek(')')) {
      this.expect(',');
      const field = this.hexName();
      this.expect(':');
      fields.push({ name: field, type: this.type(depth + 1) });
    }
    this.at++;
    return new UserType(keyspace, name, fields, false);
  }

  private vector(depth: number): VectorType {
    this.expect('(');
    // Not frozen unless it says so: Cassandra keeps `vector<list<int>, 2>` as it was written.
    const element = this.type(depth + 1);
    this.expect(',');
    const dimension = this.identifier();
    if (!/^\d{1,9}$/.test(dimension)) throw this.wrong(`'${dimension}' is no dimension`);
    this.expect(')');
    return new VectorType(element, Number(dimension));
  }

  /** Parameters of a class that is not known: kept as text. */
  private skipParameters(): void {
    let open = 0;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at];
      if (char === '(') open++;
      if (char === ')' && --open === 0) {
        this.at++;
        return;
      }
    }
    throw this.wrong('a parenthesis is not closed');
  }

  private identifier(): string {
    this.blanks();
    const start = this.at;
    while (this.at < this.text.length && /[0-9a-zA-Z\-+._&]/.test(this.text[this.at])) this.at++;
    if (this.at === start) throw this.wrong('a name is missing');
    return this.text.slice(start, this.at);
  }

  private hexName(): string {
    const bytes = fromHex(this.identifier());
    if (bytes === null) throw this.wrong('a name is not hexadecimal');
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      const error = this.wrong('a name is not UTF-8');
      error.cause = cause;
      throw error;
    }
  }

  private peek(char: string): boolean {
    this.blanks();
    return this.text[this.at] === char;
  }

  private expect(char: string): void {
    if (!this.peek(char)) throw this.wrong(`expected '${char}'`);
    this.at++;
  }

  private blanks(): void {
    while (this.at < this.text.length && ' \t\n'.includes(this.text[this.at])) this.at++;
  }

  private wrong(message: string): ConfigurationError {
    const excerpt = this.text.length > 200 ? `${this.text.slice(0, 200)}…` : this.text;
    return new ConfigurationError(`Syntax error parsing '${excerpt}' at char ${this.at}: ${message}`, undefined, { at: this.at });
  }
}
