package cassette.judge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.apache.cassandra.cql3.QueryOptions;
import org.apache.cassandra.cql3.ResultSet;
import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.db.marshal.AbstractType;
import org.apache.cassandra.schema.ColumnMetadata;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.transport.ProtocolVersion;
import org.apache.cassandra.transport.messages.ResultMessage;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.apache.cassandra.utils.JsonUtils;

/**
 * {@code rows}: SSTables imported by an embedded node (what nodetool import calls), then every row with value, write time and TTL
 * of every cell, at a standing clock, so that remaining TTLs are exact.
 * Request: {schema: [CQL], dir, now: seconds}. Answer: {"keyspace.table": [{column: {json, writetime, ttl, hex} | null}]}.
 */
final class ImportedRows
{
    static JsonNode run(JsonNode q) throws Exception
    {
        try
        {
            Cql cql = new Cql();
            cql.schema(q.get("schema"));
            Map<Path, List<Tables>> folders = Tables.below(Path.of(q.get("dir").asText())).stream()
                                                    .collect(Collectors.groupingBy(t -> t.data().getParent(), TreeMap::new, Collectors.toList()));
            for (List<Tables> folder : folders.values()) importFolder(folder);
            if (q.hasNonNull("now")) JudgeClock.standAt(q.get("now").asLong());
            ObjectNode tables = Main.JSON.createObjectNode();
            for (ColumnFamilyStore table : Cql.userTables())
                tables.set(table.getKeyspaceName() + "." + table.name, rows(cql, table.metadata()));
            return tables;
        }
        finally
        {
            Cql.dropKeyspaces();
        }
    }

    private static void importFolder(List<Tables> sstables) throws IOException
    {
        Tables first = sstables.get(0);
        ColumnFamilyStore table = Keyspace.open(first.keyspace()).getColumnFamilyStore(first.metadata().id);
        // an import rewrites Statistics.db where it is and then moves the files away
        Path copy = Files.createTempDirectory(Boot.scratch(), "import-").resolve(first.keyspace()).resolve(first.table());
        Files.createDirectories(copy);
        try (Stream<Path> files = Files.list(first.data().getParent()))
        {
            for (Path file : files.filter(Files::isRegularFile).toList()) Files.copy(file, copy.resolve(file.getFileName()));
        }
        int before = table.getLiveSSTables().size();
        List<String> failed = table.importNewSSTables(Set.of(copy.toString()), true, true, true, true, true, true, false, false, true);
        if (!failed.isEmpty()) throw new IOException("the import of " + first.keyspace() + "." + first.table() + " failed; the log says why");
        int arrived = table.getLiveSSTables().size() - before;
        if (arrived != sstables.size())
            throw new IOException("the import of " + first.keyspace() + "." + first.table() + " took " + arrived + " of " + sstables.size() + " SSTables and reported success");
    }

    private static ArrayNode rows(Cql cql, TableMetadata table) throws Exception
    {
        List<ColumnMetadata> columns = new ArrayList<>();
        List<String> selected = new ArrayList<>();
        table.allColumnsInSelectOrder().forEachRemaining(c -> {
            columns.add(c);
            String name = c.name.toCQLString();
            selected.add(name);
            if (!c.isPrimaryKeyColumn() && !c.type.isCounter())
            {
                selected.add("WRITETIME(" + name + ")");
                selected.add("TTL(" + name + ")");
            }
        });
        ResultMessage.Rows result = (ResultMessage.Rows) cql.execute("SELECT " + String.join(", ", selected) + " FROM "
                                                                     + Cql.quoted(table.keyspace) + "." + Cql.quoted(table.name));
        ArrayNode rows = Main.JSON.createArrayNode();
        for (List<ByteBuffer> values : result.result.rows)
        {
            ObjectNode row = rows.addObject();
            int at = 0;
            for (ColumnMetadata c : columns)
            {
                ByteBuffer value = values.get(at);
                ObjectNode cell = value == null ? null : value(c.type, value);
                row.set(c.name.toString(), cell == null ? Main.JSON.nullNode() : cell);
                at++;
                if (c.isPrimaryKeyColumn() || c.type.isCounter()) continue;
                if (cell != null)
                {
                    cell.set("writetime", number(result.result, at, values));
                    cell.set("ttl", number(result.result, at + 1, values));
                }
                at += 2;
            }
        }
        return rows;
    }

    /** Cassandra's own JSON text of a value, and its bytes where that text would not give them back (NaN, an empty int). */
    private static ObjectNode value(AbstractType<?> type, ByteBuffer value)
    {
        ObjectNode cell = Main.JSON.createObjectNode();
        String json;
        try
        {
            json = type.toJSONString(value.duplicate(), ProtocolVersion.CURRENT);
        }
        catch (RuntimeException e)
        {
            // no JSON for these bytes: they alone stand for the value
            return cell.putNull("json").put("hex", ByteBufferUtil.bytesToHex(value));
        }
        cell.put("json", json);
        if (!value.equals(parsed(type, json))) cell.put("hex", ByteBufferUtil.bytesToHex(value));
        return cell;
    }

    private static ByteBuffer parsed(AbstractType<?> type, String json)
    {
        try
        {
            Object decoded = JsonUtils.decodeJson(json);
            return decoded == null ? null : type.fromJSONObject(decoded).bindAndGet(QueryOptions.DEFAULT);
        }
        catch (RuntimeException e)
        {
            return null;        // not what Cassandra would parse: the caller adds the bytes
        }
    }

    /** A write time or a TTL: one number, or a list of them for a collection or user type that is not frozen. */
    private static JsonNode number(ResultSet result, int column, List<ByteBuffer> values)
    {
        ByteBuffer bytes = values.get(column);
        if (bytes == null) return Main.JSON.nullNode();
        Object number = result.metadata.requestNames().get(column).type.compose(bytes);
        if (!(number instanceof List<?> list)) return text(number);
        ArrayNode all = Main.JSON.createArrayNode();
        list.forEach(n -> all.add(text(n)));
        return all;
    }

    /** Write times as text: they pass 2^53, which JSON numbers do not keep in JavaScript. */
    private static JsonNode text(Object number)
    {
        if (number == null) return Main.JSON.nullNode();
        return number instanceof Long l ? Main.JSON.getNodeFactory().textNode(l.toString()) : Main.JSON.valueToTree(number);
    }

    private ImportedRows() {}
}
