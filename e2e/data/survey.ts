// The workload of the main job: real data that an npm package ships, as statements with bound values.
// Flights (20,000 of them, their airports as statics) and a week of earthquakes (TTLs and deletions mixed in).

import { readFileSync } from 'node:fs';

// The package's exports name its scripts, not its data files, so they are addressed by place.
const folder = new URL('../node_modules/vega-datasets/data/', import.meta.url);

/** A statement, what to bind, and which row it is about. Plain JSON: it travels into a page. */
export interface Operation {
  readonly cql: string;
  readonly params: readonly (string | number | boolean | null | readonly string[])[];
  /** `table/key/clustering`: operations with equal names are about the same row, the later one being the newer. */
  readonly row: string;
  readonly kind: 'insert' | 'update' | 'delete' | 'static';
}

export const keyspace = 'survey';

/** What both Cassette and Cassandra execute first. */
export const schema = [
  `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  `CREATE TABLE IF NOT EXISTS ${keyspace}.flights (
     origin text, departed timestamp, id int, destination text, delay int, distance int,
     airport text static, city text static, latitude double static, longitude double static,
     PRIMARY KEY (origin, departed, id)) WITH CLUSTERING ORDER BY (departed DESC, id ASC)`,
  `CREATE TABLE IF NOT EXISTS ${keyspace}.earthquakes (
     network text, magnitude_type text, at timestamp, id text, magnitude double, place text, felt int, tsunami boolean,
     position frozen<tuple<double, double, double>>, sources frozen<set<text>>,
     PRIMARY KEY ((network, magnitude_type), at, id)) WITH compression = {'enabled': false}`,
] as const;

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

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

function flights(): Operation[] {
  const operations: Operation[] = [];
  const airports = new Map(
    read('airports.csv')
      .split('\n')
      .map((line) => line.split(','))
      .filter((fields) => fields.length === 7)
      .map(([code, name, city, , , latitude, longitude]) => [
        code,
        { name, city, latitude: Number(latitude), longitude: Number(longitude) },
      ]),
  );
  const described = new Set<string>();
  const all = JSON.parse(read('flights-20k.json')) as Flight[];
  all.forEach((flight, id) => {
    const airport = airports.get(flight.origin);
    if (airport && !described.has(flight.origin)) {
      described.add(flight.origin);
      operations.push({
        cql: `INSERT INTO ${keyspace}.flights (origin, airport, city, latitude, longitude) VALUES (?, ?, ?, ?, ?)`,
        params: [flight.origin, airport.name, airport.city, airport.latitude, airport.longitude],
        row: `flights/${flight.origin}`,
        kind: 'static',
      });
    }
    const departed = `${flight.date.replaceAll('/', '-')}:00Z`;
    operations.push({
      cql: `INSERT INTO ${keyspace}.flights (origin, departed, id, destination, delay, distance) VALUES (?, ?, ?, ?, ?, ?)`,
      params: [flight.origin, departed, id, flight.destination, flight.delay, flight.distance],
      row: `flights/${flight.origin}/${id}`,
      kind: 'insert',
    });
    if (id % 97 === 0) {
      operations.push({
        cql: `DELETE FROM ${keyspace}.flights WHERE origin = ? AND departed = ? AND id = ?`,
        params: [flight.origin, departed, id],
        row: `flights/${flight.origin}/${id}`,
        kind: 'delete',
      });
    }
  });
  return operations;
}

function earthquakes(): Operation[] {
  const operations: Operation[] = [];
  const { features } = JSON.parse(read('earthquakes.json')) as { features: Quake[] };
  features.forEach(({ id, properties: p, geometry }, n) => {
    const row = `earthquakes/${p.net}/${p.magType ?? 'none'}/${id}`;
    const key = [p.net, p.magType ?? 'none', p.time, id] as const;
    operations.push({
      cql: `INSERT INTO ${keyspace}.earthquakes (network, magnitude_type, at, id, magnitude, place, felt, tsunami, position, sources)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)${n % 5 === 0 ? ` USING TTL ${864000 + n}` : ''}`,
      params: [
        ...key,
        p.mag,
        p.place,
        p.felt,
        p.tsunami === 1,
        geometry.coordinates as unknown as readonly string[],
        p.sources.split(',').filter((source) => source !== ''),
      ],
      row,
      kind: 'insert',
    });
    if (n % 11 === 0) {
      operations.push({
        cql: `UPDATE ${keyspace}.earthquakes USING TTL 777000 SET felt = ? WHERE network = ? AND magnitude_type = ? AND at = ? AND id = ?`,
        params: [n, ...key],
        row,
        kind: 'update',
      });
    }
    if (n % 13 === 0) {
      operations.push({
        cql: `DELETE place FROM ${keyspace}.earthquakes WHERE network = ? AND magnitude_type = ? AND at = ? AND id = ?`,
        params: [...key],
        row,
        kind: 'update',
      });
    }
    if (n % 29 === 0) {
      operations.push({
        cql: `DELETE FROM ${keyspace}.earthquakes WHERE network = ? AND magnitude_type = ? AND at = ?`,
        params: [p.net, p.magType ?? 'none', p.time],
        row,
        kind: 'delete',
      });
    }
  });
  return operations;
}

/** All operations, tables interleaved, in the order in which they are sent. */
export function survey(): Operation[] {
  const a = flights();
  const b = earthquakes();
  const every = Math.ceil(a.length / b.length);
  const mixed: Operation[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    for (let n = 0; n < every && i < a.length; n++) mixed.push(a[i++]);
    if (j < b.length) mixed.push(b[j++]);
  }
  return mixed;
}

/** Key columns by table: what has no write time. */
export const keysOf = {
  flights: ['origin', 'departed', 'id'],
  earthquakes: ['network', 'magnitude_type', 'at', 'id'],
} as const;
