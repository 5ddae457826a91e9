package cassette.judge;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;

import org.apache.cassandra.db.ClusteringBound;
import org.apache.cassandra.db.ClusteringComparator;
import org.apache.cassandra.db.ClusteringPrefix;
import org.apache.cassandra.db.SerializationHeader;
import org.apache.cassandra.db.Slice;
import org.apache.cassandra.db.rows.EncodingStats;
import org.apache.cassandra.db.rows.Row;
import org.apache.cassandra.db.rows.Rows;
import org.apache.cassandra.db.rows.Unfiltered;
import org.apache.cassandra.db.rows.UnfilteredRowIterator;
import org.apache.cassandra.io.sstable.ISSTableScanner;
import org.apache.cassandra.io.sstable.format.StatsComponent;
import org.apache.cassandra.io.sstable.metadata.MetadataCollector;
import org.apache.cassandra.io.sstable.metadata.MetadataType;
import org.apache.cassandra.io.sstable.metadata.StatsMetadata;

/**
 * Statistics.db against what Cassandra's own MetadataCollector makes of the same data. Figures that let a read skip the SSTable, or a
 * compaction drop it, must be right; estimates that differ are warnings.
 */
final class StatsCheck
{
    private static final long LAST_SECOND_OF_NB = Integer.MAX_VALUE - 1;

    private final PartitionsCheck data;
    private final Findings findings;

    private StatsCheck(PartitionsCheck data)
    {
        this.data = data;
        this.findings = data.findings;
    }

    static void run(PartitionsCheck data) throws Exception
    {
        // cells of dropped columns are left out by a scan, though they were counted when written
        if (data.table.droppedColumns.isEmpty()) new StatsCheck(data).compare();
    }

    private void compare() throws Exception
    {
        StatsComponent component = StatsComponent.load(data.reader.descriptor);
        StatsMetadata have = component.statsMetadata();
        StatsMetadata want = figures(data.collector, component);
        must("minTimestamp", want.minTimestamp, have.minTimestamp);
        must("maxTimestamp", want.maxTimestamp, have.maxTimestamp);
        must("minLocalDeletionTime", want.minLocalDeletionTime, have.minLocalDeletionTime);
        must("maxLocalDeletionTime", want.maxLocalDeletionTime, have.maxLocalDeletionTime);
        must("minTTL", want.minTTL, have.minTTL);
        must("maxTTL", want.maxTTL, have.maxTTL);
        if (data.reader.descriptor.version.hasPartitionLevelDeletionsPresenceMarker())
            must("hasPartitionLevelDeletions", want.hasPartitionLevelDeletions, have.hasPartitionLevelDeletions);
        if (data.table.comparator.size() > 0) coveredClustering(want.coveredClustering, have.coveredClustering);
        should("totalRows", want.totalRows, have.totalRows);
        should("totalColumnsSet", want.totalColumnsSet, have.totalColumnsSet);
        should("estimatedPartitionSize", Metadata.histogram(want.estimatedPartitionSize), Metadata.histogram(have.estimatedPartitionSize));
        should("estimatedCellPerPartitionCount", Metadata.histogram(figures(cellsOfPartitions(), component).estimatedCellPerPartitionCount),
               Metadata.histogram(have.estimatedCellPerPartitionCount));
        should("estimatedTombstoneDropTime", storable(Metadata.histogram(want.estimatedTombstoneDropTime)), Metadata.histogram(have.estimatedTombstoneDropTime));
        should("repairedAt", 0L, have.repairedAt);
        EncodingStats least = component.serializationHeader().getEncodingStats();
        if (least.minTimestamp > want.minTimestamp || least.minLocalDeletionTime > want.minLocalDeletionTime)
            findings.warn("statistics: the header's minima are above the data's");
        long keys = component.compactionMetadata().cardinalityEstimator.cardinality();
        if (Math.abs(keys - data.keys.size()) > 2 + data.keys.size() * 0.05)
            findings.warn("statistics: the cardinality sketch says " + keys + " keys of " + data.keys.size());
    }

    private StatsMetadata figures(MetadataCollector collector, StatsComponent component) throws Exception
    {
        SerializationHeader header = component.serializationHeader().toHeader(data.table);
        ByteBuffer first = data.keys.get(0).getKey(), last = data.keys.get(data.keys.size() - 1).getKey();
        return (StatsMetadata) collector.finalizeMetadata("", 0.01, 0, null, false, header, first, last).get(MetadataType.STATS);
    }

    /** The collector counts cells until it is told that a partition ends, so this histogram wants a pass of its own. */
    private MetadataCollector cellsOfPartitions()
    {
        MetadataCollector collector = new MetadataCollector(data.table.comparator, (UUID) null);
        try (ISSTableScanner scanner = data.reader.getScanner())
        {
            while (scanner.hasNext())
                try (UnfilteredRowIterator partition = scanner.next())
                {
                    if (!partition.staticRow().isEmpty()) Rows.collectStats(partition.staticRow(), collector);
                    while (partition.hasNext())
                    {
                        Unfiltered next = partition.next();
                        if (next.isRow()) Rows.collectStats((Row) next, collector);
                    }
                    collector.addCellPerPartitionCount();
                }
        }
        return collector;
    }

    /** nb has 31 bits for a second, and the histogram rounds upwards: what passes the end is kept as the last second that is stored. */
    private ArrayNode storable(ArrayNode histogram)
    {
        if (data.reader.descriptor.version.hasUIntDeletionTime()) return histogram;
        for (JsonNode point : histogram)
            if (point.get(0).asLong() > LAST_SECOND_OF_NB) ((ArrayNode) point).set(0, LAST_SECOND_OF_NB);
        return histogram;
    }

    private void coveredClustering(Slice want, Slice have)
    {
        // nb keeps the values of the bounds and not whether they are inclusive
        if (data.reader.descriptor.version.hasLegacyMinMax()) want = inclusive(want);
        boolean wantAll = want.start().isBottom() && want.end().isTop(), haveAll = have.start().isBottom() && have.end().isTop();
        ClusteringComparator comparator = data.table.comparator;
        String wanted = want.toString(comparator), had = have.toString(comparator);
        if (wanted.equals(had) || (wantAll && haveAll)) return;
        boolean wider = comparator.compare(have.start(), want.start()) <= 0 && comparator.compare(have.end(), want.end()) >= 0;
        if (wider) findings.warn("statistics: coveredClustering " + had + " is wider than the data's " + wanted);
        else findings.error("statistics: coveredClustering is " + had + ", the data has " + wanted);
    }

    private static Slice inclusive(Slice slice)
    {
        return Slice.make(ClusteringBound.create(ClusteringPrefix.Kind.INCL_START_BOUND, slice.start().clustering()),
                          ClusteringBound.create(ClusteringPrefix.Kind.INCL_END_BOUND, slice.end().clustering()));
    }

    private void must(String name, Object want, Object have)
    {
        if (!Objects.equals(want, have)) findings.error("statistics: " + name + " is " + have + ", the data has " + want);
    }

    private void should(String name, Object want, Object have)
    {
        if (!Objects.equals(want, have)) findings.warn("statistics: " + name + " is " + have + ", Cassandra's collector makes " + want);
    }
}
