package cassette.judge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;

import org.apache.cassandra.io.sstable.ISSTableScanner;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.schema.TableMetadataRef;
import org.apache.cassandra.tools.JsonTransformer;
import org.apache.cassandra.tools.Util;

/**
 * {@code dump}: sstabledump's JSON with raw timestamps, as text, for parsing would change numbers.
 * Request: {schema: [CQL] or null, dir, now: seconds or null}, now deciding what counts as expired. Answer: [{sstable, json}].
 */
final class Dump
{
    static JsonNode directory(JsonNode q) throws Exception
    {
        boolean fromHeader = !q.hasNonNull("schema");
        if (!fromHeader) Cql.offlineSchema(q.get("schema"));
        if (q.hasNonNull("now")) JudgeClock.standAt(q.get("now").asLong());
        Path root = Path.of(q.get("dir").asText()).toAbsolutePath().normalize();
        try
        {
            ArrayNode answers = Main.JSON.createArrayNode();
            for (Tables original : Tables.below(root))
            {
                // a header does not tell of min_index_interval, and a reader deletes a Summary.db of another one
                Tables found = fromHeader ? original.copied() : original;
                TableMetadata table = fromHeader ? Util.metadataFromSSTable(found.descriptor()) : found.metadata();
                answers.addObject().put("sstable", root.relativize(original.data()).toString()).put("json", text(found, table));
            }
            return answers;
        }
        finally
        {
            JudgeClock.run();
        }
    }

    static String text(Tables found, TableMetadata table) throws Exception
    {
        SSTableReader reader = SSTableReader.openNoValidation(null, found.descriptor(), TableMetadataRef.forOfflineTools(table));
        try (ISSTableScanner scanner = reader.getScanner())
        {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            JsonTransformer.toJson(scanner, Util.iterToStream(scanner), true, table, bytes);
            return bytes.toString(StandardCharsets.UTF_8);
        }
        finally
        {
            reader.selfRef().release();
        }
    }

    private Dump() {}
}
