package cassette.judge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

import org.apache.cassandra.db.DecoratedKey;
import org.apache.cassandra.db.rows.RangeTombstoneBoundMarker;
import org.apache.cassandra.db.rows.RangeTombstoneBoundaryMarker;
import org.apache.cassandra.db.rows.RangeTombstoneMarker;
import org.apache.cassandra.db.rows.Row;
import org.apache.cassandra.db.rows.Rows;
import org.apache.cassandra.db.rows.Unfiltered;
import org.apache.cassandra.db.rows.UnfilteredRowIterator;
import org.apache.cassandra.db.transform.RTBoundValidator;
import org.apache.cassandra.io.sstable.ISSTableScanner;
import org.apache.cassandra.io.sstable.KeyReader;
import org.apache.cassandra.io.sstable.format.FilterComponent;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.sstable.format.big.BigFormat;
import org.apache.cassandra.io.sstable.format.big.IndexSummaryComponent;
import org.apache.cassandra.io.sstable.metadata.MetadataCollector;
import org.apache.cassandra.io.util.RandomAccessReader;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.apache.cassandra.utils.IFilter;

/** Scans everything, feeding Cassandra's own collector of statistics, and then finds every key again through index, filter, summary. */
final class PartitionsCheck
{
    private static final int ABSENT_KEYS = 500;

    final SSTableReader reader;
    final TableMetadata table;
    final Findings findings;
    final List<DecoratedKey> keys = new ArrayList<>();
    final MetadataCollector collector;
    long rows;

    PartitionsCheck(SSTableReader reader, TableMetadata table, Findings findings)
    {
        this.reader = reader;
        this.table = table;
        this.findings = findings;
        this.collector = new MetadataCollector(table.comparator, (UUID) null);
    }

    /** Token order of keys, clustering order of what is in them, well-formed range tombstones, valid values and deletions, no empty rows. */
    void scan() throws IOException
    {
        try (ISSTableScanner scanner = reader.getScanner())
        {
            while (scanner.hasNext())
            {
                try (UnfilteredRowIterator raw = scanner.next();
                     UnfilteredRowIterator partition = RTBoundValidator.validate(raw, RTBoundValidator.Stage.SSTABLE, true))
                {
                    partition(partition);
                }
            }
        }
        if (keys.isEmpty()) throw new IOException("no partition");
    }

    private void partition(UnfilteredRowIterator partition)
    {
        DecoratedKey key = partition.partitionKey();
        if (!keys.isEmpty() && keys.get(keys.size() - 1).compareTo(key) >= 0)
            throw new IllegalStateException(show(key) + " comes after " + show(keys.get(keys.size() - 1)));
        table.partitionKeyType.validate(key.getKey());
        keys.add(key);
        boolean empty = partition.partitionLevelDeletion().isLive() && partition.staticRow().isEmpty() && !partition.hasNext();
        // what it held may have been of a column that is dropped by now
        if (empty && table.droppedColumns.isEmpty()) findings.error("scan: partition " + show(key) + " holds nothing");
        if (!partition.partitionLevelDeletion().validate()) findings.error("scan: partition " + show(key) + " has an invalid deletion");
        collector.updatePartitionDeletion(partition.partitionLevelDeletion());
        if (!partition.staticRow().isEmpty()) row(key, partition.staticRow());
        Unfiltered last = null;
        while (partition.hasNext())
        {
            Unfiltered next = partition.next();
            if (last != null && table.comparator.compare(last.clustering(), next.clustering()) >= 0)
                throw new IllegalStateException("partition " + show(key) + ": " + next.toString(table) + " comes after " + last.toString(table));
            last = next;
            if (next.isRow())
            {
                rows++;
                collector.updateClusteringValues(((Row) next).clustering());
                row(key, (Row) next);
            }
            else marker(key, (RangeTombstoneMarker) next);
        }
    }

    private void row(DecoratedKey key, Row row)
    {
        if (row.isEmpty()) findings.error("scan: partition " + show(key) + " has an empty row");
        if (row.hasInvalidDeletions()) findings.error("scan: partition " + show(key) + ": invalid deletion in " + row.toString(table));
        row.validateData(table);
        Rows.collectStats(row, collector);
    }

    private void marker(DecoratedKey key, RangeTombstoneMarker marker)
    {
        if (marker.hasInvalidDeletions()) findings.error("scan: partition " + show(key) + ": invalid deletion in " + marker.toString(table));
        collector.updateClusteringValuesByBoundOrBoundary(marker.clustering());
        if (marker instanceof RangeTombstoneBoundaryMarker boundary)
        {
            collector.update(boundary.endDeletionTime());
            collector.update(boundary.startDeletionTime());
            if (boundary.endDeletionTime().equals(boundary.startDeletionTime()))
                findings.warn("scan: partition " + show(key) + ": a boundary between equal deletions");
        }
        else collector.update(((RangeTombstoneBoundMarker) marker).deletionTime());
    }

    /** The index has the keys of the scan in their order; an exact look-up finds each where it is, and finds no other key. */
    void keys() throws IOException
    {
        List<Long> positions = new ArrayList<>();
        try (KeyReader index = reader.keyReader())
        {
            for (boolean more = index.key() != null; more; more = index.advance())
            {
                int at = positions.size();
                if (at == keys.size() || !index.key().equals(keys.get(at).getKey()))
                    throw new IllegalStateException("key " + at + " of the index is not the data's: " + ByteBufferUtil.bytesToHex(index.key()));
                positions.add(index.dataPosition());
            }
        }
        if (positions.size() != keys.size()) throw new IllegalStateException("the index has " + positions.size() + " keys, the data " + keys.size());
        for (int i = 0; i < keys.size(); i++)
        {
            long found = reader.getPosition(keys.get(i), SSTableReader.Operator.EQ);
            if (found != positions.get(i)) throw new IllegalStateException("a look-up of " + show(keys.get(i)) + " gives " + found + ", want " + positions.get(i));
            collector.addPartitionSizeInBytes((i + 1 < keys.size() ? positions.get(i + 1) : reader.uncompressedLength()) - positions.get(i));
        }
        if (!reader.getFirst().equals(keys.get(0)) || !reader.getLast().equals(keys.get(keys.size() - 1)))
            throw new IllegalStateException("the first and last key are not the data's");
        Random random = new Random(keys.size());
        for (int i = 0; i < ABSENT_KEYS; i++)
        {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            DecoratedKey absent = table.partitioner.decorateKey(ByteBuffer.wrap(bytes));
            if (Collections.binarySearch(keys, absent) < 0 && reader.getPosition(absent, SSTableReader.Operator.EQ, false) >= 0)
                throw new IllegalStateException("a key is found that is not there: " + ByteBufferUtil.bytesToHex(absent.getKey()));
        }
    }

    void bloomFilter() throws IOException
    {
        if (!reader.descriptor.fileFor(Components.FILTER).exists())
        {
            if (table.params.bloomFilterFpChance < 1) throw new IOException("no Filter.db");
            return;
        }
        try (IFilter filter = FilterComponent.load(reader.descriptor))
        {
            for (DecoratedKey key : keys)
                if (!filter.isPresent(key)) throw new IllegalStateException("the filter denies " + show(key));
        }
    }

    /** Every entry of Summary.db points at its key in Index.db, and there are as many as min_index_interval asks for. */
    void summary() throws IOException
    {
        if (!(reader.descriptor.getFormat() instanceof BigFormat)) return;
        IndexSummaryComponent summary = IndexSummaryComponent.load(reader.descriptor.fileFor(BigFormat.Components.SUMMARY), table);
        if (summary == null) throw new IOException("no Summary.db");
        try (RandomAccessReader index = RandomAccessReader.open(reader.descriptor.fileFor(BigFormat.Components.PRIMARY_INDEX)))
        {
            if (!summary.first.equals(keys.get(0)) || !summary.last.equals(keys.get(keys.size() - 1)))
                throw new IllegalStateException("the first and last key are not the data's");
            for (int i = 0; i < summary.indexSummary.size(); i++)
            {
                index.seek(summary.indexSummary.getPosition(i));
                if (!ByteBufferUtil.readWithShortLength(index).equals(ByteBuffer.wrap(summary.indexSummary.getKey(i))))
                    throw new IllegalStateException("entry " + i + " does not point at its key");
            }
            int want = (keys.size() + table.params.minIndexInterval - 1) / table.params.minIndexInterval;
            if (summary.indexSummary.getMaxNumberOfEntries() != want)
                throw new IllegalStateException(summary.indexSummary.getMaxNumberOfEntries() + " entries at full sampling, want " + want);
        }
        finally
        {
            summary.indexSummary.close();
        }
    }

    String show(DecoratedKey key)
    {
        return table.partitionKeyType.getString(key.getKey());
    }
}
