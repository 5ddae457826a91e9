import { removalsOf, shownByHand } from './by-hand.ts';
import type { ExportManifest } from './manifest.ts';

/**
 * The text of an export's load.sh: POSIX sh, so that it runs wherever Cassandra does. Names of keyspaces, tables and folders are letters,
 * digits, `_` and `-`; a keyspace may be called EOF, so that lists of names end otherwise.
 */
export function loadScriptOf(manifest: ExportManifest): string {
  const { id, since, tables, sstables, schemaByHand } = manifest;
  const loaded = tables.filter(({ keyspace, table }) => sstables.some((one) => one.keyspace === keyspace && one.table === table));
  const list = loaded.map(({ keyspace, table, folder }) => `${keyspace} ${table} ${folder}\n`).join('');
  const keyspaces = [...new Set(tables.map(({ keyspace }) => keyspace))].map((name) => `${name}\n`).join('');
  const namesIn = (name: string) => loaded.flatMap(({ keyspace, table }) => (keyspace === name ? [table] : []));
  const cleaned = [...new Set(loaded.map(({ keyspace }) => keyspace))]
    .map((name) => `${name} ${namesIn(name).join(' ')}\n`)
    .join('');
  const undone = [...removalsOf(manifest), ...shownByHand(schemaByHand)];
  const notice =
    undone.length === 0
      ? ''
      : `
cat >&2 <<'EOF'
Since export ${since} the store did what no SSTable tells. Do it on the cluster after the earlier exports are loaded and before
this one is, unless others write to the table too, or need what is renamed or dropped:
${undone.join('\n')}
EOF
`;
  return `#!/bin/sh
# Loads export ${id} into Apache Cassandra.
set -eu

usage() {
  cat <<'EOF'
sh load.sh [option…] [-- argument of nodetool import or sstableloader…]

  --import           with nodetool import, into the node of this machine (the default)
  --every-node       the same for a cluster whose nodes do not own all rows each: run it on every one of them. The node takes all
                     rows, and nodetool cleanup then removes those that belong to others
  --sstableloader    with sstableloader, into the whole cluster
  --schema           first make keyspaces, types and tables with cqlsh, where they are not there yet; of an export since another
                     also what was added to types and tables since then, for Cassandra 4.1 or newer
  --check            compare all files with SHA256SUMS and do nothing else
  --no-check         load without comparing them
  --host HOST        default 127.0.0.1; of sstableloader one or more hosts with commas between them
  --port PORT        of the native protocol, for cqlsh and sstableloader
  --jmx-port PORT    for nodetool
  --numbers          name the SSTables by numbers, as Cassandra 4.0 wants it; found out by itself for nodetool
  --copies DIR       where copies go that nodetool import takes its files from; the node must be able to read and write there.
                     Default: $TMPDIR, or /tmp

Commands are taken from the variables NODETOOL, SSTABLELOADER and CQLSH, default nodetool, sstableloader and cqlsh; they may have
arguments: NODETOOL='docker exec node1 nodetool'.
EOF
}

fail() {
  echo "load.sh: $*" >&2
  exit 1
}

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
how=import every_node=no schema=no check=yes only_check=no host= port= jmx_port= numbers=no copies=\${TMPDIR:-/tmp}
while [ $# -gt 0 ]; do
  case $1 in
    --import) how=import ;;
    --every-node) how=import every_node=yes ;;
    --sstableloader) how=sstableloader every_node=no ;;
    --schema) schema=yes ;;
    --check) only_check=yes ;;
    --no-check) check=no ;;
    --numbers) numbers=yes ;;
    --host | --port | --jmx-port | --copies)
      [ $# -ge 2 ] || fail "$1 needs a value"
      case $1 in
        --host) host=$2 ;;
        --port) port=$2 ;;
        --jmx-port) jmx_port=$2 ;;
        --copies) copies=$2 ;;
      esac
      shift
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    --)
      shift
      break
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done

check_files() {
  cd "$here"
  if command -v sha256sum >/dev/null 2>&1; then
    sums=$(sha256sum -c SHA256SUMS 2>&1) && return 0
  elif command -v shasum >/dev/null 2>&1; then
    sums=$(shasum -a 256 -c SHA256SUMS 2>&1) && return 0
  else
    fail 'neither sha256sum nor shasum is here to compare the files with; --no-check loads without'
  fi
  echo "$sums" | grep -v ': OK$' >&2 || :
  fail 'files are missing or are not what was exported: nothing was loaded'
}

if [ $check = yes ] || [ $only_check = yes ]; then
  (check_files) || exit 1
fi
if [ $only_check = yes ]; then
  echo 'All files are what was exported.'
  exit 0
fi
${notice}
if [ $schema = yes ]; then
  while read -r keyspace; do
    echo "Schema of $keyspace"
    \${CQLSH:-cqlsh} -f "$here/$keyspace/schema.cql" "\${host:-127.0.0.1}" \${port:+"$port"} </dev/null ||
      fail "cqlsh could not make the schema of $keyspace and says above why; README.md names what Cassandra 4 does not know"
    [ -e "$here/$keyspace/schema-changes.cql" ] || continue
    \${CQLSH:-cqlsh} -f "$here/$keyspace/schema-changes.cql" "\${host:-127.0.0.1}" \${port:+"$port"} </dev/null ||
      fail "cqlsh could not alter the schema of $keyspace: schema-changes.cql has the statements"
  done <<'END-OF-LIST'
${keyspaces}END-OF-LIST
fi

run_nodetool() {
  \${NODETOOL:-nodetool} \${host:+-h "$host"} \${jmx_port:+-p "$jmx_port"} "$@" </dev/null
}

if [ $how = import ] && [ $numbers = no ]; then
  version=$(run_nodetool version) || fail 'nodetool does not reach the node'
  case $version in
    *': 4.0'* | *': 3.'*) numbers=yes ;;
  esac
fi

work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Copies the SSTables of a folder into another, named by numbers if need be.
copy() {
  if [ $numbers = no ]; then
    cp "$1"/* "$2"/
    return
  fi
  number=0
  for data in "$1"/*-Data.db; do
    number=$((number + 1))
    prefix=\${data%Data.db}
    name=\${prefix##*/}
    sstable_version=\${name%%-*}
    format=\${name%-}
    format=\${format##*-}
    for file in "$prefix"*; do
      cp "$file" "$2/$sstable_version-$number-$format-\${file#"$prefix"}"
    done
  done
}

if [ $every_node = yes ]; then
  set -- --no-tokens "$@"
fi

count=0
while read -r keyspace table folder; do
  echo "$keyspace.$table"
  work=$(mktemp -d "$copies/cassette-load.XXXXXX")
  from=$here/$folder
  if [ $how = import ] || [ $numbers = yes ]; then
    # nodetool import moves what it takes.
    from=$work/$keyspace/$table
    mkdir -p "$from"
    copy "$here/$folder" "$from"
    chmod -R a+rwX "$work"
  fi
  if [ $how = import ]; then
    run_nodetool import "$@" "$keyspace" "$table" "$from" ||
      fail "nodetool import failed for $keyspace.$table; the node's log says why. Where nodes have some of the rows each, a node
refuses those of others: load with --sstableloader, or with --every-node on every node"
    # An import that takes none of the files, because it does not know their version, says nothing.
    for left in "$from"/*-Data.db; do
      [ ! -e "$left" ] || fail "the node did not take \${left##*/} of $keyspace.$table: does it read that version?"
    done
  else
    {
      \${SSTABLELOADER:-sstableloader} -d "\${host:-127.0.0.1}" \${port:+-p "$port"} "$@" "$from" </dev/null ||
        echo $? >"$work/status"
    } | tee "$work/said"
    [ ! -e "$work/status" ] || fail "sstableloader failed for $keyspace.$table"
    # What it does not load, because the table is not there for one, is no failure to it.
    ! grep -q 'Skipping file' "$work/said" || fail "sstableloader skipped files of $keyspace.$table and says above why"
  fi
  rm -rf "$work"
  work=
  count=$((count + 1))
done <<'END-OF-LIST'
${list}END-OF-LIST

if [ $every_node = yes ]; then
  while read -r keyspace names; do
    # One word a table.
    run_nodetool cleanup "$keyspace" $names ||
      fail "everything is loaded, but nodetool cleanup failed for $keyspace: run it again by itself"
  done <<'END-OF-LIST'
${cleaned}END-OF-LIST
fi
echo "Loaded $count tables."
`;
}
