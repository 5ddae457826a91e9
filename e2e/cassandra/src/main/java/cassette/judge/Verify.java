package cassette.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.db.Directories;
import org.apache.cassandra.db.Keyspace;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.IVerifier;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.sstable.format.big.BigFormat;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.schema.TableMetadataRef;
import org.apache.cassandra.utils.OutputHandler;

/**
 * {@code verify}: Cassandra's extended verification of every SSTable below a folder, and then what it leaves out.
 * sstableverify -e looks at checksums and at the order of keys; it asks neither the bloom filter nor the statistics, and it does not
 * read by key. Request: {schema: [CQL], dir}. Answer: [{sstable, ok, errors, warnings, checks, partitions, rows, ms}].
 */
final class Verify
{
    static JsonNode directory(JsonNode q) throws Exception
    {
        Cql.offlineSchema(q.get("schema"));
        Path root = Path.of(q.get("dir").asText()).toAbsolutePath().normalize();
        ArrayNode answers = Main.JSON.createArrayNode();
        for (Tables found : Tables.below(root))
        {
            ObjectNode answer = answers.addObject().put("sstable", root.relativize(found.data()).toString());
            long start = System.nanoTime();
            Findings findings = new Findings();
            try
            {
                sstable(found, findings, answer);
            }
            catch (Throwable e)
            {
                findings.error(Failures.text(e));
            }
            findings.writeTo(answer);
            answer.put("ms", (System.nanoTime() - start) / 1_000_000);
        }
        return answers;
    }

    private static void sstable(Tables found, Findings findings, ObjectNode answer) throws Throwable
    {
        Descriptor descriptor = found.descriptor();
        TableMetadata table = found.metadata();
        Set<Component> components = descriptor.discoverComponents();
        findings.check("components", () -> components(descriptor, components, findings));
        findings.check("schema", () -> SchemaCheck.run(descriptor, table, findings));

        // A store that is in no Keyspace: Keyspace.openWithoutSSTables, as sstableverify uses it, keeps the first schema it was given.
        ColumnFamilyStore store = ColumnFamilyStore.createColumnFamilyStore(
            Keyspace.mockKS(Schema.instance.getKeyspaceMetadata(found.keyspace())), found.table(), TableMetadataRef.forOfflineTools(table),
            new Directories(table), false, false, true);
        SSTableReader[] opened = new SSTableReader[1];
        if (!findings.check("open", () -> opened[0] = SSTableReader.openForBatch(store, descriptor, components, store.metadata))) return;
        SSTableReader reader = opened[0];
        try
        {
            findings.check("sstableverify", () -> cassandraVerifier(reader, store));
            findings.check("checksums", () -> Checksums.run(descriptor, reader));
            PartitionsCheck partitions = new PartitionsCheck(reader, table, findings);
            if (!findings.check("scan", partitions::scan)) return;
            answer.put("partitions", partitions.keys.size()).put("rows", partitions.rows);
            findings.check("keys", partitions::keys);
            findings.check("bloom filter", partitions::bloomFilter);
            findings.check("summary", partitions::summary);
            findings.check("reads", () -> ReadsCheck.run(reader, table));
            findings.check("statistics", () -> StatsCheck.run(partitions));
        }
        finally
        {
            reader.selfRef().release();
        }
    }

    /** TOC.txt names what is there, and nothing is missing that Cassandra writes. */
    private static void components(Descriptor descriptor, Set<Component> present, Findings findings) throws IOException
    {
        Set<String> have = new TreeSet<>();
        present.forEach(c -> have.add(c.name()));
        Set<String> want = new TreeSet<>(List.of("Data.db", "Statistics.db", "Digest.crc32", "TOC.txt"));
        want.addAll(descriptor.getFormat() instanceof BigFormat ? List.of("Index.db", "Summary.db") : List.of("Partitions.db", "Rows.db"));
        want.add(present.contains(Components.COMPRESSION_INFO) ? "CompressionInfo.db" : "CRC.db");
        for (String name : want)
            if (!have.contains(name)) findings.error("components: " + name + " is missing");
        if (have.contains("TOC.txt"))
        {
            Set<String> listed = new TreeSet<>(Files.readAllLines(descriptor.fileFor(Components.TOC).toPath()));
            if (!listed.equals(have)) findings.error("components: TOC.txt lists " + listed + ", there are " + have);
        }
    }

    private static void cassandraVerifier(SSTableReader reader, ColumnFamilyStore store)
    {
        IVerifier.Options options = IVerifier.options().extendedVerification(true).checkVersion(true).invokeDiskFailurePolicy(false)
                                             .mutateRepairStatus(false).checkOwnsTokens(false).quick(false).tokenLookup(keyspace -> List.of()).build();
        try (IVerifier verifier = reader.getVerifier(store, new Silent(), true, options))
        {
            verifier.verify();
        }
    }

    /** The verifier tells its progress; what it refuses it throws. */
    private static final class Silent implements OutputHandler
    {
        @Override
        public void output(String text) { }

        @Override
        public void debug(String text) { }

        @Override
        public void warn(String text) { }

        @Override
        public void warn(Throwable thrown, String text) { }
    }

    private Verify() {}
}
