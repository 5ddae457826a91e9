// What the button 'Load sample data' writes, made at build time: 5,000 flights with their airports and a week of
// earthquakes, both real, both from the npm package vega-datasets.

import { readFileSync } from 'node:fs';

/** Rows as arrays of values in the order that `src/sample/sample-tables.ts` binds them. */
export interface SampleData {
  /** origin, airport, city, latitude, longitude */
  readonly airports: readonly (readonly [string, string, string, number, number])[];
  /** origin, departed, id, destination, delay in minutes, distance in miles */
  readonly flights: readonly (readonly [string, string, number, string, number, number])[];
  /** network, magnitude type, at, id, magnitude, place, felt, tsunami, position, sources */
  readonly earthquakes: readonly (readonly [
    string,
    string,
    number,
    string,
    number | null,
    string,
    number | null,
    boolean,
    readonly [number, number, number],
    readonly string[],
  ])[];
}

interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

interface Quake {
  readonly id: string;
  readonly properties: {
    readonly mag: number | null;
    readonly place: string;
    readonly time: number;
    readonly felt: number | null;
    readonly tsunami: number;
    readonly net: string;
    readonly magType: string | null;
    readonly sources: string;
  };
  readonly geometry: { readonly coordinates: readonly [number, number, number] };
}

// The package's exports name its scripts, not its data files, so they are addressed by place.
const folder = new URL('../node_modules/vega-datasets/data/', import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** Reads the package's files. */
export function sampleData(): SampleData {
  const flights = (JSON.parse(read('flights-5k.json')) as Flight[]).map(
    (f, id) => [f.origin, `${f.date.replaceAll('/', '-')}:00Z`, id, f.destination, f.delay, f.distance] as const,
  );
  const origins = new Set(flights.map(([origin]) => origin));
  const airports = read('airports.csv')
    .split('\n')
    .map((line) => line.split(','))
    .filter((fields) => fields.length === 7 && origins.has(fields[0]))
    .map(([code, name, city, , , latitude, longitude]) => [code, name, city, Number(latitude), Number(longitude)] as const);
  const { features } = JSON.parse(read('earthquakes.json')) as { features: Quake[] };
  const earthquakes = features.map(
    ({ id, properties: p, geometry }) =>
      [
        p.net,
        p.magType ?? 'none',
        p.time,
        id,
        p.mag,
        p.place,
        p.felt,
        p.tsunami === 1,
        geometry.coordinates,
        p.sources.split(',').filter((source) => source !== ''),
      ] as const,
  );
  return { airports, flights, earthquakes };
}
