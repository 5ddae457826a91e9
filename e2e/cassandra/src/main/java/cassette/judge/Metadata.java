package cassette.judge;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.apache.cassandra.db.ClusteringBound;
import org.apache.cassandra.db.DecoratedKey;
import org.apache.cassandra.db.SerializationHeader;
import org.apache.cassandra.db.commitlog.CommitLogPosition;
import org.apache.cassandra.db.marshal.AbstractType;
import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.CompressionInfoComponent;
import org.apache.cassandra.io.sstable.format.StatsComponent;
import org.apache.cassandra.io.sstable.metadata.StatsMetadata;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.apache.cassandra.utils.EstimatedHistogram;
import org.apache.cassandra.utils.FBUtilities;
import org.apache.cassandra.utils.streamhist.TombstoneHistogram;

/**
 * {@code metadata}: what sstablemetadata tells, as JSON; 64-bit figures are text. Request: {dir, gcBefore?}, seconds: what was deleted until
 * then could be dropped. Answer: an object per SSTable.
 */
final class Metadata
{
    static JsonNode directory(JsonNode q) throws Exception
    {
        Path root = Path.of(q.get("dir").asText()).toAbsolutePath().normalize();
        ArrayNode answers = Main.JSON.createArrayNode();
        for (Tables found : Tables.below(root))
        {
            ObjectNode answer = answers.addObject().put("sstable", root.relativize(found.data()).toString());
            describe(found.descriptor(), answer, q.path("gcBefore"));
        }
        return answers;
    }

    static void describe(Descriptor descriptor, ObjectNode o, JsonNode gcBefore) throws Exception
    {
        StatsComponent component = StatsComponent.load(descriptor);
        StatsMetadata stats = component.statsMetadata();
        SerializationHeader.Component header = component.serializationHeader();
        o.put("version", descriptor.version.toString());
        o.put("format", descriptor.getFormat().name());
        ObjectNode sizes = o.putObject("components");
        descriptor.discoverComponents().stream().sorted(Comparator.comparing(Component::name))
                  .forEach(c -> sizes.put(c.name(), descriptor.fileFor(c).length()));
        o.put("partitioner", component.validationMetadata().partitioner);
        o.put("bloomFilterFpChance", component.validationMetadata().bloomFilterFPChance);
        o.put("minTimestamp", String.valueOf(stats.minTimestamp));
        o.put("maxTimestamp", String.valueOf(stats.maxTimestamp));
        o.put("duration", String.valueOf(stats.maxTimestamp - stats.minTimestamp));
        o.put("minLocalDeletionTime", String.valueOf(stats.minLocalDeletionTime));
        o.put("maxLocalDeletionTime", String.valueOf(stats.maxLocalDeletionTime));
        o.put("minTTL", stats.minTTL);
        o.put("maxTTL", stats.maxTTL);
        compression(descriptor, o);
        o.put("compressionRatio", stats.compressionRatio);
        var range = descriptor.getFormat().getReaderFactory().readKeyRange(descriptor, FBUtilities.newPartitioner(descriptor));
        key("first", o, header, range == null ? null : range.left);
        key("last", o, header, range == null ? null : range.right);
        ObjectNode covered = o.putObject("coveredClustering");
        bound(covered.putObject("start"), stats.coveredClustering.start());
        bound(covered.putObject("end"), stats.coveredClustering.end());
        o.put("sstableLevel", stats.sstableLevel);
        o.put("repairedAt", String.valueOf(stats.repairedAt));
        o.put("pendingRepair", stats.pendingRepair == null ? null : stats.pendingRepair.toString());
        o.put("isTransient", stats.isTransient);
        o.put("originatingHostId", stats.originatingHostId == null ? null : stats.originatingHostId.toString());
        intervals(stats, o.putArray("commitLogIntervals"));
        o.put("hasLegacyCounterShards", stats.hasLegacyCounterShards);
        o.put("hasPartitionLevelDeletions", stats.hasPartitionLevelDeletions);
        o.put("tokenSpaceCoverage", Double.isNaN(stats.tokenSpaceCoverage) ? null : (Double) stats.tokenSpaceCoverage);
        o.put("totalRows", String.valueOf(stats.totalRows));
        o.put("totalColumnsSet", String.valueOf(stats.totalColumnsSet));
        o.set("estimatedPartitionSize", histogram(stats.estimatedPartitionSize));
        o.set("estimatedCellPerPartitionCount", histogram(stats.estimatedCellPerPartitionCount));
        o.put("estimatedDroppableTombstones",
              gcBefore.isNumber() ? (Double) stats.getEstimatedDroppableTombstoneRatio(gcBefore.asLong()) : null);
        o.set("estimatedTombstoneDropTime", histogram(stats.estimatedTombstoneDropTime));
        o.put("estimatedCardinality", component.compactionMetadata().cardinalityEstimator.cardinality());
        header(header, o.putObject("header"));
    }

    private static void compression(Descriptor descriptor, ObjectNode o) throws Exception
    {
        try (CompressionMetadata m = CompressionInfoComponent.loadIfExists(descriptor))
        {
            if (m == null)
            {
                o.putNull("compression");
                return;
            }
            ObjectNode compression = o.putObject("compression");
            compression.put("class", m.compressor().getClass().getSimpleName());
            compression.put("chunkLength", m.chunkLength());
            compression.put("maxCompressedLength", m.maxCompressedLength());
            compression.put("dataLength", m.dataLength);
            compression.put("compressedFileLength", m.compressedFileLength);
            ObjectNode options = compression.putObject("options");
            m.parameters.getOtherOptions().forEach(options::put);
        }
    }

    private static void intervals(StatsMetadata stats, ArrayNode out)
    {
        var ends = stats.commitLogIntervals.ends().iterator();
        for (CommitLogPosition start : stats.commitLogIntervals.starts())
            out.addObject().put("start", text(start)).put("end", text(ends.next()));
    }

    private static String text(CommitLogPosition position)
    {
        return position.segmentId + ":" + position.position;
    }

    private static void key(String name, ObjectNode o, SerializationHeader.Component header, DecoratedKey key)
    {
        if (key == null)
        {
            o.putNull(name);
            return;
        }
        ObjectNode told = o.putObject(name);
        told.put("key", header.getKeyType().getString(key.getKey()));
        told.put("hex", ByteBufferUtil.bytesToHex(key.getKey()));
        told.put("token", key.getToken().toString());
    }

    private static void bound(ObjectNode o, ClusteringBound<?> bound)
    {
        o.put("kind", bound.kind().toString());
        ArrayNode values = o.putArray("values");
        for (ByteBuffer value : bound.getBufferArray()) values.add(value == null ? null : ByteBufferUtil.bytesToHex(value));
    }

    /** [[upper end of the bucket, or null for the last, which has none; count]] of the buckets that are not empty. */
    static ArrayNode histogram(EstimatedHistogram histogram)
    {
        ArrayNode out = Main.JSON.createArrayNode();
        long[] ends = histogram.getBucketOffsets(), counts = histogram.getBuckets(false);
        for (int i = 0; i < counts.length; i++)
            if (counts[i] != 0)
            {
                ArrayNode bucket = out.addArray();
                if (i < ends.length) bucket.add(ends[i]); else bucket.addNull();
                bucket.add(counts[i]);
            }
        return out;
    }

    /** [[second, count]] */
    static ArrayNode histogram(TombstoneHistogram histogram)
    {
        ArrayNode out = Main.JSON.createArrayNode();
        histogram.forEach((point, count) -> out.addArray().add(point).add(count));
        return out;
    }

    private static void header(SerializationHeader.Component header, ObjectNode o) throws Exception
    {
        o.put("minTimestamp", String.valueOf(header.getEncodingStats().minTimestamp));
        o.put("minLocalDeletionTime", header.getEncodingStats().minLocalDeletionTime);
        o.put("minTTL", header.getEncodingStats().minTTL);
        o.put("keyType", header.getKeyType().toString());
        ArrayNode clustering = o.putArray("clusteringTypes");
        header.getClusteringTypes().forEach(t -> clustering.add(t.toString()));
        columns(o.putObject("staticColumns"), header.getStaticColumns());
        columns(o.putObject("regularColumns"), header.getRegularColumns());
    }

    private static void columns(ObjectNode o, Map<ByteBuffer, AbstractType<?>> columns) throws Exception
    {
        for (var column : columns.entrySet()) o.put(ByteBufferUtil.string(column.getKey()), column.getValue().toString());
    }

    private Metadata() {}
}
