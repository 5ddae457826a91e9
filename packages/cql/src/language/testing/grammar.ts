import fc from 'fast-check';

// Random CQL by the grammar: each arbitrary gives the text of one production. Whatever comes out must parse.

const optional = (arb: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), arb);
const list = (arb: fc.Arbitrary<string>, min = 1): fc.Arbitrary<string> =>
  fc.array(arb, { minLength: min, maxLength: 3 }).map((items) => items.join(', '));

/** Fills `$name` places of a template with what the arbitraries give. */
function template(text: string, parts: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<string> {
  const pieces = text.split(/(\$\w+)/);
  return fc
    .tuple(...pieces.map((piece) => (piece.startsWith('$') ? parts[piece.slice(1)]! : fc.constant(piece))))
    .map((all) => all.join(''));
}

/** Names of columns, tables, keyspaces and fields: plain, mixed case, unreserved keywords, quoted. */
export const nameText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'a',
    'b_1',
    'Camel',
    'pk',
    'deadbeef',
    'json',
    'distinct',
    'ttl',
    'key',
    'as',
    'int',
    'count',
    'exists',
    'map',
    'tables',
    'type',
  ),
  fc.constantFrom('"Quoted"', '"select"', '"with ""quotes"""', '"int"', '"日本"', '"a"', '"expr"'),
);

const literalText = fc.oneof(
  fc.constantFrom(
    "'text'",
    "'it''s'",
    "''",
    '$$a $ b$$',
    '1',
    '-1',
    '007',
    '1.5',
    '-1.',
    '1e3',
    '1.5E-3',
    'NaN',
    '-nan',
    'infinity',
    '-Infinity',
  ),
  fc.constantFrom(
    'true',
    'FALSE',
    '1y2mo',
    '-3d4h5m6s7ms8us9ns',
    '1µs',
    'P1Y2M3DT4H5M6S',
    '-P1W',
    'PT1M',
    'P0001-02-03T04:05:06',
    '0x',
    '0xCAFE',
  ),
  fc.uuid(),
  fc.string().map((text) => `'${text.replaceAll("'", "''")}'`),
  fc.bigInt().map(String),
);
const markerText = fc.oneof(
  fc.constant('?'),
  nameText.map((name) => `:${name}`),
);
const qualifiedText = fc.oneof(nameText, template('$k.$n', { k: nameText, n: nameText }));
const functionText = fc.constantFrom(
  'f',
  'F',
  'ks.g',
  '"Fn"',
  'token',
  'now',
  'int',
  'count',
  '"ttl"',
  '"cast"',
  '"expr"',
  'blobasint',
  'json.f',
);
const nativeText = fc.constantFrom('int', 'TEXT', 'varchar', 'timestamp', 'Duration', 'counter');
const userTypeText = fc.constantFrom('udt', 'ks.udt', '"Udt"', '"int"', 'ks."ttl"', 'map', 'key', '"byte"', 'int.u');

/** Types, terms and selectors, which nest. */
const nested = fc.letrec<Record<string, string>>((tie) => ({
  collection: fc.oneof(
    template('list<$t>', { t: tie('type') }),
    template('SET < $t >', { t: tie('type') }),
    template('map<$t,$t>', { t: tie('type') }),
    template('tuple<$t, int>', { t: tie('type') }),
    template('vector<$t, 3>', { t: tie('type') }),
    template('frozen<$t>', { t: tie('collection') }),
    userTypeText,
  ),
  type: fc.oneof({ depthSize: 'small', withCrossShrink: true }, nativeText, fc.constant("'org.example.Type'"), tie('collection')),
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('simpleTerm'),
    template('$s $o $s', { s: tie('simpleTerm'), o: fc.constantFrom('+', '-', '*', '/', '%') }),
    template('- $s', { s: tie('simpleTerm') }),
  ),
  simpleTerm: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literalText,
    markerText,
    fc.constant('NULL'),
    fc.constantFrom('[]', '{}'),
    template('[$t]', { t: tie('terms') }),
    template('{$t}', { t: tie('terms') }),
    template('{$t: $t, $t :$t}', { t: tie('term') }),
    template('{$n: $t, $n: $t}', { n: nameText, t: tie('term') }),
    template('($t, $t)', { t: tie('term') }),
    template('(1 + $t)', { t: tie('simpleTerm') }),
    template('$f($t)', { f: functionText, t: tie('terms') }),
    template('$f()', { f: functionText }),
    template('($y)$s', { y: tie('collection'), s: tie('simpleTerm') }),
    template('CAST($s AS $n)', { s: tie('simpleTerm'), n: nativeText }),
  ),
  terms: list(tie('term') as fc.Arbitrary<string>),
  selector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('group'),
    template('$g $o $g', { g: tie('group'), o: fc.constantFrom('+', '-', '*', '/', '%') }),
    template('- $g', { g: tie('group') }),
  ),
  group: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    nameText,
    literalText,
    fc.constantFrom('?', 'null', 'count(*)', 'COUNT ( * )', '[]', '{}'),
    template('$f(a.b[1])', { f: fc.constantFrom('writetime', 'ttl', 'MaxWriteTime') }),
    template('$f($s, a)', { f: functionText, s: tie('selector') }),
    template('cast($s as $n)', { s: tie('selector'), n: nativeText }),
    template('$n.$m', { n: nameText, m: nameText }),
    template('$n[$t]', { n: nameText, t: tie('term') }),
    template('$n[$t..$t].x', { n: nameText, t: tie('simpleTerm') }),
    template('$n[..$t]', { n: nameText, t: tie('term') }),
    template('(list<$y>)[$s]', { y: tie('type'), s: tie('selector') }),
    template('{$s, $s}', { s: tie('selector') }),
    template('{$s: $s}', { s: tie('selector') }),
    template('($s, a)', { s: tie('selector') }),
    template('($s)', { s: tie('selector') }),
  ),
}));

/** Types. */
export const typeText: fc.Arbitrary<string> = nested.type!;
/** Terms. */
export const termText: fc.Arbitrary<string> = nested.term!;

const comparison = fc.constantFrom('=', '<', '<=', '>', '>=', '!=');
const relation = fc.oneof(
  template('$n $o $t', {
    n: nameText,
    o: fc.oneof(comparison, fc.constantFrom('CONTAINS', 'contains key', 'LIKE')),
    t: termText,
  }),
  template('$n IN ($t)', { n: nameText, t: list(termText, 0) }),
  template('$n IN $m', { n: nameText, m: markerText }),
  template('$n IS NOT NULL', { n: nameText }),
  template('$n[$t] $o $t', { n: nameText, o: comparison, t: termText }),
  template('(a, $n) $o ($t, 1)', { n: nameText, o: comparison, t: termText }),
  template('(($n $o $t))', { n: nameText, o: comparison, t: termText }),
  fc.constantFrom('(a, b) IN ()', '(a, b) IN ((1, 2), (?, :x))', '(a) IN (?, ?)', '(a, b) in :x', '(a) > ?', "expr(idx, 'a')"),
  template('token(a, $n) $o $t', { n: nameText, o: comparison, t: termText }),
);
const where = fc.array(relation, { minLength: 1, maxLength: 3 }).map((parts) => `WHERE ${parts.join(' AND ')}`);
const integer = fc.oneof(fc.nat().map(String), markerText);
const using = fc.oneof(
  template('USING TTL $i', { i: integer }),
  template('USING TIMESTAMP $i AND TTL $i', { i: integer }),
  template('using timestamp $i', { i: integer }),
);
const target = fc.oneof(
  nameText,
  template('$n[$t]', { n: nameText, t: termText }),
  template('$n.$m', { n: nameText, m: nameText }),
);
const condition = fc.oneof(
  fc.constant('IF EXISTS'),
  template('IF $x $o $t AND $x IN ($t)', { x: target, o: comparison, t: termText }),
  template('IF $x IN $m AND a CONTAINS $t', { x: target, m: markerText, t: termText }),
);

/** Cassandra takes `json *` for SELECT JSON * before it sees what is multiplied. */
const firstSelector = nested.selector!.filter((text) => !/^(?:json|distinct) \*/.test(text));
const select = template('SELECT $h$s FROM $q $w $g $o $p $l $f', {
  h: fc.constantFrom('', 'JSON ', 'DISTINCT '),
  s: fc.oneof(
    fc.constant('*'),
    template('x, $l', { l: list(nested.selector!) }),
    template('$s AS $n, y', { s: firstSelector, n: nameText }),
  ),
  q: qualifiedText,
  w: optional(where),
  g: optional(template('GROUP BY $n, f($m)', { n: nameText, m: nameText })),
  o: optional(template('ORDER BY $n ANN OF $t, $n DESC, $m asc', { n: nameText, m: nameText, t: termText })),
  p: optional(template('PER PARTITION LIMIT $i', { i: integer })),
  l: optional(template('LIMIT $i', { i: integer })),
  f: optional(fc.constant('allow filtering')),
});
const insert = template('INSERT INTO $q (a, $n) VALUES ($t) $i $u', {
  q: qualifiedText,
  n: nameText,
  t: list(termText),
  i: optional(fc.constant('IF NOT EXISTS')),
  u: optional(using),
});
const insertJson = template('INSERT INTO $q JSON $j $d $i $u', {
  q: qualifiedText,
  j: fc.oneof(markerText, fc.constant("'{}'")),
  d: fc.constantFrom('', 'DEFAULT NULL', 'DEFAULT UNSET'),
  i: optional(fc.constant('IF NOT EXISTS')),
  u: optional(using),
});
const operation = fc
  .constantFrom('a', 'b_1', 'ttl', '"Quoted"', 'count')
  .chain((column) =>
    fc.oneof(
      ...[
        '$c = $t',
        '$c += $t',
        '$c -= $t',
        '$c = $c + $t',
        '$c = $c - $t',
        '$c = $c -5',
        '$c = $t + $c',
        '$c[$t] = $t',
        '$c.f = $t',
      ].map((text) => template(text, { c: fc.constant(column), t: termText })),
    ),
  );
const update = template('UPDATE $q $u SET $o, other = 1 $w $c', {
  q: qualifiedText,
  u: optional(using),
  o: operation,
  w: where,
  c: optional(condition),
});
const remove = template('DELETE $x FROM $q $u $w $c', {
  x: list(target, 0),
  q: qualifiedText,
  u: optional(template('USING TIMESTAMP $i', { i: integer })),
  w: where,
  c: optional(condition),
});
const modification = fc.oneof(insert, insertJson, update, remove);
const batch = template('BEGIN $k BATCH $u $m; $m $m ; APPLY BATCH', {
  k: fc.constantFrom('', 'UNLOGGED', 'counter'),
  u: optional(using),
  m: modification,
});

const property = fc.constantFrom(
  "comment = 'x'",
  'gc_grace_seconds = 1',
  'f = NaN',
  "compaction = {'class': 'STCS', 'n': 4}",
  '"P" = {}',
  'speculative_retry = ALL',
  'durable_writes = true',
);
const mask = fc.constantFrom('', 'MASKED WITH DEFAULT', 'masked with mask_inner(1, null)', 'MASKED WITH ks.f()');
const column = template('$n $t $s $m', { n: nameText, t: typeText, s: fc.constantFrom('', 'static'), m: mask });
const createTable = template('CREATE TABLE $e $q (k int $p, $c $d) $w', {
  e: optional(fc.constant('IF NOT EXISTS')),
  q: qualifiedText,
  p: fc.constantFrom('', 'PRIMARY KEY', 'static'),
  c: column,
  d: fc.constantFrom('', ', PRIMARY KEY (k)', ', PRIMARY KEY ((k, "B"), c, d),', ',,'),
  w: optional(template('WITH COMPACT STORAGE AND clustering order by (a DESC, b ASC) AND $p', { p: property })),
});
const alterTable = template('ALTER TABLE $e $q $a', {
  e: optional(fc.constant('IF EXISTS')),
  q: qualifiedText,
  a: fc.oneof(
    template('ADD $c', { c: column }),
    template('ADD IF NOT EXISTS ($c, $c)', { c: column }),
    template('DROP IF EXISTS ($n, b) USING TIMESTAMP 5', { n: nameText }),
    template('DROP $n', { n: nameText }),
    template('RENAME $n TO $m AND a TO b', { n: nameText, m: nameText }),
    template('WITH $p', { p: property }),
    template('ALTER $n TYPE $t', { n: nameText, t: typeText }),
    fc.constantFrom('DROP COMPACT STORAGE', 'ALTER a DROP MASKED', 'ALTER IF EXISTS a MASKED WITH DEFAULT'),
  ),
});
const schema = fc.oneof(
  createTable,
  alterTable,
  template('CREATE TYPE $u (a int, $n $t)', { u: userTypeText.filter((text) => text !== 'map'), n: nameText, t: typeText }),
  template('ALTER TYPE IF EXISTS $u $a', {
    u: userTypeText,
    a: fc.constantFrom('ADD a int', 'ADD IF NOT EXISTS a list<int>', 'RENAME a TO b AND c TO d', 'ALTER a TYPE text'),
  }),
  template('CREATE KEYSPACE IF NOT EXISTS $n WITH $p', { n: nameText, p: property }),
  template('ALTER KEYSPACE $n WITH $p', { n: nameText, p: property }),
  template('DROP $k IF EXISTS $n', { k: fc.constantFrom('KEYSPACE', 'TABLE', 'COLUMNFAMILY', 'INDEX'), n: nameText }),
  template('DROP TYPE $u', { u: userTypeText }),
  template("CREATE INDEX IF NOT EXISTS $i ON $q ($t) USING 'sai' WITH $p", {
    i: nameText,
    q: qualifiedText,
    t: fc.oneof(nameText, fc.constantFrom('keys(a)', 'FULL("")', 'values, entries(b)')),
    p: property,
  }),
  template('TRUNCATE TABLE $q', { q: qualifiedText }),
  template('USE $n', { n: nameText }),
  template('DESCRIBE $x', {
    x: fc.oneof(
      qualifiedText.filter((text) => !/^(?:tables|type)/.test(text)),
      template('TABLE $q', { q: qualifiedText }),
      template('FUNCTION $f', { f: functionText }),
      fc.constantFrom('FULL SCHEMA', 'ONLY KEYSPACE k', 'TYPE ks.t', 'TABLES', 'CLUSTER WITH INTERNALS'),
    ),
  }),
  fc.constantFrom(
    'GRANT ALL ON ks.t TO bob',
    "CREATE ROLE bob WITH PASSWORD = 'x'",
    'CREATE FUNCTION f() RETURNS int AS $$ a; b $$',
  ),
);

/** Statements of every family. */
export const statementText: fc.Arbitrary<string> = fc.oneof(select, modification, batch, schema);
