import { InvalidRequestError, type Place, type Statement } from '@cassette/cql';
import type { Attributes } from '../cql-to-mutation/attributes.ts';
import type { ModificationPlan } from '../cql-to-mutation/modification-plan.ts';
import type { ColumnSpec } from '../result/index.ts';
import type { SelectPlan } from '../select/select-plan.ts';

/** A BATCH that was understood. */
export interface BatchPlan {
  readonly kind: 'batch';
  readonly attributes: Attributes;
  readonly statements: readonly ModificationPlan[];
}

/** What a statement is when it is about data. */
export type DataPlan = SelectPlan | ModificationPlan | BatchPlan;

/** A statement, parsed and planned once and executed many times. */
export class PreparedStatement {
  /** The text it was made of. */
  readonly source: string;
  readonly statement: Statement;
  /** Null for statements about the schema, which are planned when they run. */
  readonly plan: DataPlan | null;
  /** What each bind marker is for. */
  readonly markers: readonly ColumnSpec[];
  private readonly names: readonly (string | null)[];

  constructor(
    source: string,
    statement: Statement,
    plan: DataPlan | null,
    markers: readonly ColumnSpec[],
    names: readonly (string | null)[],
  ) {
    this.source = source;
    this.statement = statement;
    this.plan = plan;
    this.markers = markers;
    this.names = names;
  }

  /**
   * Parameters as values in the order of the markers: an array is taken as it is, an object by the names of the markers (those
   * of `?` are the columns' names), null is none. Columns that an INSERT or UPDATE writes may be left out of an object, and stay as they
   * are; but not where their markers have other names, or the object such that are no marker's, one of which may be meant. Throws InvalidRequestError where the count or a
   * name is not right.
   */
  values(params: readonly unknown[] | Readonly<Record<string, unknown>> | null | undefined): readonly unknown[] {
    const { markers } = this;
    if (params === undefined || params === null || Array.isArray(params)) {
      const given = params?.length ?? 0;
      if (given !== markers.length) {
        throw new InvalidRequestError(
          `Invalid amount of bind variables: the statement has ${markers.length} bind markers, ${given} values were given`,
          this.placeOfMarker(given),
        );
      }
      return (params as readonly unknown[] | null | undefined) ?? [];
    }
    if (typeof params !== 'object') {
      const got = typeof params === 'string' ? JSON.stringify(params).slice(0, 60) : String(params);
      throw new InvalidRequestError(`Parameters are an array of values or an object of named ones, not ${got}`);
    }
    const named = params as Readonly<Record<string, unknown>>;
    return markers.map((marker, i) => {
      const name = this.names[i] ?? marker.name;
      if (Object.hasOwn(named, name)) return named[name];
      // Markers without quotes are folded to lower case, and so may the caller's names be.
      const folded = Object.keys(named).find((key) => key.toLowerCase() === name);
      if (folded === undefined) {
        if (name === marker.name && this.isWritten(name) && this.areMarkers(Object.keys(named))) return undefined;
        const { type } = marker;
        throw new InvalidRequestError(
          `No value was given for the bind marker ${name} of type ${type}: give null for none`,
          this.placeOfMarker(i),
        );
      }
      return named[folded];
    });
  }

  /** Whether it is a column outside the key, and the statement one that writes and is no batch. */
  private isWritten(name: string): boolean {
    const { plan } = this;
    if (plan === null || 'kind' in plan) return false;
    const kind = plan.table.column(name)?.kind;
    return kind === 'regular' || kind === 'static';
  }

  private areMarkers(names: readonly string[]): boolean {
    const known = new Set(this.markers.map((marker, i) => this.names[i] ?? marker.name));
    return names.every((name) => known.has(name) || known.has(name.toLowerCase()));
  }

  /** Where a marker is, or the statement where it has no such marker. */
  private placeOfMarker(index: number): Place {
    const { source, statement } = this;
    return { source, position: statement.bindMarkers[index]?.pos ?? statement.pos };
  }
}
