package cassette.judge;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.cassandra.db.SerializationHeader;
import org.apache.cassandra.db.marshal.AbstractType;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.StatsComponent;
import org.apache.cassandra.schema.ColumnMetadata;
import org.apache.cassandra.schema.TableMetadata;
import org.apache.cassandra.utils.ByteBufferUtil;

/** The serialization header in Statistics.db against the table: partitioner, key, clustering and column types, kinds, order. */
final class SchemaCheck
{
    static void run(Descriptor descriptor, TableMetadata table, Findings findings) throws Exception
    {
        StatsComponent stats = StatsComponent.load(descriptor);
        if (stats.validationMetadata() == null || stats.compactionMetadata() == null)
        {
            findings.error("schema: Statistics.db lacks the validation or the compaction part");
            return;
        }
        String partitioner = table.partitioner.getClass().getCanonicalName();
        if (!partitioner.equals(stats.validationMetadata().partitioner))
            findings.error("schema: the partitioner is " + stats.validationMetadata().partitioner + ", the table has " + partitioner);
        if (Math.abs(stats.validationMetadata().bloomFilterFPChance - table.params.bloomFilterFpChance) > 1e-9)
            findings.warn("schema: bloom_filter_fp_chance is " + stats.validationMetadata().bloomFilterFPChance + ", the table has " + table.params.bloomFilterFpChance);

        SerializationHeader.Component header = stats.serializationHeader();
        type("the partition key", header.getKeyType(), table.partitionKeyType, findings);
        List<AbstractType<?>> clustering = header.getClusteringTypes();
        if (clustering.size() != table.clusteringColumns().size())
            findings.error("schema: " + clustering.size() + " clustering columns, the table has " + table.clusteringColumns().size());
        else
            for (int i = 0; i < clustering.size(); i++) type("clustering column " + i, clustering.get(i), table.clusteringColumns().get(i).type, findings);
        columns(header.getStaticColumns(), true, table, findings);
        columns(header.getRegularColumns(), false, table, findings);
        header.toHeader(table);
    }

    private static void columns(Map<ByteBuffer, AbstractType<?>> columns, boolean isStatic, TableMetadata table, Findings findings) throws Exception
    {
        List<ColumnMetadata> order = new ArrayList<>();
        for (Map.Entry<ByteBuffer, AbstractType<?>> entry : columns.entrySet())
        {
            String name = ByteBufferUtil.string(entry.getKey());
            ColumnMetadata column = table.getColumn(entry.getKey());
            AbstractType<?> stored = entry.getValue();
            if (column == null)
            {
                column = table.getDroppedColumn(entry.getKey(), isStatic);
                // a schema remembers a dropped user type as a tuple, for the type itself may be dropped too
                stored = stored.expandUserTypes();
            }
            if (column == null)
            {
                findings.error("schema: column " + name + " is not in the table");
                continue;
            }
            if (column.isStatic() != isStatic) findings.error("schema: column " + name + (isStatic ? " is not static in the table" : " is static in the table"));
            type("column " + name, stored, column.type, findings);
            order.add(column);
        }
        // rows name their columns by position in this list
        for (int i = 1; i < order.size(); i++)
            if (order.get(i - 1).compareTo(order.get(i)) >= 0) findings.error("schema: column " + order.get(i).name + " is out of Cassandra's order");
    }

    /** By text where equals says no: a header does not tell frozen from not frozen inside a frozen type, and it makes no difference there. */
    private static void type(String what, AbstractType<?> have, AbstractType<?> want, Findings findings)
    {
        if (have.equals(want) || have.toString().equals(want.toString())) return;
        if (want.isValueCompatibleWith(have)) findings.warn("schema: " + what + " was " + have + ", the table now has " + want);
        else findings.error("schema: " + what + " is " + have + ", the table has " + want);
    }

    private SchemaCheck() {}
}
